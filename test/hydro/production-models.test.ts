import { describe, expect, test } from 'vitest';
import { fitFpha } from '#cobre/hydro/fit-fpha';
import { type HyperplaneRow, hyperplaneRows, planesOfStage } from '#cobre/hydro/hyperplane-rows';
import { linearizeHead, productivityAt } from '#cobre/hydro/linearized-head';
import { power, productionFunction } from '#cobre/hydro/production-function';
import { type ProductionModelConfig, resolveProduction } from '#cobre/hydro/production-models';
import { D07_GEOMETRY, D07_PLANT, geometryOf, plant } from './plants.js';

const months = (count: number) => Array.from({ length: count }, (_, id) => ({ id, season: id % 12 }));
const nothing = { geometry: null, hyperplanes: [] };

function row(planeId: number, changes: Partial<HyperplaneRow> = {}): HyperplaneRow {
  const coefficients = { gamma0: 10, gammaV: 0.002, gammaQ: 0.8, gammaS: -0.01, kappa: 1 };
  const valid = { validVMinHm3: null, validVMaxHm3: null, validQMaxM3s: null };
  return { hydroId: 0, stageId: null, planeId, ...coefficients, ...valid, ...changes };
}

const precomputed: ProductionModelConfig = {
  hydroId: 0,
  selectionMode: 'stage_ranges',
  stageRanges: [{ startStageId: 0, endStageId: null, model: 'fpha', fphaConfig: { source: 'precomputed' } }],
};

