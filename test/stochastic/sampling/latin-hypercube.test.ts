import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPointSet } from '#cobre/stochastic/sampling/point-set';
import { allPoints, stratumEnds, stratumOf } from './normal-strata.js';

describe('a Latin hypercube', () => {
  test('has exactly one point in each stratum of each dimension', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 5 }), fc.maxSafeNat(), (n, d, seed) => {
        const draw = { seed, phase: 'forward', iteration: 3, stage: 5 } as const;
        const points = allPoints(createPointSet('lhs', draw, n, d), n, d);
        const ends = stratumEnds(n);
        for (let e = 0; e < d; e += 1) {
          const taken = points.map((point) => stratumOf(point[e], ends)).sort((a, b) => a - b);
          expect(taken).toEqual(Array.from({ length: n }, (_, k) => k));
        }
      }),
      { numRuns: 40 },
    );
  });

  test('pairs the strata of two dimensions at random, and puts points anywhere within', () => {
    // Over many stages: which stratum (of 4) dimension 1 has where dimension 0 has its first, 16 cells of 1/4 each.
    const stages = 8000;
    const ends = stratumEnds(4);
    const halves = stratumEnds(8);
    const pairs = new Array<number>(16).fill(0);
    let lower = 0;
    for (let stage = 0; stage < stages; stage += 1) {
      const draw = { seed: 7, phase: 'tree', iteration: 0, stage } as const;
      const points = allPoints(createPointSet('lhs', draw, 4, 2), 4, 2);
      for (const [x, y] of points) pairs[stratumOf(x, ends) * 4 + stratumOf(y, ends)] += 1;
      lower += stratumOf(points[0][0], halves) % 2 === 0 ? 1 : 0;
    }
    const error = Math.sqrt(stages * (1 / 4) * (3 / 4));
    for (const count of pairs) expect(Math.abs(count - stages / 4)).toBeLessThan(4 * error);
    expect(Math.abs(lower - stages / 2)).toBeLessThan(4 * Math.sqrt(stages / 4));
  });

  test('estimates the mean of a sum of squares far better than independent points', () => {
    // McKay et al.: what is additive in the dimensions has a variance of lower order than 1 / n.
    const spread = (method: 'lhs' | 'saa'): number => {
      let sum = 0;
      for (let stage = 0; stage < 200; stage += 1) {
        const set = createPointSet(method, { seed: 1, phase: 'tree', iteration: 0, stage }, 50, 3);
        const mean = allPoints(set, 50, 3).reduce((s, p) => s + p.reduce((q, x) => q + x * x, 0), 0) / 50;
        sum += (mean - 3) ** 2;
      }
      return sum / 200;
    };
    // The variance of independent points is 3 x 2 / 50 in theory.
    expect(spread('saa')).toBeGreaterThan(0.08);
    expect(spread('lhs')).toBeLessThan(0.12 / 10);
  });

  test('refuses a point that is not one of the batch', () => {
    const set = createPointSet('lhs', { seed: 1, phase: 'tree', iteration: 0, stage: 0 }, 4, 2);
    for (const index of [4, -1, 1.5, Number.NaN]) {
      expect(() => set.write(index, new Float64Array(2), 0)).toThrow(
        expect.objectContaining({ kind: 'InvalidArgument' }),
      );
    }
  });
});
