import { describe, expect, test } from 'vitest';
import { makeRichStudy, type RichParts } from '../make-rich-study.js';
import { noExtras } from '../plain-study.js';
import { makeHydro, makeStages, makeThermal } from '../small-study.js';
import { inflowMemoryOf } from './inflow-memory.js';
import type { FittedModels } from './models.js';
import { costOf } from './optimum.js';

const thermals = [makeThermal({ maxMw: 200, cost: 50 })];

describe('inflow with a memory', () => {
  // No storage: what comes in is turbined at once, and each m3/s spares 50 $/h.
  const runOfRiver = makeHydro({ maxStorage: 0, maxTurbined: 100, maxGeneration: 100 });
  const parts: RichParts = { hydros: [runOfRiver], thermals, initialStorage: [0], loadMean: [[100]] };
  const cost = (inflow: number) => 100 * 50 * (100 - inflow);

  test('remembers the inflow of its own past, node by node', async () => {
    // Stage 0: 10 + 0.5 20 + 4 z = 24 or 16; stage 1: 5 + 0.25 (24 or 16) + 0.5 20 + 2 z, z = 1 or -1.
    const models: FittedModels = {
      inflow: {
        past: [[20]],
        terms: (t) => (t === 0 ? { base: 10, psi: [0.5], sigma: 4 } : { base: 5, psi: [0.25, 0.5], sigma: 2 }),
      },
    };
    const optimum = await costOf(
      {
        ...parts,
        stages: makeStages(2, 2, [100]),
        noiseOpenings: [
          [1, -1],
          [1, -1],
        ],
      },
      models,
    );
    const later = (before: number) => (cost(15 + 0.25 * before + 2) + cost(15 + 0.25 * before - 2)) / 2;
    expect(optimum).toBeCloseTo((cost(24) + later(24) + cost(16) + later(16)) / 2, 3);
  });

  test('the latest value of the past is the first lag', async () => {
    const models: FittedModels = { inflow: { past: [[30, 7]], terms: () => ({ base: 0, psi: [0.1, 1], sigma: 0 }) } };
    // Stage 0: 3 + 7; stage 1: 1 + 30; stage 2: 3.1 + 10.
    const optimum = await costOf({ ...parts, stages: makeStages(3, 1, [100]) }, models);
    expect(optimum).toBeCloseTo(cost(10) + cost(31) + cost(13.1), 3);
  });

  test('each plant has its own', async () => {
    const models: FittedModels = {
      inflow: { past: [[30], [8]], terms: (_, h) => ({ base: h, psi: [h === 0 ? 0.5 : 0.25], sigma: 0 }) },
    };
    // 15 and 1 + 2.
    const hydros = [runOfRiver, { ...runOfRiver, id: 1 }];
    const optimum = await costOf({ ...parts, hydros, initialStorage: [0, 0], stages: makeStages(1, 1, [100]) }, models);
    expect(optimum).toBeCloseTo(cost(18), 3);
  });

  test('cut off at 0 it is remembered as 0; bought water is not remembered', async () => {
    // Stage 0: -10; stage 1: 20 + 0.5 (0 or -10).
    const models: FittedModels = {
      inflow: { past: [[0]], terms: (t) => ({ base: t === 0 ? -10 : 20, psi: [0.5], sigma: 0 }) },
    };
    const stages = makeStages(2, 1, [100]);
    const hydros = [makeHydro({ maxStorage: 0, penalties: { inflowNonNegativity: 70 } })];
    const of = (inflowNonNegativity: 'truncation' | 'truncation_with_penalty' | 'penalty') =>
      costOf({ ...parts, hydros, stages, inflowNonNegativity }, models);
    expect(await of('truncation')).toBeCloseTo(cost(0) + cost(20), 3);
    expect(await of('truncation_with_penalty')).toBeCloseTo(cost(0) + cost(20), 3);
    expect(await of('penalty')).toBeCloseTo(100 * 70 * 10 + cost(0) + cost(15), 3);
  });

  test('from what a study says: standardised coefficients, statistics of each season', () => {
    const stages = makeStages(2, 1, [100]);
    const study = makeRichStudy({
      ...parts,
      stages,
      inflowMean: [[100], [50]],
      inflowStd: [[10], [5]],
      extras: {
        inflowModel: {
          ...noExtras(stages, 1, 0).inflowModel,
          preStudyStages: [{ id: -1, startDate: '2023-12-01', endDate: '2024-01-01', season: null }],
          preStudyMean: Float64Array.of(40),
          preStudyStd: Float64Array.of(20),
          autoregressive: {
            hydro: Int32Array.of(0, 0, 0),
            stage: Int32Array.of(0, 1, 1),
            lag: Int32Array.of(1, 1, 2),
            coefficient: Float64Array.of(0.5, 0.6, 0.2),
            residualStdRatio: Float64Array.of(0.8, 0.7, 0.7),
          },
          pastInflows: [{ values: Float64Array.of(60), seasons: null }],
        },
      },
    });
    const memory = inflowMemoryOf(study);
    expect(memory.past).toEqual([[60]]);
    // 0.5 10 / 20 = 0.25; 100 - 0.25 40 = 90; 0.8 10 = 8.
    expect(memory.terms(0, 0)).toEqual({ base: 90, psi: [0.25], sigma: 8 });
    // 0.6 5 / 10 = 0.3 and 0.2 5 / 20 = 0.05; 50 - 0.3 100 - 0.05 40 = 18; 0.7 5 = 3.5.
    const { base, psi, sigma } = memory.terms(1, 0);
    expect(base).toBeCloseTo(18, 12);
    expect(psi[0]).toBeCloseTo(0.3, 12);
    expect(psi[1]).toBeCloseTo(0.05, 12);
    expect(sigma).toBeCloseTo(3.5, 12);
  });

  test('a past that is too short is refused', async () => {
    const models: FittedModels = { inflow: { past: [[1]], terms: () => ({ base: 0, psi: [0.5, 0.5], sigma: 0 }) } };
    await expect(costOf({ ...parts, stages: makeStages(1, 1, [100]) }, models)).rejects.toThrow(/2 stages before/);
  });
});

test('discounts multiply up from stage to stage', async () => {
  const stages = makeStages(3, 1, [10]).map((stage, t) => ({ ...stage, discount: [0.9, 0.5, 0.1][t] }));
  const cost = await costOf({ stages, thermals, loadMean: [[3], [4], [5]] });
  expect(cost).toBeCloseTo(10 * 50 * (3 + 0.9 * 4 + 0.9 * 0.5 * 5), 4);
});

test('of a measure of risk the tail counts, nested', async () => {
  // Loads 10 or 20, then 1 or 7. CVaR of the worse half of two is the worse one; a quarter of the mean beside it.
  const stages = makeStages(2, 2, [10], 0.8).map((stage) => ({ ...stage, cvar: { alpha: 0.5, lambda: 0.75 } }));
  const cost = await costOf({
    stages,
    thermals,
    loadMean: [[15], [4]],
    loadStd: [[5], [3]],
    noiseOpenings: [
      [1, -1],
      [-1, 1],
    ],
  });
  expect(cost).toBeCloseTo(10 * 50 * (0.25 * 15 + 0.75 * 20 + 0.8 * (0.25 * 4 + 0.75 * 7)), 4);
});
