import { describe, expect, test } from 'vitest';
import { checkHeadModels } from '#cobre/hydro/check-plant';
import { checkProductionModels } from '#cobre/hydro/check-production-models';
import type { FphaConfig } from '#cobre/hydro/fpha-grid';
import { checkHyperplanes, type HyperplaneRow } from '#cobre/hydro/hyperplane-rows';
import type { HydroPlant } from '#cobre/hydro/plant';
import type { ModelChoice, ProductionModelConfig } from '#cobre/hydro/production-models';
import { D07_GEOMETRY, D07_PLANT, plant } from './plants.js';

const stages = [0, 1, 2].map((id) => ({ id, season: id }));
const row: HyperplaneRow = {
  hydroId: 0,
  stageId: null,
  planeId: 0,
  gamma0: 0,
  gammaV: 0,
  gammaQ: 1,
  gammaS: 0,
  kappa: 1,
  validVMinHm3: null,
  validVMaxHm3: null,
  validQMaxM3s: null,
};

const ranges = (...choices: ModelChoice[]): ProductionModelConfig => ({
  hydroId: 0,
  selectionMode: 'stage_ranges',
  stageRanges: choices.map((choice) => ({ startStageId: 0, endStageId: null, ...choice })),
});
const computed = (config: Partial<FphaConfig> = {}): ProductionModelConfig =>
  ranges({ model: 'fpha', fphaConfig: { source: 'computed', ...config } });

function check(
  config: ProductionModelConfig | ProductionModelConfig[],
  hydro: HydroPlant = D07_PLANT,
  hyperplanes: readonly HyperplaneRow[] = [],
) {
  return checkProductionModels({
    plants: [hydro],
    configs: Array.isArray(config) ? config : [config],
    stages,
    geometries: new Map([[0, D07_GEOMETRY]]),
    hyperplanes,
  });
}

describe('what is in order has no findings', () => {
  test('the public cases d05, d07 and d24', () => {
    const d05 = [0, 1, 2].map((stageId) => ({ ...row, stageId }));
    expect(check(ranges({ model: 'fpha', fphaConfig: { source: 'precomputed' } }), D07_PLANT, d05)).toEqual([]);
    expect(checkHyperplanes(d05)).toEqual([]);
    expect(check(computed())).toEqual([]);
    const overrides = [0.8, 1.2].map((productivityOverride, id) => ({
      startStageId: id,
      endStageId: id === 0 ? 0 : null,
      model: 'constant_productivity' as const,
      productivityOverride,
    }));
    expect(check({ hydroId: 0, selectionMode: 'stage_ranges', stageRanges: overrides }, plant())).toEqual([]);
    expect(checkHeadModels(D07_PLANT)).toEqual([]);
  });

  test('without any entry', () => {
    expect(check([], plant())).toEqual([]);
  });
});

