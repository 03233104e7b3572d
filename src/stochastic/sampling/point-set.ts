import { CobreError } from '../../errors.js';
import type { Draw } from './draw.js';
import { HaltonPoints } from './halton.js';
import { IndependentPoints } from './independent.js';
import { LatinHypercube } from './latin-hypercube.js';
import { SobolPoints } from './sobol.js';

/** How the points of a stage are spread: `stages[].sampling_method`, as far as it draws from a distribution. */
export type PointMethod = 'saa' | 'lhs' | 'qmc_sobol' | 'qmc_halton';

/** All values of `stages[].sampling_method`. */
export type SamplingMethod = PointMethod | 'selective' | 'historical_residuals';

/** Points of a standard normal distribution with independent entries, each a function of its index alone. */
export interface PointSet {
  /** Writes the entries of point `index` (0 to points - 1) to `out[offset..]`. */
  write(index: number, out: Float64Array, offset: number): void;
}

const MAX_POINTS = 0x100000000;

/**
 * The `points` points that belong together, of `dimension` entries each. The bits are a function of the draw, the method
 * and, save for `saa`, the number of points: which points are asked for, and in what order, does not matter.
 * @throws CobreError `InvalidArgument` when a size or the seed is bad, `CapacityViolation` when there are more dimensions
 * than Sobol points have here.
 */
export function createPointSet(method: PointMethod, draw: Draw, points: number, dimension: number): PointSet {
  if (!Number.isInteger(points) || points < 1 || points > MAX_POINTS) {
    throw new CobreError('InvalidArgument', `cannot draw ${points} points at a stage`, {
      field: 'points',
      value: points,
      suggestion: 'Give an integer from 1 to 4294967296.',
      context: { stage: draw.stage },
    });
  }
  switch (method) {
    case 'saa':
      return new IndependentPoints(draw, points, dimension);
    case 'lhs':
      return new LatinHypercube(draw, points, dimension);
    case 'qmc_sobol':
      return new SobolPoints(draw, points, dimension);
    case 'qmc_halton':
      return new HaltonPoints(draw, points, dimension);
  }
}
