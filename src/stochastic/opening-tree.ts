import type { Study } from '../case/study.js';
import { CobreError } from '../errors.js';
import { buildOpeningTree } from './build-tree.js';
import { noiseDimension } from './noise-layout.js';

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
 * Sample average approximation: independent standard normals by (stage, opening, entity) from the tree's seed, then
 * correlated group by group with the stage's profile. Noise that the user supplied is taken as it is.
 * @throws CobreError `IncompatibleSettings` when a matrix has no Cholesky factor, `StageMismatch` when supplied noise
 * does not fit the study.
 */
export function generateOpeningTree(study: Study): OpeningTree {
  const layout = { hydros: study.hydros.length, loads: study.stochasticLoadBuses.length, sources: 0 };
  if (study.noiseOpenings !== null) {
    const dimension = noiseDimension(layout);
    const openings = study.stages.map((stage) => stage.openings);
    return { dimension, openings, noise: checkedNoise(study.noiseOpenings, openings, dimension) };
  }
  return buildOpeningTree({
    seed: study.config.training.treeSeed,
    layout,
    stages: study.stages.map(({ openings }) => ({ method: 'saa', openings })),
    groups: null,
    correlation: study.correlation,
    history: null,
    externalCounts: [],
  });
}

/** @throws CobreError `StageMismatch` when the user's openings do not fit the numbers of openings. */
export function checkedNoise(
  noise: readonly Float64Array[],
  openings: readonly number[],
  dimension: number,
): readonly Float64Array[] {
  for (let stage = 0; stage < openings.length; stage += 1) {
    const expected = openings[stage] * dimension;
    const actual = noise[stage]?.length ?? 0;
    if (actual !== expected) {
      throw new CobreError('StageMismatch', `stage ${stage} has ${actual} noise values instead of ${expected}`, {
        file: 'scenarios/noise_openings.parquet',
        value: actual,
        suggestion: `Give ${dimension} values for each of the ${openings[stage]} openings of the stage.`,
        context: { stage },
      });
    }
  }
  return noise;
}
