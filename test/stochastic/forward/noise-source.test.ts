import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Correlation } from '#cobre/case/study';
import { buildOpeningTree } from '#cobre/stochastic/build-tree';
import { Purpose } from '#cobre/stochastic/counter-noise';
import type { ExternalNoise } from '#cobre/stochastic/forward/external-noise';
import type { HistoricalNoise } from '#cobre/stochastic/forward/historical-noise';
import { type ClassSource, createNoiseSource, type NoiseSourceInput } from '#cobre/stochastic/forward/noise-source';
import { sampleOpening } from '#cobre/stochastic/sample-opening';
import type { SamplingMethod } from '#cobre/stochastic/sampling/point-set';
import { stratumEnds, stratumOf } from '../sampling/normal-strata.js';

const STAGES = 4;
const SCENARIOS = 24;
const layout = { hydros: 2, loads: 1, sources: 2 };
const independent: Correlation = { method: 'spectral', profiles: [], profileOfStage: [] };
const inSample: ClassSource = { scheme: 'in_sample' };
const fresh: ClassSource = { scheme: 'out_of_sample' };

/** Noise of hydro h at stage t in window w: 1000 + 100 w + 10 t + h; lag: 100 w. */
const history: HistoricalNoise = {
  years: [1950, 1951, 1952],
  incomplete: [],
  noise: [0, 1, 2].map((w) =>
    Float64Array.from({ length: STAGES * 2 }, (_, i) => 1000 + 100 * w + 10 * (i >> 1) + (i & 1)),
  ),
  lags: [0, 1, 2].map((w) => Float64Array.of(100 * w, 100 * w + 1)),
};

/** Noise of entity e at stage t in scenario s: first + 100 s + 10 t + e. */
function external(first: number, entities: number, scenarios: number): ClassSource {
  const noise = Array.from({ length: STAGES }, (_, t) =>
    Float64Array.from(
      { length: scenarios * entities },
      (_, i) => first + 100 * Math.floor(i / entities) + 10 * t + (i % entities),
    ),
  );
  const table: ExternalNoise = { scenarios, countOfStage: noise.map(() => scenarios), noise, ignored: 0 };
  return { scheme: 'external', scenarios: table };
}

const tree = buildOpeningTree({
  seed: 9,
  layout,
  stages: Array.from({ length: STAGES }, () => ({ method: 'saa', openings: 6 })),
  groups: null,
  correlation: independent,
  history: null,
  externalCounts: [],
});

function input(parts: Partial<NoiseSourceInput> = {}): NoiseSourceInput {
  return {
    phase: 'forward',
    seed: 77,
    scenarios: SCENARIOS,
    layout,
    inflow: inSample,
    load: inSample,
    sources: inSample,
    tree,
    methods: Array.from({ length: STAGES }, () => 'saa'),
    groups: null,
    correlation: independent,
    ...parts,
  };
}

const all = (method: SamplingMethod) => Array.from({ length: STAGES }, () => method);

function vector(parts: Partial<NoiseSourceInput>, iteration: number, scenario: number, stage: number): number[] {
  const out = new Float64Array(5);
  createNoiseSource(input(parts)).write(iteration, scenario, stage, out, 0);
  return Array.from(out);
}

describe('noise in sample', () => {
  test.each([
    ['forward', Purpose.forwardSampling],
    ['simulation', Purpose.simulationSampling],
  ] as const)('is the opening that the %s sampled before there were other sources', (phase, purpose) => {
    const source = createNoiseSource(input({ phase }));
    const out = new Float64Array(5);
    for (let m = 0; m < SCENARIOS; m += 1) {
      for (let t = 0; t < STAGES; t += 1) {
        const opening = sampleOpening(77, purpose, 3, m, t, 6);
        expect(source.opening(3, m, t)).toBe(opening);
        source.write(3, m, t, out, 0);
        expect(out).toEqual(tree.noise[t].slice(opening * 5, opening * 5 + 5));
      }
    }
    expect(source.writeInitialLags(3, 0, out)).toBe(false);
  });

  test('is one opening for all classes that are in sample, beside one that is not', () => {
    const parts = { load: fresh };
    const source = createNoiseSource(input(parts));
    expect(source.opening(1, 2, 3)).toBe(-1);
    const opening = sampleOpening(77, Purpose.forwardSampling, 1, 2, 3, 6);
    const expected = tree.noise[3].slice(opening * 5, opening * 5 + 5);
    const actual = vector(parts, 1, 2, 3);
    expect([actual[0], actual[1], actual[3], actual[4]]).toEqual([expected[0], expected[1], expected[3], expected[4]]);
    expect(actual[2]).not.toBe(expected[2]);
  });

  test('needs no more than the classes that there are', () => {
    // No load is random: that it would be out of sample does not matter.
    const parts = { layout: { hydros: 3, loads: 0, sources: 2 }, load: fresh };
    expect(createNoiseSource(input(parts)).opening(1, 0, 0)).toBeGreaterThanOrEqual(0);
  });
});

