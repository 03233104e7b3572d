import type { Finding } from './finding.js';
import { interpolate, slopeAt } from './piecewise-linear.js';

const FILE = 'system/hydro_geometry.parquet';

/** Volume-height-area curve: parallel arrays, volumes strictly increasing, at least one point. */
export interface ReservoirGeometry {
  readonly volumes: Float64Array;
  readonly heights: Float64Array;
  readonly areas: Float64Array;
}

/** The finding that a curve has not the points that a model needs. */
export function missingGeometry(label: string, needed: number, count: number): Finding {
  return {
    severity: 'error',
    kind: 'CoverageMismatch',
    file: FILE,
    field: 'hydro_id',
    value: count,
    message: `${label}: the volume-height-area curve has ${count} points where at least ${needed} are needed`,
    suggestion: `Add rows for this plant to ${FILE}.`,
  };
}

/** Level of the reservoir at a volume [hm3], in m; constant outside the curve. */
export function forebayHeight({ volumes, heights }: ReservoirGeometry, volume: number): number {
  return interpolate(volumes, heights, volume);
}

/** Slope of the level [m/hm3] of the segment at a volume; of the nearest one outside the curve. */
export function forebaySlope({ volumes, heights }: ReservoirGeometry, volume: number): number {
  return slopeAt(volumes, heights, volume);
}

/** Area of the surface at a volume [hm3], in km2; constant outside the curve. */
export function surfaceArea({ volumes, areas }: ReservoirGeometry, volume: number): number {
  return interpolate(volumes, areas, volume);
}

/** Slope of the area [km2/hm3] of the segment at a volume; of the nearest one outside the curve. */
export function surfaceAreaSlope({ volumes, areas }: ReservoirGeometry, volume: number): number {
  return slopeAt(volumes, areas, volume);
}
