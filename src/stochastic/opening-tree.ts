import type { CorrelationGroup, Study } from '../case/study.js';
import { CobreError } from '../errors.js';
import { choleskyRoot, spectralRoot } from './correlation-root.js';
import { Purpose, standardNormal } from './counter-noise.js';

/** The noise that the backward pass sees: a fixed sample of equiprobable openings a stage. */
export interface OpeningTree {
  /** Entries of a noise vector: one a hydro, then one a bus with random load. */
  readonly dimension: number;
  /** Number of openings by stage. */
  readonly openings: readonly number[];
  /** Correlated standard normal noise: `noise[t][i * dimension + e]` for opening i of stage t. */
  readonly noise: readonly Float64Array[];
}

interface GroupRoot {
  readonly entities: readonly number[];
  /** Row-major square root of the group's correlation matrix. */
  readonly root: Float64Array;
}

/**
 * Sample average approximation: independent standard normals by (stage, opening, entity) from the tree's seed, then
 * correlated group by group with the stage's profile. Noise that the user supplied is taken as it is.
 * @throws CobreError `IncompatibleSettings` when a matrix has no Cholesky factor, `StageMismatch` when supplied noise
 * does not fit the study.
 */
export function generateOpeningTree(study: Study): OpeningTree {
  const dimension = study.hydros.length + study.stochasticLoadBuses.length;
  const openings = study.stages.map((stage) => stage.openings);
  if (study.noiseOpenings !== null) {
    return { dimension, openings, noise: checkedNoise(study.noiseOpenings, openings, dimension) };
  }
  const factor = study.correlation.method === 'cholesky' ? choleskyRoot : spectralRoot;
  const roots = study.correlation.profiles.map((groups) =>
    groups.map(
      (group: CorrelationGroup): GroupRoot => ({
        entities: group.entities,
        root: factor(group.matrix, group.entities.length),
      }),
    ),
  );
  const seed = study.config.training.treeSeed;
  const scratch = new Float64Array(dimension);
  const noise = openings.map((count, stage) => {
    const profile = study.correlation.profileOfStage[stage] ?? -1;
    const groups = profile < 0 ? [] : roots[profile];
    const values = new Float64Array(count * dimension);
    for (let i = 0; i < count; i += 1) {
      for (let e = 0; e < dimension; e += 1) {
        values[i * dimension + e] = standardNormal(seed, Purpose.openingTree, stage, i, e, 0);
      }
      for (const group of groups) correlate(values, i * dimension, group, scratch);
    }
    return values;
  });
  return { dimension, openings, noise };
}

/** Replaces the group's entries z of the noise vector at `offset` by root z. */
function correlate(values: Float64Array, offset: number, group: GroupRoot, scratch: Float64Array): void {
  const { entities, root } = group;
  const n = entities.length;
  for (let i = 0; i < n; i += 1) {
    let sum = 0;
    for (let j = 0; j < n; j += 1) sum += root[i * n + j] * values[offset + entities[j]];
    scratch[i] = sum;
  }
  for (let i = 0; i < n; i += 1) values[offset + entities[i]] = scratch[i];
}

function checkedNoise(
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
