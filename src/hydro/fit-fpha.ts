import { CobreError } from '../errors.js';
import { concaveEnvelope, type UnitPlane } from './concave-envelope.js';
import { findingError, plantLabel, throwFirstError } from './finding.js';
import { type FphaErrors, fphaErrors } from './fpha-errors.js';
import { checkFphaConfig, checkGrid, type FittingGrid, type FphaConfig, fittingGrid, gridPoint } from './fpha-grid.js';
import { missingGeometry, type ReservoirGeometry } from './geometry.js';
import { comparePlanes, type Plane, planesBound, planeValue, scalePlane } from './plane.js';
import type { HydroPlant } from './plant.js';
import { type ProductionFunction, power, productionFunction } from './production-function.js';
import { selectPlanes } from './select-planes.js';

/**
 * How the planes are corrected, all coefficients by one factor kappa:
 * - `least_squares`: kappa minimises the sum of squared errors over the grid, so the bound is right on average: above
 *   the exact function here, below it there;
 * - `worst_case`: the greatest kappa with which the bound exceeds the exact function at no point of the grid;
 * - `none`: kappa is 1, the bound lies nowhere below the exact function at the grid's points.
 */
export type FphaCorrection = 'least_squares' | 'worst_case' | 'none';

/** A production function approximated from above by planes. */
export interface FphaFit {
  /** The envelope before the correction: at least the exact function at each point of the grid. */
  readonly planes: readonly Plane[];
  /** Above 0, at most 1. */
  readonly kappa: number;
  /** What the LP takes: `planes`, each coefficient times kappa. */
  readonly correctedPlanes: readonly Plane[];
  /** Facets of the envelope before the selection of at most `maxPlanes`. */
  readonly facets: number;
  /** Range that the planes were fitted to [hm3, hm3, m3/s, m3/s]. */
  readonly validVMin: number;
  readonly validVMax: number;
  readonly validQMax: number;
  readonly validSMax: number;
  /** Errors on a grid four times as fine: of the envelope, and of what the LP takes. */
  readonly errors: { readonly envelope: FphaErrors; readonly corrected: FphaErrors };
  /**
   * Least value [MW] of the corrected planes with nothing turbined or spilled, over the plant's storage range. Below 0
   * the LP can leave the plant at rest there only at a price, for generation is not negative: the window leaves out volumes
   * that occur.
   */
  readonly leastAtRest: number;
  /**
   * Spillage [m3/s] at which some corrected plane falls to 0 though the plant turbines its most at its least storage;
   * `null` if none does. More spillage than this has no solution in an LP that holds to the planes.
   */
  readonly spillageLimit: number | null;
}

/** Parts that the error report divides each interval of the grid in. */
const REPORT_REFINEMENT = 4;
/** Coefficients that change the power over the whole grid by less than this share of its greatest value are rounding. */
const ROUNDING = 1e-10;
/** A kappa this close to 1 is 1. */
const KAPPA_ROUNDING = 1e-12;

/**
 * Fits planes to the exact production function of a plant: the least concave function over its values on a grid of
 * volumes, turbined flows and spillages, at most `maxPlanesPerHydro` of its facets, corrected by a factor.
 *
 * At each point of the grid the planes (before the correction) lie over the exact function; where that is concave they
 * touch it there, if all facets were kept, and lie over it everywhere when it is linear between the points. Head times
 * flow is not jointly concave in volume and flow, so in general the planes lie above it at inner points of the grid;
 * the correction spreads that excess. In turn the exact function may exceed the planes between the points, by what its
 * curvature makes of one interval.
 *
 * Source: A. L. Diniz and M. E. P. Maceira, "A four-dimensional model of hydro generation for the short-term
 * hydrothermal dispatch problem considering head and spillage effects", IEEE Transactions on Power Systems 23 (3),
 * 2008, for the envelope of grid values and its correction. Here spillage is the third dimension of the envelope, so
 * the planes are bounds with spillage as well, and allow not turbining whatever the spillage in the grid.
 *
 * @throws CobreError `CoverageMismatch` with less than two points in the curve; `PhysicalConstraint` where the plant
 * generates nothing, more power with more spillage, or less with more flow; the findings of `checkFphaConfig`.
 */
export function fitFpha(
  geometry: ReservoirGeometry,
  plant: HydroPlant,
  config: FphaConfig,
  correction: FphaCorrection = 'least_squares',
): FphaFit {
  throwFirstError(checkFphaConfig(plant, config, 'fpha_config'));
  if (geometry.volumes.length < 2) {
    throw findingError(missingGeometry(plantLabel(plant), 2, geometry.volumes.length));
  }
  const grid = fittingGrid(geometry, plant, config);
  throwFirstError(checkGrid(plant, config, grid, 'fpha_config'));
  const production = productionFunction(geometry, plant);
  const values = gridValues(production, grid, grid.counts);
  const facets = concaveEnvelope(values, grid.counts).map((facet) => toPlane(facet, grid, values));
  facets.sort(comparePlanes);
  checkSigns(plant, facets);
  const planes = facets.length > grid.maxPlanes ? keepBest(facets, production, grid) : facets;
  const kappa = correctionFactor(correction, planes, values, grid);
  const correctedPlanes = planes.map((plane) => scalePlane(plane, kappa));
  return {
    planes,
    kappa,
    correctedPlanes,
    facets: facets.length,
    validVMin: grid.volumeMin,
    validVMax: grid.volumeMax,
    validQMax: grid.turbinedMax,
    validSMax: grid.spillageMax,
    errors: {
      envelope: fphaErrors(production, planes, grid, REPORT_REFINEMENT),
      corrected: fphaErrors(production, correctedPlanes, grid, REPORT_REFINEMENT),
    },
    leastAtRest: Math.min(
      planesBound(correctedPlanes, plant.minStorage, 0, 0),
      planesBound(correctedPlanes, plant.maxStorage, 0, 0),
    ),
    spillageLimit: spillageLimit(correctedPlanes, plant),
  };
}

