import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { portableExp, portableLog } from '#cobre/math/portable';

const TWO_ULP = 2 * 2 ** -52;

describe('the portable logarithm', () => {
  test("is within two units in the last place of the engine's", () => {
    fc.assert(
      fc.property(fc.double({ min: 2.3e-308, max: 1e300, noNaN: true }), (x) => {
        const expected = Math.log(x);
        expect(Math.abs(portableLog(x) - expected)).toBeLessThanOrEqual(TWO_ULP * Math.abs(expected));
      }),
      { numRuns: 2000 },
    );
  });

  test('is exact at powers of two: 0 at 1', () => {
    expect(portableLog(1)).toBe(0);
    expect(portableLog(0.5)).toBe(-Math.LN2);
    expect(portableLog(2 ** -52)).toBe(-52 * Math.LN2);
  });
});

describe('the portable exponential', () => {
  test("is within two units in the last place of the engine's", () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
        const expected = Math.exp(x);
        expect(Math.abs(portableExp(x) - expected)).toBeLessThanOrEqual(TWO_ULP * expected);
      }),
      { numRuns: 2000 },
    );
  });

  test('is exact at 0, and 0 or infinite beyond the range of a double', () => {
    expect([portableExp(0), portableExp(-0), portableExp(-709), portableExp(-1e9), portableExp(1e9)]).toEqual([
      1,
      1,
      0,
      0,
      Infinity,
    ]);
  });

  test('gives the power of a number, beside the logarithm', () => {
    for (const [rate, years] of [
      [0.1, 1],
      [0.12, 31 / 365.25],
      [1e-6, 30],
      [2, 0.5],
    ]) {
      expect(portableExp(-years * portableLog(1 + rate))).toBeCloseTo((1 + rate) ** -years, 15);
    }
  });
});