describe('production models', () => {
  const at = 'production_models[0].stage_ranges[0]';
  const constant = { model: 'constant_productivity' } as const;
  test.each<[string, ProductionModelConfig | ProductionModelConfig[], HydroPlant, string, string]>([
    ['fpha without an entry', [], D07_PLANT, 'MissingReference', 'generation.model'],
    [
      'an unknown plant',
      { ...ranges(constant), hydroId: 9 },
      plant(),
      'MissingReference',
      'production_models[0].hydro_id',
    ],
    ['two entries', [ranges(constant), ranges(constant)], plant(), 'DuplicateId', 'production_models[1].hydro_id'],
    [
      'an override in fpha',
      ranges({ model: 'fpha', fphaConfig: { source: 'computed' }, productivityOverride: 1 }),
      D07_PLANT,
      'IncompatibleSettings',
      `${at}.productivity_override`,
    ],
    [
      'an override of 0',
      ranges({ ...constant, productivityOverride: 0 }),
      plant(),
      'OutOfRange',
      `${at}.productivity_override`,
    ],
    [
      'both bounds of the lower side',
      computed({ fittingWindow: { volumeMinHm3: 10, volumeMinPercentile: 0.1 } }),
      D07_PLANT,
      'IncompatibleSettings',
      `${at}.fpha_config.fitting_window.volume_min_percentile`,
    ],
    [
      'both bounds of the upper side',
      computed({ fittingWindow: { volumeMaxHm3: 10, volumeMaxPercentile: 0.1 } }),
      D07_PLANT,
      'IncompatibleSettings',
      `${at}.fpha_config.fitting_window.volume_max_percentile`,
    ],
    [
      'a share of 90',
      computed({ fittingWindow: { volumeMaxPercentile: 90 } }),
      D07_PLANT,
      'OutOfRange',
      `${at}.fpha_config.fitting_window.volume_max_percentile`,
    ],
    [
      'one point on an axis',
      computed({ spillageDiscretizationPoints: 1 }),
      D07_PLANT,
      'OutOfRange',
      `${at}.fpha_config.spillage_discretization_points`,
    ],
    [
      'no planes',
      computed({ maxPlanesPerHydro: 0 }),
      D07_PLANT,
      'OutOfRange',
      `${at}.fpha_config.max_planes_per_hydro`,
    ],
    ['no tailrace', computed(), { ...D07_PLANT, tailrace: null }, 'MissingReference', 'tailrace'],
    ['no losses', computed(), { ...D07_PLANT, hydraulicLosses: null }, 'MissingReference', 'hydraulic_losses'],
    ['no efficiency', computed(), { ...D07_PLANT, efficiency: null }, 'MissingReference', 'efficiency'],
    ['no curve', { ...computed(), hydroId: 5 }, { ...D07_PLANT, id: 5 }, 'CoverageMismatch', 'hydro_id'],
    ['no turbines', computed(), { ...D07_PLANT, maxTurbined: 0 }, 'PhysicalConstraint', 'generation.max_turbined_m3s'],
  ])('%s', (_, config, hydro, kind, field) => {
    const findings = check(config, hydro).filter(({ severity }) => severity === 'error');
    expect(findings).toEqual([expect.objectContaining({ kind, field })]);
    expect(findings[0].message).not.toBe('');
    expect(findings[0].suggestion).toMatch(/\.$/);
  });

  test('a range that ends before it begins, one that shares stages, a season twice', () => {
    const reversed = { startStageId: 2, endStageId: 1, ...constant };
    expect(check({ hydroId: 0, selectionMode: 'stage_ranges', stageRanges: [reversed] }, plant())).toEqual([
      expect.objectContaining({ kind: 'StageMismatch', severity: 'error', field: `${at}.start_stage_id` }),
    ]);
    const shared = [
      { startStageId: 0, endStageId: 1, ...constant },
      { startStageId: 1, endStageId: 1, ...constant },
    ];
    expect(check({ hydroId: 0, selectionMode: 'stage_ranges', stageRanges: shared }, plant())).toEqual([
      expect.objectContaining({ severity: 'warning', field: 'production_models[0].stage_ranges[1].start_stage_id' }),
    ]);
    const seasons = [3, 3].map((seasonId) => ({ seasonId, ...constant }));
    const seasonal = { hydroId: 0, selectionMode: 'seasonal', defaultModel: 'constant_productivity', seasons } as const;
    expect(check(seasonal, plant())).toEqual([
      expect.objectContaining({ severity: 'warning', field: 'production_models[0].seasons[1].season_id' }),
    ]);
  });

  test('stages without planes, each of them; stages without a productivity, each of them', () => {
    const precomputed = ranges({ model: 'fpha', fphaConfig: { source: 'precomputed' } });
    expect(check(precomputed, D07_PLANT, [{ ...row, stageId: 1 }]).map(({ value }) => value)).toEqual([0, 2]);
    expect(check(ranges(constant), D07_PLANT).map(({ kind, value }) => [kind, value])).toEqual([
      ['CoverageMismatch', 0],
      ['CoverageMismatch', 1],
      ['CoverageMismatch', 2],
    ]);
  });

  test('windows: empty is an error, less than the storage range a warning', () => {
    const empty = check(computed({ fittingWindow: { volumeMinHm3: 80, volumeMaxHm3: 80 } }));
    expect(empty.find(({ severity }) => severity === 'error')).toMatchObject({
      kind: 'IncompatibleSettings',
      value: { volume_min_hm3: 80, volume_max_hm3: 80 },
    });
    expect(check(computed({ fittingWindow: { volumeMinHm3: 20 } }))).toEqual([
      expect.objectContaining({ severity: 'warning', kind: 'CoverageMismatch', value: { volume_min_hm3: 20 } }),
    ]);
  });
});

