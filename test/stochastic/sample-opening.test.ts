import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Purpose } from '#cobre/stochastic/counter-noise';
import { sampleOpening } from '#cobre/stochastic/sample-opening';

const { forwardSampling, simulationSampling } = Purpose;

/**
 * Upper quantile of chi-square at a probability of 1e-6, by Wilson and Hilferty (1931):
 * df (1 - 2 / (9 df) + z sqrt(2 / (9 df)))^3, z = 4.753.
 */
function chiSquareLimit(df: number): number {
  const spread = 2 / (9 * df);
  return df * (1 - spread + 4.753 * Math.sqrt(spread)) ** 3;
}

function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('the opening a trajectory sees', () => {
  test('is one of the stage, the same at each call', () => {
    const small = fc.nat(1_000_000);
    fc.assert(
      fc.property(fc.maxSafeNat(), small, small, fc.nat(500), fc.integer({ min: 1, max: 2 ** 32 }), (s, k, m, t, n) => {
        const opening = sampleOpening(s, forwardSampling, k, m, t, n);
        expect(Number.isInteger(opening) && opening >= 0 && opening < n).toBe(true);
        expect(sampleOpening(s, forwardSampling, k, m, t, n)).toBe(opening);
      }),
    );
  });

  test.each([2, 3, 7, 20, 64, 100])('is any of %d with equal probability', (openings) => {
    const counts = new Array<number>(openings).fill(0);
    for (let m = 0; m < 50_000; m += 1) counts[sampleOpening(42, forwardSampling, m % 100, m, 2, openings)] += 1;
    expect(chiSquare(counts)).toBeLessThan(chiSquareLimit(openings - 1));
  });

  test('stays unbiased where 2^32 is far from a multiple of the openings', () => {
    // Of 3 * 2^30 openings, a remainder without rejection would hit the first third twice as often as the others.
    const openings = 3 * 2 ** 30;
    const counts = [0, 0, 0];
    for (let m = 0; m < 30_000; m += 1) {
      counts[Math.floor(sampleOpening(5, forwardSampling, 1, m, 0, openings) / 2 ** 30)] += 1;
    }
    expect(chiSquare(counts)).toBeLessThan(chiSquareLimit(2));
  });

  test('is independent of what the previous stage and the next trajectory see', () => {
    const n = 5;
    const stages = new Array<number>(n * n).fill(0);
    const trajectories = new Array<number>(n * n).fill(0);
    for (let m = 0; m < 50_000; m += 1) {
      const here = sampleOpening(9, forwardSampling, 3, 2 * m, 4, n);
      stages[here * n + sampleOpening(9, forwardSampling, 3, 2 * m, 5, n)] += 1;
      trajectories[here * n + sampleOpening(9, forwardSampling, 3, 2 * m + 1, 4, n)] += 1;
    }
    expect(chiSquare(stages)).toBeLessThan(chiSquareLimit(n * n - 1));
    expect(chiSquare(trajectories)).toBeLessThan(chiSquareLimit(n * n - 1));
  });

  test('is another in simulation than in training', () => {
    const draws = (purpose: Purpose) =>
      Array.from({ length: 100 }, (_, m) => sampleOpening(42, purpose, 0, m, 1, 1000)).join(' ');
    expect(draws(simulationSampling)).not.toBe(draws(forwardSampling));
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 33])('cannot be one of %d', (openings) => {
    expect(() => sampleOpening(1, forwardSampling, 1, 0, 0, openings)).toThrow(
      expect.objectContaining({ kind: 'InvalidArgument', field: 'openings' }),
    );
  });
});
