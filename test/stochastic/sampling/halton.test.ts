import { describe, expect, test } from 'vitest';
import { firstPrimes, radicalInverse } from '#cobre/stochastic/sampling/halton';
import { createPointSet } from '#cobre/stochastic/sampling/point-set';
import { allPoints, stratumEnds, stratumOf } from './normal-strata.js';

const draw = (stage: number) => ({ seed: 11, phase: 'simulation', iteration: 0, stage }) as const;

describe('the radical inverse', () => {
  test('mirrors the digits at the point', () => {
    // In base 2: 0, 1, 10, 11, 100, 101, 110 become 0, .1, .01, .11, .001, .101, .011.
    expect([0, 1, 2, 3, 4, 5, 6].map((n) => radicalInverse(n, 2, 3))).toEqual([
      0,
      1 / 2,
      1 / 4,
      3 / 4,
      1 / 8,
      5 / 8,
      3 / 8,
    ]);
    // In base 3: 0, 1, 2, 10, 11, 12, 20, 21, 22, 100.
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => radicalInverse(n, 3, 3) * 27)).toEqual(
      [0, 9, 18, 3, 12, 21, 6, 15, 24, 1].map((ninths) => expect.closeTo(ninths, 12)),
    );
    // 1234 in base 10 is 0.4321.
    expect(radicalInverse(1234, 10, 4)).toBeCloseTo(0.4321, 15);
  });

  test('puts each digit through the permutation of its position, and the tail behind the last', () => {
    // 5 = 12 in base 3: the low digit 2 becomes 0, the high digit 1 becomes 2; .02 in base 3 and half a cell.
    const permutations = [Uint32Array.of(1, 2, 0), Uint32Array.of(1, 2, 0)];
    expect(radicalInverse(5, 3, 2, permutations, 0.5)).toBeCloseTo((2 + 0.5) / 9, 15);
  });
});

test('the primes are the primes', () => {
  expect(firstPrimes(10)).toEqual([2, 3, 5, 7, 11, 13, 17, 19, 23, 29]);
  // The thousandth prime, as tables have it.
  expect(firstPrimes(1000)[999]).toBe(7919);
  expect(firstPrimes(3)).toEqual([2, 3, 5]);
});

describe('Halton points', () => {
  test('have one point in each of b^k strata of the dimension with base b', () => {
    for (let stage = 0; stage < 5; stage += 1) {
      for (const [e, base, power] of [
        [0, 2, 64],
        [1, 3, 81],
        [2, 5, 125],
        [3, 7, 49],
        [9, 29, 29],
      ]) {
        const points = allPoints(createPointSet('qmc_halton', draw(stage), power, e + 1), power, e + 1);
        for (let strata = base; strata <= power; strata *= base) {
          const ends = stratumEnds(strata);
          const counts = new Array<number>(strata).fill(0);
          for (const point of points) counts[stratumOf(point[e], ends)] += 1;
          expect(counts.every((count) => count === power / strata)).toBe(true);
        }
      }
    }
  });

  test('have one point in each cell of 2^a by 3^b', () => {
    for (let stage = 0; stage < 5; stage += 1) {
      const points = allPoints(createPointSet('qmc_halton', draw(stage), 72, 2), 72, 2);
      const eighths = stratumEnds(8);
      const ninths = stratumEnds(9);
      expect(new Set(points.map(([x, y]) => stratumOf(x, eighths) * 9 + stratumOf(y, ninths))).size).toBe(72);
    }
  });

  test('are uniform: any one of them, over many scramblings, in small bases and large', () => {
    const stages = 1600;
    const ends = stratumEnds(10);
    for (const index of [0, 6]) {
      const dimensions = [0, 1, 3, 30];
      const counts = dimensions.map(() => new Array<number>(10).fill(0));
      for (let stage = 0; stage < stages; stage += 1) {
        const out = new Float64Array(31);
        createPointSet('qmc_halton', draw(stage), 9, 31).write(index, out, 0);
        dimensions.forEach((e, i) => {
          counts[i][stratumOf(out[e], ends)] += 1;
        });
      }
      const error = Math.sqrt(stages * (1 / 10) * (9 / 10));
      for (const count of counts.flat()) expect(Math.abs(count - stages / 10)).toBeLessThan(4 * error);
    }
  });

  test('in large bases are not on a line, as they are before scrambling', () => {
    // Dimensions 30 and 31 have bases 113 and 127: the first 100 plain points are i / 113 and i / 127.
    const points = allPoints(createPointSet('qmc_halton', draw(0), 100, 31), 100, 31);
    const product = points.reduce((sum, point) => sum + point[29] * point[30], 0) / 100;
    expect(Math.abs(product)).toBeLessThan(4 / Math.sqrt(100));
  });
});
