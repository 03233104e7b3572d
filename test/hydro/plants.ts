import type { ReservoirGeometry } from '#cobre/hydro/geometry';
import type { HydroPlant } from '#cobre/hydro/plant';

/** A plant of 0 to 200 hm3 and 50 m3/s with constant productivity 1, and what is changed about it. */
export function plant(changes: Partial<HydroPlant> = {}): HydroPlant {
  return {
    id: 0,
    name: 'H0',
    minStorage: 0,
    maxStorage: 200,
    maxTurbined: 50,
    generationModel: 'constant_productivity',
    productivity: 1,
    tailrace: null,
    hydraulicLosses: null,
    efficiency: null,
    evaporation: null,
    ...changes,
  };
}

/** A curve through points of [volume hm3, height m, area km2], by ascending volume. */
export function geometryOf(points: readonly (readonly [number, number, number])[]): ReservoirGeometry {
  return {
    volumes: Float64Array.from(points, ([volume]) => volume),
    heights: Float64Array.from(points, ([, height]) => height),
    areas: Float64Array.from(points, ([, , area]) => area),
  };
}

/** The curve of the public case d07-fpha-computed. */
export const D07_GEOMETRY = geometryOf([
  [0, 350, 10],
  [50, 370, 30],
  [100, 385, 50],
  [150, 395, 65],
  [200, 400, 75],
]);

/** The plant of the public case d07-fpha-computed: 300 m below, 3 % losses, 92 % efficiency. */
export const D07_PLANT = plant({
  generationModel: 'fpha',
  productivity: null,
  tailrace: { type: 'polynomial', coefficients: [300] },
  hydraulicLosses: { type: 'factor', value: 0.03 },
  efficiency: { type: 'constant', value: 0.92 },
});
