import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { iterationsTimeLeft, simulationTimeLeft, trainingTimeLeft } from '#cobre/cli/time-left';

const limit = (count: number) => ({ type: 'iteration_limit', limit: count }) as const;

describe('time left in training', () => {
  test('is exact for iterations of equal or linearly growing duration', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1000, noNaN: true }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        fc.integer({ min: 2, max: 19 }),
        fc.integer({ min: 1, max: 200 }),
        (base, growth, done, ahead) => {
          const time = (i: number) => base + growth * i;
          const past = Array.from({ length: done }, (_unused, i) => time(i));
          let expected = 0;
          for (let i = done; i < done + ahead; i++) expected += time(i);
          expect(iterationsTimeLeft(past, ahead)! / expected).toBeCloseTo(1, 8);
        },
      ),
    );
  });

  test('is never negative, also when iterations get faster', () => {
    expect(iterationsTimeLeft([1000, 500, 100], 50)).toBeGreaterThan(0);
  });

  test('is unknown before the first iteration and zero after the last', () => {
    expect(trainingTimeLeft([], 0, [limit(10)], 'any')).toBeNull();
    expect(trainingTimeLeft([5, 5], 10, [limit(2)], 'any')).toBe(0);
  });

  test('counts the iterations from before a resumption', () => {
    expect(trainingTimeLeft([200], 200, [limit(12)], 'any', 11)).toBe(200);
    expect(trainingTimeLeft([200, 200], 400, [limit(12)], 'any', 12)).toBe(0);
  });

  test('ends with the first rule in mode any and the last in mode all', () => {
    const rules = [limit(12), { type: 'time_limit', seconds: 1 }] as const;
    expect(trainingTimeLeft([200, 200], 400, rules, 'any')).toBe(600);
    expect(trainingTimeLeft([200, 200], 400, rules, 'all')).toBe(2000);
  });

  test('is an upper limit when a bound may stall first, and unknown when all rules must hold', () => {
    const rules = [limit(12), { type: 'bound_stalling', iterations: 5, tolerance: 1e-4 }] as const;
    expect(trainingTimeLeft([200, 200], 400, rules, 'any')).toBe(2000);
    expect(trainingTimeLeft([200, 200], 400, rules, 'all')).toBeNull();
  });
});

test('a simulation goes on as it began', () => {
  expect(simulationTimeLeft(25, 100, 50)).toBe(150);
  expect(simulationTimeLeft(0, 100, 50)).toBeNull();
});
