import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Correlation, Study } from '#cobre/case/study';
import { buildStageProblems } from '#cobre/sddp/stage-problems';
import { Purpose, standardNormal } from '#cobre/stochastic/counter-noise';
import { openingTreeOf } from '../support/opening-tree.js';
import { makeBus, makeHydro, makeStages, makeStudy, type StudyParts } from '../support/small-study.js';

/** Two hydros and the second of two buses random: noise vectors of three entries. */
function threeDimensional(parts: StudyParts = {}): Study {
  return makeStudy({
    stages: makeStages(3, 4),
    hydros: [makeHydro(), makeHydro({ id: 1 })],
    buses: [makeBus(), makeBus({ id: 1 })],
    loadStd: [[0, 1]],
    ...parts,
  });
}

/** Sample correlation of entries e and f at stage t, about the known mean 0. */
function moment(noise: Float64Array, e: number, f: number): number {
  let sum = 0;
  for (let i = 0; i < noise.length; i += 3) sum += noise[i + e] * noise[i + f];
  return sum / (noise.length / 3);
}

describe('an opening tree', () => {
  test('asks for no root of a matrix that no stage has', () => {
    const entities = [0, 1];
    const unused = {
      entities,
      get matrix(): Float64Array {
        throw new Error('nobody needs it');
      },
    };
    const used = { entities, matrix: Float64Array.of(1, 0.5, 0.5, 1) };
    const of = (...profiles: Correlation['profiles']): Correlation => ({
      method: 'spectral',
      profiles,
      profileOfStage: [0, -1, 0],
    });
    const tree = (correlation: Correlation) => openingTreeOf({ ...threeDimensional(), correlation });
    expect(tree(of([used], [unused]))).toEqual(tree(of([used])));
  });

  test('is drawn once for a study, whoever asks for it', () => {
    const study = threeDimensional();
    const tree = openingTreeOf(study);
    expect(openingTreeOf(study)).toBe(tree);
    expect(buildStageProblems(study).tree).toBe(tree);
    expect(openingTreeOf({ ...study })).toEqual(tree);
  });

  test('has one entry a hydro and a random load, for each opening of each stage', () => {
    const tree = openingTreeOf(
      threeDimensional({ stages: makeStages(3, 1).map((stage, t) => ({ ...stage, openings: t + 2 })) }),
    );
    expect(tree.dimension).toBe(3);
    expect(tree.openings).toEqual([2, 3, 4]);
    expect(tree.noise.map((values) => values.length)).toEqual([6, 9, 12]);
  });

  test('without correlation, holds the normals of the tree seed by (stage, opening, entity)', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (treeSeed) => {
        const { noise } = openingTreeOf(threeDimensional({ treeSeed }));
        noise.forEach((values, t) => {
          values.forEach((value, n) => {
            expect(value).toBe(standardNormal(treeSeed, Purpose.openingTree, t, Math.floor(n / 3), n % 3, 0));
          });
        });
      }),
      { numRuns: 20 },
    );
  });

  test('is a function of its seed, whatever else the study says', () => {
    const noise = (parts: StudyParts) => openingTreeOf(threeDimensional(parts)).noise;
    expect(noise({ forwardSeed: 5, loadMean: [[1, 2]] })).toEqual(noise({ forwardSeed: 6 }));
    expect(noise({ treeSeed: 43 })).not.toEqual(noise({ treeSeed: 42 }));
    // More openings extend a stage without touching those it had.
    const more = noise({ stages: makeStages(3, 9) });
    noise({}).forEach((values, t) => {
      expect(more[t].subarray(0, values.length)).toEqual(values);
    });
  });

  test('keeps noise that the user gives as it is, correlation or not', () => {
    const noiseOpenings = [0, 1, 2].map((t) => Array.from({ length: 12 }, (_, n) => t - n / 7));
    const tree = openingTreeOf(threeDimensional({ noiseOpenings, correlation: correlated('cholesky') }));
    expect(tree.noise.map((values) => Array.from(values))).toEqual(noiseOpenings);
  });

  test('refuses given noise that does not fit the study', () => {
    const noiseOpenings = [0, 1, 2].map((t) => new Array<number>(t === 1 ? 11 : 12).fill(0));
    expect(() => openingTreeOf(threeDimensional({ noiseOpenings }))).toThrow(
      expect.objectContaining({ kind: 'StageMismatch', context: { stage: 1 } }),
    );
    expect(() => openingTreeOf(threeDimensional({ noiseOpenings: [] }))).toThrow(
      expect.objectContaining({ kind: 'StageMismatch', context: { stage: 0 } }),
    );
  });
});

/** Stage 0: all three correlated; stage 1: entries 2 and 0 (in that order); stage 2: none. */
function correlated(method: Correlation['method']): Correlation {
  return {
    method,
    profiles: [
      [{ entities: [0, 1, 2], matrix: Float64Array.of(1, 0.8, -0.4, 0.8, 1, -0.1, -0.4, -0.1, 1) }],
      [{ entities: [2, 0], matrix: Float64Array.of(1, 0.5, 0.5, 1) }],
    ],
    profileOfStage: [0, 1, -1],
  };
}

describe.each(['cholesky', 'spectral'] as const)('noise correlated by the %s method', (method) => {
  const openings = 40_000;
  const { noise } = openingTreeOf(
    threeDimensional({ stages: makeStages(3, openings), correlation: correlated(method) }),
  );
  /** Of products of correlated normals the variance is 1 + rho^2 <= 2; five standard deviations. */
  const BOUND = 5 * Math.sqrt(2 / openings);

  test.each([
    [0, { '01': 0.8, '02': -0.4, '12': -0.1 }],
    [1, { '01': 0, '02': 0.5, '12': 0 }],
    [2, { '01': 0, '02': 0, '12': 0 }],
  ])('has the correlations of the profile of stage %d, and unit variances', (t, expected) => {
    for (const [pair, rho] of Object.entries(expected)) {
      expect(Math.abs(moment(noise[t], Number(pair[0]), Number(pair[1])) - rho), pair).toBeLessThan(BOUND);
    }
    for (const e of [0, 1, 2]) expect(Math.abs(moment(noise[t], e, e) - 1)).toBeLessThan(BOUND);
  });

  test('leaves the entries outside its groups untouched', () => {
    for (let i = 0; i < 100; i += 1) {
      expect(noise[1][i * 3 + 1]).toBe(standardNormal(42, Purpose.openingTree, 1, i, 1, 0));
    }
  });
});

test('the Cholesky method leaves the first entity of a group as it was drawn', () => {
  const { noise } = openingTreeOf(threeDimensional({ correlation: correlated('cholesky') }));
  expect(noise[0][0]).toBe(standardNormal(42, Purpose.openingTree, 0, 0, 0, 0));
  expect(noise[1][2]).toBe(standardNormal(42, Purpose.openingTree, 1, 0, 2, 0));
});