describe('noise out of sample', () => {
  const parts = { inflow: fresh, load: fresh, sources: fresh };

  test.each(['saa', 'lhs', 'qmc_sobol', 'qmc_halton'] as const)(
    'by %s is a function of (iteration, scenario, stage), in any order of calls, written where it is wanted',
    (method) => {
      const ordered = createNoiseSource(input({ ...parts, methods: all(method) }));
      const out = new Float64Array(5);
      const expected = new Map<string, number[]>();
      for (const k of [1, 2]) {
        for (let m = 0; m < SCENARIOS; m += 1) {
          for (let t = 0; t < STAGES; t += 1) {
            ordered.write(k, m, t, out, 0);
            expected.set(`${k} ${m} ${t}`, Array.from(out));
          }
        }
      }
      // No two share a number.
      expect(new Set([...expected.values()].flat()).size).toBe(2 * SCENARIOS * STAGES * 5);
      const where = fc.tuple(fc.constantFrom(1, 2), fc.nat({ max: SCENARIOS - 1 }), fc.nat({ max: STAGES - 1 }));
      fc.assert(
        fc.property(fc.array(where, { minLength: 1, maxLength: 12 }), (asked) => {
          const source = createNoiseSource(input({ ...parts, methods: all(method) }));
          const wide = new Float64Array(8).fill(-9);
          for (const [k, m, t] of asked) {
            source.write(k, m, t, wide, 2);
            expect(Array.from(wide)).toEqual([-9, -9, ...(expected.get(`${k} ${m} ${t}`) as number[]), -9]);
          }
        }),
        { numRuns: 20 },
      );
    },
  );

  test('by lhs has the scenarios of an iteration in all strata, at each stage', () => {
    const source = createNoiseSource(input({ ...parts, methods: all('lhs') }));
    const ends = stratumEnds(SCENARIOS);
    const out = new Float64Array(5);
    for (let t = 0; t < STAGES; t += 1) {
      const taken = Array.from({ length: 5 }, () => new Set<number>());
      for (let m = 0; m < SCENARIOS; m += 1) {
        source.write(4, m, t, out, 0);
        out.forEach((z, e) => {
          taken[e].add(stratumOf(z, ends));
        });
      }
      for (const strata of taken) expect(strata.size).toBe(SCENARIOS);
    }
  });

  test('differs between training and simulation, and by seed', () => {
    const a = vector(parts, 1, 0, 0);
    expect(vector({ ...parts, phase: 'simulation' }, 1, 0, 0)).not.toEqual(a);
    expect(vector({ ...parts, seed: 78 }, 1, 0, 0)).not.toEqual(a);
  });

  test('of one class does not depend on where the others come from', () => {
    const a = vector(parts, 2, 5, 1);
    expect(vector({ inflow: fresh }, 2, 5, 1).slice(0, 2)).toEqual(a.slice(0, 2));
    expect(vector({ sources: fresh, load: external(0, 1, 4) }, 2, 5, 1).slice(3)).toEqual(a.slice(3));
  });

  test.each(['saa', 'lhs', 'qmc_sobol', 'qmc_halton'] as const)('by %s is shared by a noise group', (method) => {
    const grouped = { ...parts, methods: all(method), groups: [0, 0, 2, 2] };
    for (let m = 0; m < 5; m += 1) {
      expect(vector(grouped, 1, m, 1)).toEqual(vector(grouped, 1, m, 0));
      expect(vector(grouped, 1, m, 3)).toEqual(vector(grouped, 1, m, 2));
      expect(vector(grouped, 1, m, 2)).not.toEqual(vector(grouped, 1, m, 0));
    }
  });

  test('is the same at the stages of a noise group, correlated by the first of them', () => {
    const correlation: Correlation = {
      method: 'cholesky',
      profiles: [[{ entities: [0, 1], matrix: Float64Array.of(1, 0.6, 0.6, 1) }]],
      profileOfStage: [0, -1, -1, -1],
    };
    const grouped = { ...parts, correlation, groups: [0, 0, 2, 3] };
    const [a, b] = vector({ ...grouped, correlation: { ...correlation, profileOfStage: [-1, -1, -1, -1] } }, 1, 3, 0);
    for (const stage of [0, 1]) {
      const [c, d] = vector(grouped, 1, 3, stage);
      expect(c).toBe(a);
      expect(d).toBeCloseTo(0.6 * a + 0.8 * b, 14);
    }
  });

  test('falls back to saa where the method draws from no distribution', () => {
    const a = vector({ ...parts, methods: all('saa') }, 1, 2, 3);
    expect(vector({ ...parts, methods: all('selective') }, 1, 2, 3)).toEqual(a);
    expect(vector({ ...parts, methods: all('historical_residuals') }, 1, 2, 3)).toEqual(a);
  });

  test('has the correlation of the stage, within four standard errors', () => {
    const correlation: Correlation = {
      method: 'cholesky',
      profiles: [
        [
          { entities: [0, 1], matrix: Float64Array.of(1, 0.8, 0.8, 1) },
          { entities: [3, 4], matrix: Float64Array.of(1, -0.5, -0.5, 1) },
        ],
      ],
      profileOfStage: [0, -1, 0, -1],
    };
    const n = 5000;
    const source = createNoiseSource(input({ ...parts, phase: 'simulation', scenarios: n, correlation }));
    const out = new Float64Array(5);
    for (const [t, inflow, sources] of [
      [0, 0.8, -0.5],
      [1, 0, 0],
    ]) {
      const sums = [0, 0, 0, 0];
      for (let m = 0; m < n; m += 1) {
        source.write(0, m, t, out, 0);
        sums[0] += out[0] * out[1];
        sums[1] += out[3] * out[4];
        // Classes are independent of one another.
        sums[2] += out[0] * out[2];
        sums[3] += out[0] * out[3];
      }
      [inflow, sources, 0, 0].forEach((rho, i) => {
        expect(Math.abs(sums[i] / n - rho)).toBeLessThan(4 * Math.sqrt((1 + rho * rho) / n));
      });
    }
  });
});

