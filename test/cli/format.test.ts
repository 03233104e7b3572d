import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatClock, formatCost, formatDuration, formatExact, formatPercent, plural } from '#cobre/cli/format';

describe('costs', () => {
  test.each([
    [3_062_123.45, '$ 3.062 M'],
    [999_960, '$ 1.000 M'],
    [999_940, '$ 999.9 k'],
    [12.5, '$ 12.50'],
    [0, '$ 0.00'],
    [-45_000, '$ -45.00 k'],
    [2e12, '$ 2.000 T'],
    [Number.NaN, '-'],
    [null, '-'],
  ])('%s is shown as %s', (value, shown) => {
    expect(formatCost(value)).toBe(shown);
  });

  test('what is shown is within half a unit of the fourth digit', () => {
    const scale: Record<string, number> = { k: 1e3, M: 1e6, B: 1e9, T: 1e12 };
    fc.assert(
      fc.property(fc.double({ min: 1000, max: 9e14, noNaN: true }), (value) => {
        const [, digits, suffix] = formatCost(value).match(/^\$ ([\d.]+) ([kMBT])$/)!;
        expect(Math.abs(Number(digits) * scale[suffix!]! - value)).toBeLessThanOrEqual(value * 5.001e-4);
      }),
    );
  });

  test('exact costs are grouped, to the cent', () => {
    expect(formatExact(3_062_123.456)).toBe('3,062,123.46');
  });
});

test('shares are percent at two decimals', () => {
  expect(formatPercent(0.0062)).toBe('0.62 %');
  expect(formatPercent(null)).toBe('-');
});

test('durations take the unit that suits them, without 60 seconds or 60 minutes', () => {
  expect(formatDuration(340)).toBe('340 ms');
  expect(formatDuration(3210)).toBe('3.2 s');
  expect(formatDuration(59_990)).toBe('1 min 00 s');
  expect(formatDuration(125_000)).toBe('2 min 05 s');
  expect(formatDuration(3_599_900)).toBe('1 h 00 min');
  expect(formatClock(125_000)).toBe('2:05');
  expect(formatClock(11_220_000)).toBe('3:07:00');
});

test('counts agree with their noun', () => {
  expect(plural(1, 'bus', 'buses')).toBe('1 bus');
  expect(plural(1200, 'bus', 'buses')).toBe('1,200 buses');
});
