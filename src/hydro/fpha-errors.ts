import { type FittingGrid, gridPoint } from './fpha-grid.js';
import { type Plane, planesBound } from './plane.js';
import { type ProductionFunction, power } from './production-function.js';

/** How far the bound of some planes is from the exact production function, over a set of points. */
export interface FphaErrors {
  readonly points: number;
  /** Greatest excess of the bound over the exact function [MW]; 0 if there is none. */
  readonly maxOver: number;
  /** Greatest excess as a share of the exact power of its point, over the points with power. */
  readonly maxOverRelative: number;
  /** Greatest shortfall of the bound below the exact function [MW], not negative; 0 if there is none. */
  readonly maxUnder: number;
  /** Greatest shortfall as a share of the exact power of its point, over the points with power. */
  readonly maxUnderRelative: number;
  /** Mean of bound minus exact [MW]. */
  readonly mean: number;
  /** Mean of its absolute value [MW]. */
  readonly meanAbsolute: number;
}

/** The errors of planes on a grid that divides each interval of the fitting grid in `refinement` parts. */
export function fphaErrors(
  production: ProductionFunction,
  planes: readonly Plane[],
  grid: FittingGrid,
  refinement: number,
): FphaErrors {
  const [nv, nq, ns] = grid.counts.map((count) => (count - 1) * refinement + 1);
  const errors = { maxOver: 0, maxOverRelative: 0, maxUnder: 0, maxUnderRelative: 0 };
  let sum = 0;
  let absolute = 0;
  for (let i = 0; i < nv; i += 1) {
    const v = gridPoint(grid.volumeMin, grid.volumeMax, nv, i);
    for (let j = 0; j < nq; j += 1) {
      const q = gridPoint(0, grid.turbinedMax, nq, j);
      for (let k = 0; k < ns; k += 1) {
        const s = gridPoint(0, grid.spillageMax, ns, k);
        const exact = power(production, v, q, s);
        const error = planesBound(planes, v, q, s) - exact;
        errors.maxOver = Math.max(errors.maxOver, error);
        errors.maxUnder = Math.max(errors.maxUnder, -error);
        if (exact > 0) {
          errors.maxOverRelative = Math.max(errors.maxOverRelative, error / exact);
          errors.maxUnderRelative = Math.max(errors.maxUnderRelative, -error / exact);
        }
        sum += error;
        absolute += Math.abs(error);
      }
    }
  }
  const points = nv * nq * ns;
  return { points, ...errors, mean: sum / points, meanAbsolute: absolute / points };
}