describe('precomputed planes', () => {
  test.each<[Partial<HyperplaneRow>, string]>([
    [{ gammaV: -1e-9 }, 'gamma_v'],
    [{ gammaQ: 0 }, 'gamma_q'],
    [{ gammaS: 0.1 }, 'gamma_s'],
    [{ kappa: 0 }, 'kappa'],
    [{ kappa: 1.01 }, 'kappa'],
    [{ kappa: Number.NaN }, 'kappa'],
    [{ gamma0: Number.POSITIVE_INFINITY }, 'gamma_0'],
  ])('%j', (changes, field) => {
    expect(checkHyperplanes([{ ...row, ...changes }])).toEqual([expect.objectContaining({ field, severity: 'error' })]);
  });

  test('twice the same plane, and a range the wrong way, are odd', () => {
    expect(checkHyperplanes([row, row]).map(({ kind, severity }) => [kind, severity])).toEqual([
      ['DuplicateId', 'warning'],
    ]);
    expect(checkHyperplanes([{ ...row, validVMinHm3: 2, validVMaxHm3: 1 }])).toEqual([
      expect.objectContaining({ severity: 'warning', field: 'valid_v_min_hm3' }),
    ]);
  });

  test('findings do not depend on the order of the rows', () => {
    const rows = [
      { ...row, gammaS: 1 },
      { ...row, planeId: 1, stageId: 4, gammaQ: -1 },
      { ...row, planeId: 2, stageId: 4, kappa: 2 },
    ];
    expect(checkHyperplanes([...rows].reverse())).toEqual(checkHyperplanes(rows));
  });
});

describe('tailrace, losses and efficiency', () => {
  test.each<[Partial<HydroPlant>, string]>([
    [{ tailrace: { type: 'polynomial', coefficients: [] } }, 'tailrace.coefficients'],
    [{ tailrace: { type: 'polynomial', coefficients: [1, Number.NaN] } }, 'tailrace.coefficients[1]'],
    [{ tailrace: { type: 'piecewise', points: [{ outflowM3s: 0, heightM: 1 }] } }, 'tailrace.points'],
    [
      {
        tailrace: {
          type: 'piecewise',
          points: [
            { outflowM3s: 1, heightM: 1 },
            { outflowM3s: 1, heightM: 2 },
          ],
        },
      },
      'tailrace.points[1].outflow_m3s',
    ],
    [
      {
        tailrace: {
          type: 'piecewise',
          points: [
            { outflowM3s: 1, heightM: 2 },
            { outflowM3s: 2, heightM: 1 },
          ],
        },
      },
      'tailrace.points[1].height_m',
    ],
    [{ hydraulicLosses: { type: 'factor', value: 1 } }, 'hydraulic_losses.value'],
    [{ hydraulicLosses: { type: 'constant', valueM: -1 } }, 'hydraulic_losses.value_m'],
    [{ efficiency: { type: 'constant', value: 0 } }, 'efficiency.value'],
    [{ efficiency: { type: 'constant', value: 1.1 } }, 'efficiency.value'],
  ])('%j', (changes, field) => {
    expect(checkHeadModels({ ...D07_PLANT, ...changes })).toEqual([
      expect.objectContaining({ field, severity: 'error' }),
    ]);
  });
});
