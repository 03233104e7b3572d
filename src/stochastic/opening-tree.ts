import type { Study } from '../case/study.js';
import { studyNoise } from './study-noise.js';

/** The noise that the backward pass sees: a fixed sample of equiprobable openings a stage. */
export interface OpeningTree {
  /** Entries of a noise vector: one a hydro, then one a bus with random load, then one a random source. */
  readonly dimension: number;
  /** Number of openings by stage. */
  readonly openings: readonly number[];
  /** Correlated standard normal noise: `noise[t][i * dimension + e]` for opening i of stage t. */
  readonly noise: readonly Float64Array[];
}

/**
 * The openings of a study, each stage's by its own method; noise that the user supplied is taken as it is.
 * @throws CobreError `IncompatibleSettings` when a matrix has no Cholesky factor, `StageMismatch` when supplied noise
 * does not fit the study; those of `buildOpeningTree`.
 */
export function generateOpeningTree(study: Study): OpeningTree {
  return studyNoise(study).tree;
}
