import type { Correlation } from '../case/study.js';
import { choleskyRoot, spectralRoot } from './correlation-root.js';

interface GroupRoot {
  /** Positions in the noise vector. */
  readonly entities: readonly number[];
  /** Row-major square root of the group's correlation matrix. */
  readonly root: Float64Array;
}

/** A correlation, factored once, that turns independent standard normals into correlated ones. */
export class Correlator {
  readonly #profiles: readonly (readonly GroupRoot[])[];
  readonly #profileOfStage: readonly number[];
  readonly #scratch: Float64Array;

  /** @throws CobreError `IncompatibleSettings` when a matrix has no Cholesky factor and the method asks for one. */
  constructor({ method, profiles, profileOfStage }: Correlation) {
    const factor = method === 'cholesky' ? choleskyRoot : spectralRoot;
    const used = new Set(profileOfStage);
    let largest = 0;
    this.#profiles = profiles.map((groups, profile) => {
      // Any symmetric matrix has a spectral root: one that no stage has need not be factored to be judged.
      if (method === 'spectral' && !used.has(profile)) return [];
      return groups.map(({ entities, matrix }): GroupRoot => {
        largest = Math.max(largest, entities.length);
        return { entities, root: factor(matrix, entities.length) };
      });
    });
    this.#profileOfStage = profileOfStage;
    this.#scratch = new Float64Array(largest);
  }

  /**
   * Replaces the entries z of each group of the stage's profile by root z, in the noise vector at `values[offset..]`.
   * Entities in no group keep theirs.
   */
  apply(stage: number, values: Float64Array, offset: number): void {
    const profile = this.#profileOfStage[stage] ?? -1;
    if (profile < 0) return;
    for (const group of this.#profiles[profile]) this.#correlate(values, offset, group);
  }

  #correlate(values: Float64Array, offset: number, { entities, root }: GroupRoot): void {
    const n = entities.length;
    const scratch = this.#scratch;
    for (let i = 0; i < n; i += 1) {
      let sum = 0;
      for (let j = 0; j < n; j += 1) sum += root[i * n + j] * values[offset + entities[j]];
      scratch[i] = sum;
    }
    for (let i = 0; i < n; i += 1) values[offset + entities[i]] = scratch[i];
  }
}

const known = new WeakMap<Correlation, Correlator>();

/** The correlator of a correlation, factored the first time: roots of many large matrices take seconds. */
export function correlatorOf(correlation: Correlation): Correlator {
  let correlator = known.get(correlation);
  if (correlator === undefined) {
    correlator = new Correlator(correlation);
    known.set(correlation, correlator);
  }
  return correlator;
}
