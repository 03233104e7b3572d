import { describe, expect, test } from 'vitest';
import type { Correlation } from '#cobre/case/study';
import { buildOpeningTree, effectiveOpenings, type OpeningTreeInput } from '#cobre/stochastic/build-tree';
import { Purpose, standardNormal } from '#cobre/stochastic/counter-noise';
import type { HistoricalNoise } from '#cobre/stochastic/forward/historical-noise';
import type { SamplingMethod } from '#cobre/stochastic/sampling/point-set';

const independent: Correlation = { method: 'spectral', profiles: [], profileOfStage: [] };
const layout = { hydros: 2, loads: 1, sources: 1 };

function input(parts: Partial<OpeningTreeInput> = {}): OpeningTreeInput {
  return {
    seed: 42,
    layout,
    stages: stages('saa', 'lhs', 'qmc_sobol', 'qmc_halton'),
    groups: null,
    correlation: independent,
    history: null,
    externalCounts: [],
    ...parts,
  };
}

const stages = (...methods: SamplingMethod[]) => methods.map((method) => ({ method, openings: 8 }));

/** Residual of hydro h at stage t in window w: 100 w + 10 t + h. */
function history(windows: number, count = 4): HistoricalNoise {
  const all = Array.from({ length: windows }, (_, w) => w);
  const noise = all.map((w) => Float64Array.from({ length: count * 2 }, (_, i) => 100 * w + 10 * (i >> 1) + (i & 1)));
  return { years: all.map((w) => 1950 + w), incomplete: [], noise, lags: all.map(() => new Float64Array(0)) };
}