describe('historical noise', () => {
  const parts = { inflow: { scheme: 'historical', history } as const };

  test('is one window for all stages of a scenario, with its lags', () => {
    const source = createNoiseSource(input(parts));
    const out = new Float64Array(5);
    const lags = new Float64Array(2);
    const seen: number[] = [];
    for (let m = 0; m < 6; m += 1) {
      expect(source.writeInitialLags(2, m, lags)).toBe(true);
      const window = lags[0] / 100;
      expect(lags[1]).toBe(100 * window + 1);
      seen.push(window);
      for (let t = 0; t < STAGES; t += 1) {
        source.write(2, m, t, out, 0);
        expect([out[0], out[1]]).toEqual([1000 + 100 * window + 10 * t, 1001 + 100 * window + 10 * t]);
      }
      expect(source.opening(2, m, 0)).toBe(-1);
    }
    // All windows, twice.
    expect(seen.slice(0, 3).sort()).toEqual([0, 1, 2]);
    expect(seen.slice(3).sort()).toEqual([0, 1, 2]);
  });

  test('is not correlated again', () => {
    const correlation: Correlation = {
      method: 'spectral',
      profiles: [[{ entities: [0, 1], matrix: Float64Array.of(1, 0.8, 0.8, 1) }]],
      profileOfStage: [0, 0, 0, 0],
    };
    const both = { ...parts, load: fresh };
    expect(vector({ ...both, correlation }, 1, 0, 0)).toEqual(vector(both, 1, 0, 0));
  });

  test('is of inflow only', () => {
    for (const wrong of [{ load: parts.inflow }, { sources: parts.inflow }]) {
      expect(() => createNoiseSource(input(wrong))).toThrow(
        expect.objectContaining({ kind: 'IncompatibleSettings', value: 'historical' }),
      );
    }
  });
});

describe('noise of another shape', () => {
  test.each([
    ['a tree of other entities', { layout: { hydros: 2, loads: 1, sources: 1 } }],
    ['external noise of too few entities', { inflow: external(0, 1, 7) }],
    [
      'a history of other hydros',
      { inflow: { scheme: 'historical', history: { ...history, noise: [new Float64Array(4)] } } },
    ],
  ] as const)('is refused: %s', (_, parts) => {
    expect(() => createNoiseSource(input(parts))).toThrow(
      expect.objectContaining({ kind: 'InvalidArgument', field: 'noise' }),
    );
  });
});

describe('external noise', () => {
  test('is one scenario of the table for all stages and all classes', () => {
    const source = createNoiseSource(
      input({ inflow: external(10_000, 2, 7), load: external(20_000, 1, 7), sources: external(30_000, 2, 7) }),
    );
    const out = new Float64Array(5);
    const seen = new Set<number>();
    for (let m = 0; m < 7; m += 1) {
      source.write(1, m, 0, out, 0);
      const picked = (out[0] - 10_000) / 100;
      seen.add(picked);
      for (let t = 0; t < STAGES; t += 1) {
        source.write(1, m, t, out, 0);
        const at = 100 * picked + 10 * t;
        expect(Array.from(out)).toEqual([10_000 + at, 10_001 + at, 20_000 + at, 30_000 + at, 30_001 + at]);
      }
    }
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});