describe('choice of the production model', () => {
  test('without an entry is the generation model of the plant', () => {
    expect(resolveProduction(plant(), null, months(2), nothing)).toEqual([
      { kind: 'constant', productivity: 1 },
      { kind: 'constant', productivity: 1 },
    ]);
    const linearized = plant({ generationModel: 'linearized_head', productivity: 0.7 });
    expect(resolveProduction(linearized, null, months(1), nothing)).toEqual([
      { kind: 'linearized_head', productivity: 0.7, head: null },
    ]);
    expect(() => resolveProduction(D07_PLANT, null, months(1), nothing)).toThrow(
      expect.objectContaining({ kind: 'MissingReference', field: 'generation.model' }),
    );
  });

  test('by ranges of stages, as in the public case d24: 0.8, then 1.2', () => {
    const config: ProductionModelConfig = {
      hydroId: 0,
      selectionMode: 'stage_ranges',
      stageRanges: [
        { startStageId: 0, endStageId: 0, model: 'constant_productivity', productivityOverride: 0.8 },
        { startStageId: 1, endStageId: null, model: 'constant_productivity', productivityOverride: 1.2 },
      ],
    };
    const productivities = resolveProduction(plant(), config, months(3), nothing).map((model) =>
      model.kind === 'constant' ? model.productivity : null,
    );
    expect(productivities).toEqual([0.8, 1.2, 1.2]);
  });

  test('ranges hold their ends, the first that holds a stage counts, a stage in none has the productivity', () => {
    const config: ProductionModelConfig = {
      hydroId: 0,
      selectionMode: 'stage_ranges',
      stageRanges: [
        { startStageId: 1, endStageId: 2, model: 'linearized_head', productivityOverride: 2 },
        { startStageId: 2, endStageId: 3, model: 'constant_productivity', productivityOverride: 3 },
      ],
    };
    expect(resolveProduction(plant(), config, months(5), nothing)).toEqual([
      { kind: 'constant', productivity: 1 },
      { kind: 'linearized_head', productivity: 2, head: null },
      { kind: 'linearized_head', productivity: 2, head: null },
      { kind: 'constant', productivity: 3 },
      { kind: 'constant', productivity: 1 },
    ]);
  });

  test('by season, the default for other seasons and for stages without one', () => {
    const config: ProductionModelConfig = {
      hydroId: 0,
      selectionMode: 'seasonal',
      defaultModel: 'constant_productivity',
      seasons: [
        { seasonId: 1, model: 'constant_productivity', productivityOverride: 5 },
        { seasonId: 2, model: 'fpha', fphaConfig: { source: 'precomputed' } },
      ],
    };
    const stages = [...months(4), { id: 4, season: null }, { id: 5, season: 1 }];
    const kinds = resolveProduction(plant(), config, stages, { geometry: null, hyperplanes: [row(0)] }).map((model) =>
      model.kind === 'constant' ? model.productivity : model.kind,
    );
    expect(kinds).toEqual([1, 5, 'fpha', 1, 1, 5]);
  });

  test('computed planes: one fit for all stages of the same grid, another for another grid', () => {
    const config: ProductionModelConfig = {
      hydroId: 0,
      selectionMode: 'stage_ranges',
      stageRanges: [
        { startStageId: 0, endStageId: 1, model: 'fpha', fphaConfig: { source: 'computed' } },
        {
          startStageId: 2,
          endStageId: 2,
          model: 'fpha',
          fphaConfig: { source: 'computed', fittingWindow: { volumeMinHm3: 100 } },
        },
        {
          startStageId: 3,
          endStageId: null,
          model: 'fpha',
          fphaConfig: { source: 'computed', volumeDiscretizationPoints: 5 },
        },
      ],
    };
    const models = resolveProduction(D07_PLANT, config, months(4), { geometry: D07_GEOMETRY, hyperplanes: [] });
    const planes = models.map((model) => (model.kind === 'fpha' ? model.planes : null));
    expect(planes[0]).toEqual(fitFpha(D07_GEOMETRY, D07_PLANT, { source: 'computed' }).correctedPlanes);
    expect(planes[1]).toBe(planes[0]);
    expect(planes[3]).toBe(planes[0]);
    const fittingWindow = { volumeMinHm3: 100 };
    expect(planes[2]).toEqual(fitFpha(D07_GEOMETRY, D07_PLANT, { source: 'computed', fittingWindow }).correctedPlanes);
  });

  test('a default of fpha has the planes that the seasons compute', () => {
    const config: ProductionModelConfig = {
      hydroId: 0,
      selectionMode: 'seasonal',
      defaultModel: 'fpha',
      seasons: [{ seasonId: 7, model: 'fpha', fphaConfig: { source: 'computed' } }],
    };
    const [model] = resolveProduction(D07_PLANT, config, months(1), { geometry: D07_GEOMETRY, hyperplanes: [] });
    expect(model.kind === 'fpha' && model.fit).toBeTruthy();
  });

  test('a stage that needs a productivity where none is stated', () => {
    const config: ProductionModelConfig = {
      hydroId: 0,
      selectionMode: 'stage_ranges',
      stageRanges: [{ startStageId: 0, endStageId: 0, model: 'fpha', fphaConfig: { source: 'precomputed' } }],
    };
    const data = { geometry: null, hyperplanes: [row(0)] };
    expect(() => resolveProduction(D07_PLANT, config, months(2), data)).toThrow(
      expect.objectContaining({ kind: 'CoverageMismatch', value: 1 }),
    );
  });

  test('computed planes need tailrace, losses, efficiency and a curve', () => {
    const config: ProductionModelConfig = {
      hydroId: 0,
      selectionMode: 'stage_ranges',
      stageRanges: [{ startStageId: 0, model: 'fpha', fphaConfig: { source: 'computed' } }],
    };
    const data = { geometry: D07_GEOMETRY, hyperplanes: [] };
    for (const [key, field] of [
      ['tailrace', 'tailrace'],
      ['hydraulicLosses', 'hydraulic_losses'],
      ['efficiency', 'efficiency'],
    ]) {
      expect(() => resolveProduction({ ...D07_PLANT, [key]: null }, config, months(1), data)).toThrow(
        expect.objectContaining({ kind: 'MissingReference', field }),
      );
    }
    expect(() => resolveProduction(D07_PLANT, config, months(1), nothing)).toThrow(
      expect.objectContaining({ kind: 'CoverageMismatch', file: 'system/hydro_geometry.parquet' }),
    );
  });
});