describe('an opening tree by the methods of its stages', () => {
  test('has the normals of the seed where the method is saa, random sources included', () => {
    const { dimension, noise } = buildOpeningTree(input());
    expect(dimension).toBe(4);
    noise[0].forEach((value, n) => {
      expect(value).toBe(standardNormal(42, Purpose.openingTree, 0, n >> 2, n & 3, 0));
    });
  });

  test('draws each stage by its own method, whatever the others have', () => {
    const mixed = buildOpeningTree(input()).noise;
    (['saa', 'lhs', 'qmc_sobol', 'qmc_halton'] as const).forEach((method, t) => {
      expect(buildOpeningTree(input({ stages: stages(method, method, method, method) })).noise[t]).toEqual(mixed[t]);
    });
  });

  test.each(['saa', 'lhs', 'qmc_sobol', 'qmc_halton'] as const)(
    'by %s recovers the correlation of each class within four standard errors, load and sources included',
    (method) => {
      const correlation: Correlation = {
        method: 'spectral',
        profiles: [
          [
            { entities: [0, 1], matrix: Float64Array.of(1, 0.7, 0.7, 1) },
            { entities: [2], matrix: Float64Array.of(1) },
            { entities: [3, 4], matrix: Float64Array.of(1, -0.4, -0.4, 1) },
          ],
        ],
        profileOfStage: [0],
      };
      const n = 4096;
      const { noise } = buildOpeningTree(
        input({ stages: [{ method, openings: n }], layout: { hydros: 2, loads: 1, sources: 2 }, correlation }),
      );
      const expected = [
        [1, 0.7, 0, 0, 0],
        [0.7, 1, 0, 0, 0],
        [0, 0, 1, 0, 0],
        [0, 0, 0, 1, -0.4],
        [0, 0, 0, -0.4, 1],
      ];
      expected.forEach((row, e) => {
        row.forEach((rho, f) => {
          let sum = 0;
          for (let i = 0; i < n; i += 1) sum += noise[0][i * 5 + e] * noise[0][i * 5 + f];
          // Var of the product of standard normals with correlation rho: 1 + rho^2.
          expect(Math.abs(sum / n - rho)).toBeLessThan(4 * Math.sqrt((1 + rho * rho) / n));
        });
      });
    },
  );

  test.each(['saa', 'lhs', 'qmc_sobol', 'qmc_halton', 'historical_residuals'] as const)(
    'by %s is the same at all stages of a noise group, and not beyond',
    (method) => {
      const groups = [0, 0, 0, 3];
      const tree = buildOpeningTree(
        input({ stages: stages(method, method, method, method), groups, history: history(20) }),
      );
      expect(tree.noise[1]).toEqual(tree.noise[0]);
      expect(tree.noise[2]).toEqual(tree.noise[0]);
      expect(tree.noise[3]).not.toEqual(tree.noise[0]);
      const alone = buildOpeningTree(input({ stages: stages(method, method, method, method), history: history(20) }));
      expect(alone.noise[0]).toEqual(tree.noise[0]);
      expect(alone.noise[1]).not.toEqual(tree.noise[0]);
      expect(alone.noise[3]).toEqual(tree.noise[3]);
      // Other stages do not hold the first one's memory.
      tree.noise[1][0] = 99;
      expect(tree.noise[0][0]).not.toBe(99);
    },
  );

  test('correlates a noise group as its first stage', () => {
    const correlation: Correlation = {
      method: 'spectral',
      profiles: [[{ entities: [0, 1], matrix: Float64Array.of(1, 0.6, 0.6, 1) }]],
      profileOfStage: [0, -1],
    };
    const two = stages('lhs', 'lhs');
    const tree = buildOpeningTree(input({ stages: two, correlation, groups: [0, 0] }));
    expect(tree.noise[1]).toEqual(tree.noise[0]);
    const alone = buildOpeningTree(input({ stages: two, correlation: independent }));
    expect(tree.noise[0]).not.toEqual(alone.noise[0]);
  });

  test('extends a group to a stage with more openings', () => {
    for (const method of ['saa', 'qmc_sobol'] as const) {
      const { noise } = buildOpeningTree(
        input({
          stages: [
            { method, openings: 4 },
            { method, openings: 6 },
          ],
          groups: [0, 0],
        }),
      );
      expect(noise[1].length).toBe(24);
      expect(noise[1].subarray(0, 16)).toEqual(noise[0]);
    }
  });

  test('of historical residuals has windows, each at most once a stage, with 0 for load and sources', () => {
    const residuals = stages('historical_residuals', 'historical_residuals', 'historical_residuals');
    const correlation: Correlation = {
      method: 'spectral',
      profiles: [[{ entities: [0, 1], matrix: Float64Array.of(1, 0.9, 0.9, 1) }]],
      profileOfStage: [0, 0, 0],
    };
    const tree = buildOpeningTree(input({ stages: residuals, history: history(20, 3), correlation }));
    tree.noise.forEach((values, t) => {
      const windows = new Set<number>();
      for (let i = 0; i < 8; i += 1) {
        const [a, b, load, source] = values.subarray(i * 4, i * 4 + 4);
        const window = (a - 10 * t) / 100;
        expect(Number.isInteger(window) && window >= 0 && window < 20).toBe(true);
        expect([b, load, source]).toEqual([a + 1, 0, 0]);
        windows.add(window);
      }
      expect(windows.size).toBe(8);
    });
  });

  test('has no more openings than windows or external scenarios', () => {
    const residuals = stages('historical_residuals', 'saa', 'historical_residuals', 'saa');
    const few = {
      stages: residuals,
      groups: null,
      history: history(5),
      externalCounts: [
        [9, 9, 3, 2],
        [9, 7, 9, 9],
      ],
    };
    expect(effectiveOpenings(few)).toEqual([5, 7, 3, 2]);
    const tree = buildOpeningTree(input(few));
    expect(tree.openings).toEqual([5, 7, 3, 2]);
    expect(tree.noise.map((values) => values.length)).toEqual([20, 28, 12, 8]);
    // As many as there are windows: all of history, once each.
    const windows = Array.from({ length: 5 }, (_, i) => tree.noise[0][i * 4] / 100).sort();
    expect(windows).toEqual([0, 1, 2, 3, 4]);
  });

  test('chooses windows uniformly, within four standard errors', () => {
    const many = 3000;
    const { noise } = buildOpeningTree(
      input({
        stages: Array.from({ length: many }, () => ({ method: 'historical_residuals' as const, openings: 1 })),
        history: history(4, many),
      }),
    );
    const counts = [0, 0, 0, 0];
    noise.forEach((values, t) => {
      counts[(values[0] - 10 * t) / 100] += 1;
    });
    const error = Math.sqrt(many * (1 / 4) * (3 / 4));
    for (const count of counts) expect(Math.abs(count - many / 4)).toBeLessThan(4 * error);
  });

  test('is refused where a method cannot be had', () => {
    expect(() => buildOpeningTree(input({ stages: stages('saa', 'selective') }))).toThrow(
      expect.objectContaining({ kind: 'NotSupported', value: 'selective', context: { stage: 1 } }),
    );
    expect(() => buildOpeningTree(input({ stages: stages('historical_residuals') }))).toThrow(
      expect.objectContaining({ kind: 'IncompatibleSettings', value: 'historical_residuals', context: { stage: 0 } }),
    );
  });
});
