import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { convergenceChart } from '#cobre/cli/convergence-chart';

describe('the convergence chart', () => {
  test('fits its width and height for any bounds', () => {
    const costs = fc.array(fc.double({ min: -1e12, max: 1e15, noNaN: true }), { minLength: 2, maxLength: 300 });
    fc.assert(
      fc.property(costs, costs, fc.integer({ min: 40, max: 100 }), (a, b, width) => {
        const count = Math.min(a.length, b.length);
        const chart = convergenceChart(a.slice(0, count), b.slice(0, count), { width, height: 8 });
        expect(chart).toHaveLength(10);
        for (const line of chart) expect([...line].length).toBeLessThanOrEqual(width);
      }),
    );
  });

  test('fills higher where the lower bound is higher', () => {
    const lower = Array.from({ length: 20 }, (_unused, i) => i * 1000);
    const rows = convergenceChart(lower, [])
      .slice(0, 8)
      .map((row) => row.replace(/^.*?[┤│]/, ''));
    const columns = Math.max(...rows.map((row) => row.length));
    const heights = Array.from({ length: columns }, (_unused, c) =>
      rows.reduce((sum, row) => sum + (row[c] === '░' ? 8 : ' ▁▂▃▄▅▆▇█'.indexOf(row[c] ?? ' ')), 0),
    );
    expect(heights[0]).toBe(0);
    expect(heights.at(-1)).toBe(64);
    for (let c = 1; c < columns; c++) expect(heights[c]).toBeGreaterThanOrEqual(heights[c - 1]!);
  });

  test('names its scale', () => {
    const chart = convergenceChart([1_000_000, 2_000_000], [3_000_000, 3_000_000]);
    expect(chart[0]).toContain('$ 3.000 M');
    expect(chart[7]).toContain('$ 1.000 M');
    expect(chart.at(-1)).toMatch(/1 +iteration 2$/);
  });

  test('keeps its scale when the first upper bound is far off, and marks it', () => {
    const lower = Array.from({ length: 20 }, () => 100);
    const upper = [1e9, ...Array.from({ length: 19 }, () => 120)];
    const chart = convergenceChart(lower, upper);
    expect(chart[0]).toContain('$ 120.00');
    expect(chart[0]).toContain('↑');
  });

  test('leaves the very first lower bounds off the scale of a long training', () => {
    const lower = Array.from({ length: 100 }, (_unused, i) => (i < 3 ? 1 : 900 + i));
    const chart = convergenceChart(lower, []);
    expect(chart[7]).toMatch(/\$ 90\d\.\d\d ┤/);
  });

  test('is left out where there is nothing to see', () => {
    expect(convergenceChart([], [])).toEqual([]);
    expect(convergenceChart([1], [1])).toEqual([]);
    expect(convergenceChart([1, Number.NaN], [1, 1])).toEqual([]);
  });
});