describe('precomputed planes', () => {
  test('kappa corrects the intercept only', () => {
    expect(planesOfStage([row(0, { kappa: 0.985, gamma0: 1250.5 })], 0, 3)).toEqual([
      { gamma0: 1250.5 * 0.985, gammaV: 0.002, gammaQ: 0.8, gammaS: -0.01 },
    ]);
  });

  test('of a stage go before those of all stages, by plane id whatever the order', () => {
    const rows = [
      row(1, { gammaQ: 2 }),
      row(1, { stageId: 4, gammaQ: 5 }),
      row(0, { gammaQ: 1 }),
      row(0, { stageId: 4, gammaQ: 6 }),
      row(0, { hydroId: 9, gammaQ: 7 }),
    ];
    const flows = (stage: number) => planesOfStage(rows, 0, stage).map(({ gammaQ }) => gammaQ);
    expect([flows(3), flows(4)]).toEqual([
      [1, 2],
      [6, 5],
    ]);
    expect(planesOfStage([...rows].reverse(), 0, 4)).toEqual(planesOfStage(rows, 0, 4));
  });

  test('that are missing', () => {
    expect(() =>
      resolveProduction(plant(), precomputed, months(2), { geometry: null, hyperplanes: [row(0, { stageId: 0 })] }),
    ).toThrow(expect.objectContaining({ kind: 'CoverageMismatch', file: 'system/fpha_hyperplanes.parquet', value: 1 }));
  });

  test('from a fit come back with the same bits', () => {
    const hydro = { ...D07_PLANT, tailrace: { type: 'polynomial', coefficients: [300, 0.05] } as const };
    const fit = fitFpha(D07_GEOMETRY, hydro, { source: 'computed' });
    expect(fit.kappa).toBeLessThan(1);
    const rows = hyperplaneRows(0, null, fit);
    expect(rows[0]).toMatchObject({ validVMinHm3: 0, validVMaxHm3: 200, validQMaxM3s: 50, kappa: fit.kappa });
    const [model] = resolveProduction(hydro, precomputed, months(1), { geometry: null, hyperplanes: rows.reverse() });
    expect(model).toStrictEqual({ kind: 'fpha', planes: fit.correctedPlanes, fit: null });
  });
});

describe('linearised head', () => {
  const linear = geometryOf([
    [0, 350, 1],
    [200, 400, 1],
  ]);

  test('is exact where the height is linear: the productivity of the production function', () => {
    const production = productionFunction(linear, D07_PLANT);
    const exact = (v: number) => power(production, v, D07_PLANT.maxTurbined, 0) / D07_PLANT.maxTurbined;
    const head = linearizeHead(linear, D07_PLANT, exact(130));
    expect(head.referenceVolume).toBe(130);
    expect(head.referenceHead).toBeCloseTo(0.97 * 82.5, 12);
    for (const v of [0, 60, 130, 200]) expect(productivityAt(head, v)).toBeCloseTo(exact(v), 12);
  });

  test('by hand: slope 0.2 m/hm3, head 85 m at 100 hm3', () => {
    const head = linearizeHead(D07_GEOMETRY, { ...D07_PLANT, hydraulicLosses: null }, 0.8, 100);
    expect(head.kV).toBeCloseTo(0.2 / 85, 15);
    expect(head.k0).toBeCloseTo(1 - 20 / 85, 15);
    expect(productivityAt(head, 100)).toBeCloseTo(0.8, 15);
    expect(productivityAt(head, -1e6)).toBe(0);
  });

  test('reaches the stages of a plant that has a curve and a tailrace', () => {
    const hydro = { ...D07_PLANT, generationModel: 'linearized_head' as const, productivity: 0.75 };
    const [model] = resolveProduction(hydro, null, months(1), { geometry: D07_GEOMETRY, hyperplanes: [] });
    expect(model).toEqual({
      kind: 'linearized_head',
      productivity: 0.75,
      head: linearizeHead(D07_GEOMETRY, hydro, 0.75),
    });
  });

  test('has no meaning without head, or without a curve', () => {
    const drowned = { ...D07_PLANT, tailrace: { type: 'polynomial', coefficients: [500] } as const };
    expect(() => linearizeHead(D07_GEOMETRY, drowned, 1)).toThrow(
      expect.objectContaining({ kind: 'PhysicalConstraint' }),
    );
    expect(() => linearizeHead(geometryOf([[1, 2, 3]]), D07_PLANT, 1)).toThrow(
      expect.objectContaining({ kind: 'CoverageMismatch' }),
    );
  });
});
