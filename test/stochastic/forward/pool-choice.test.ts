import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PoolChoice } from '#cobre/stochastic/forward/pool-choice';

describe('the choice from a pool', () => {
  test('takes every member once before any twice', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.integer({ min: 1, max: 30 }), fc.nat({ max: 9 }), (seed, size, iteration) => {
        const choice = new PoolChoice(seed, 'simulation', size);
        for (let round = 0; round < 3; round += 1) {
          const picked = Array.from({ length: size }, (_, i) => choice.pick(iteration, round * size + i));
          expect(picked.sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i));
        }
      }),
      { numRuns: 40 },
    );
  });

  test('does not depend on what was asked before', () => {
    const ordered = new PoolChoice(7, 'forward', 12);
    const expected = Array.from({ length: 5 }, (_, k) => Array.from({ length: 30 }, (_, m) => ordered.pick(k, m)));
    const asked = fc.array(fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 29 })), { minLength: 1 });
    fc.assert(
      fc.property(asked, (pairs) => {
        const choice = new PoolChoice(7, 'forward', 12);
        for (const [k, m] of pairs) expect(choice.pick(k, m)).toBe(expected[k][m]);
      }),
    );
  });

  test('is uniform for any scenario, and differs by iteration, within four standard errors', () => {
    const choice = new PoolChoice(3, 'forward', 5);
    const iterations = 5000;
    const counts = new Array<number>(25).fill(0);
    for (let k = 1; k <= iterations; k += 1) counts[choice.pick(k, 0) * 5 + choice.pick(k, 7)] += 1;
    const error = Math.sqrt(iterations * (1 / 25) * (24 / 25));
    for (const count of counts) expect(Math.abs(count - iterations / 25)).toBeLessThan(4 * error);
  });
});