type Counts = readonly [number, number, number];

/** Calls back with each point of a grid over the fitting range: volumes outermost, spillages innermost. */
function forEachPoint(
  grid: FittingGrid,
  counts: Counts,
  callback: (v: number, q: number, s: number, index: number) => void,
) {
  const [nv, nq, ns] = counts;
  for (let i = 0, index = 0; i < nv; i += 1) {
    for (let j = 0; j < nq; j += 1) {
      for (let k = 0; k < ns; k += 1, index += 1) {
        const v = gridPoint(grid.volumeMin, grid.volumeMax, nv, i);
        const q = gridPoint(0, grid.turbinedMax, nq, j);
        const s = gridPoint(0, grid.spillageMax, ns, k);
        callback(v, q, s, index);
      }
    }
  }
}

function gridValues(production: ProductionFunction, grid: FittingGrid, counts: Counts): Float64Array {
  const values = new Float64Array(counts[0] * counts[1] * counts[2]);
  forEachPoint(grid, counts, (v, q, s, index) => {
    values[index] = power(production, v, q, s);
  });
  return values;
}

/** A facet over the unit cube in MW, hm3 and m3/s, coefficients that are rounding set to 0. */
function toPlane({ at0, slopes }: UnitPlane, grid: FittingGrid, values: Float64Array): Plane {
  const least = ROUNDING * values.reduce((greatest, value) => Math.max(greatest, value), 0);
  const clean = (coefficient: number) => (Math.abs(coefficient) <= least ? 0 : coefficient);
  const gammaV = clean(slopes[0]) / (grid.volumeMax - grid.volumeMin);
  return {
    gamma0: clean(at0) - gammaV * grid.volumeMin,
    gammaV,
    gammaQ: clean(slopes[1]) / grid.turbinedMax,
    gammaS: clean(slopes[2]) / grid.spillageMax,
  };
}

function checkSigns(plant: HydroPlant, planes: readonly Plane[]): void {
  const fail = (field: string, value: unknown, message: string, suggestion: string): never => {
    const details = { file: 'system/hydros.json', field, value, suggestion };
    throw new CobreError('PhysicalConstraint', `${plantLabel(plant)}: ${message}`, details);
  };
  if (planes.every(({ gammaQ }) => gammaQ === 0)) {
    const message = 'the plant has no net head anywhere in the range that its production function is fitted to';
    fail('tailrace', plant.tailrace, message, 'Compare the heights of the reservoir with those of the tailrace.');
  }
  for (const { gammaQ, gammaS, gammaV } of planes) {
    if (gammaS > 0) {
      const message = 'more spillage gives more power: the tailrace falls as the outflow grows';
      fail('tailrace', gammaS, message, 'Correct the tailrace curve up to 1.5 times max_turbined_m3s.');
    }
    if (gammaQ < 0) {
      const message = 'more turbined flow gives less power: the tailrace rises faster than the head allows';
      fail('generation.max_turbined_m3s', gammaQ, message, 'Correct the tailrace curve, or lower max_turbined_m3s.');
    }
    // A height that grows with the volume, which the geometry guarantees, gives no negative slope.
    if (gammaV < 0) throw new CobreError('InternalError', `${plantLabel(plant)}: a plane falls with the volume`);
  }
}

/** At most `maxPlanes` of the facets, chosen by their errors at the grid's points and halfway between them. */
function keepBest(facets: readonly Plane[], production: ProductionFunction, grid: FittingGrid): Plane[] {
  const [nv, nq, ns] = grid.counts;
  const counts = [2 * nv - 1, 2 * nq - 1, 2 * ns - 1] as const;
  const exact = gridValues(production, grid, counts);
  const samples = {
    volume: new Float64Array(exact.length),
    turbined: new Float64Array(exact.length),
    spillage: new Float64Array(exact.length),
    exact,
  };
  forEachPoint(grid, counts, (v, q, s, index) => {
    samples.volume[index] = v;
    samples.turbined[index] = q;
    samples.spillage[index] = s;
  });
  return selectPlanes(facets, samples, grid.maxPlanes);
}

function correctionFactor(
  correction: FphaCorrection,
  planes: readonly Plane[],
  exact: Float64Array,
  grid: FittingGrid,
): number {
  if (correction === 'none') return 1;
  let product = 0;
  let square = 0;
  let worst = 1;
  forEachPoint(grid, grid.counts, (v, q, s, index) => {
    const bound = planesBound(planes, v, q, s);
    product += bound * exact[index];
    square += bound * bound;
    if (exact[index] > 0) worst = Math.min(worst, exact[index] / bound);
  });
  const kappa = correction === 'worst_case' ? worst : product / square;
  return kappa > 1 - KAPPA_ROUNDING ? 1 : kappa;
}

function spillageLimit(planes: readonly Plane[], plant: HydroPlant): number | null {
  let limit: number | null = null;
  for (const plane of planes) {
    if (plane.gammaS === 0) continue;
    const atMost = planeValue(plane, plant.minStorage, plant.maxTurbined, 0) / -plane.gammaS;
    if (limit === null || atMost < limit) limit = atMost;
  }
  return limit;
}
