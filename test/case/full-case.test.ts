import { beforeAll, describe, expect, it } from 'vitest';
import { loadStudy } from '#cobre/case/load-case';
import { stageSystem } from '#cobre/case/stage-system';
import type { Study } from '#cobre/case/study';
import { ALWAYS } from '#cobre/case/study-system';
import { makeCase } from '../support/case-builder.js';
import { fullCase } from '../support/full-case.js';
import { noChanges } from '../support/plain-study.js';

let study: Study;
beforeAll(async () => {
  study = await loadStudy(await makeCase({}, fullCase()));
});

const list = (values: Iterable<number> | undefined) => [...(values ?? [])];

describe('a case with every file becomes a study:', () => {
  it('service by position, beyond the horizon too', async () => {
    expect(study.hydros.map((hydro) => hydro.service)).toEqual([ALWAYS, ALWAYS, { from: 2, until: ALWAYS.until }]);
    expect(study.pumps[0].service).toEqual({ from: 0, until: 2 });
    const late = await loadStudy(
      await makeCase({
        'system/thermals.json': (file) =>
          void Object.assign(file.thermals[0], { entry_stage_id: -4, exit_stage_id: 40 }),
        'stages.json': (file) => {
          for (const [i, id] of [10, 20, 30].entries()) file.stages[i].id = id;
        },
        'system/lines.json': (file) => void Object.assign(file.lines[0], { entry_stage_id: 15, exit_stage_id: 31 }),
        'scenarios/inflow_seasonal_stats.parquet': null,
        'scenarios/load_seasonal_stats.parquet': null,
        'scenarios/load_factors.json': null,
      }),
    );
    expect(late.thermals[0].service).toEqual({ from: 0, until: 12 });
    expect(late.lines[0].service).toEqual({ from: 1, until: 3 });
  });

  it('hydros', () => {
    const [upper, lower, young] = study.hydros;
    expect(upper.head).toEqual({
      tailrace: {
        type: 'piecewise',
        points: [
          { outflow: 0, height: 10 },
          { outflow: 200, height: 12 },
        ],
      },
      losses: { type: 'factor', value: 0.03 },
      efficiency: 0.92,
    });
    expect(lower.head).toEqual({
      tailrace: { type: 'polynomial', coefficients: [5, 0.001] },
      losses: { type: 'constant', valueM: 1.5 },
      efficiency: null,
    });
    expect(upper.evaporation?.coefficientsMm[11]).toBe(69);
    expect(upper.evaporation?.referenceVolumes).toBeNull();
    expect(upper.diversion).toEqual({ target: 1, maxFlow: 15 });
    expect(young).toMatchObject({ downstream: 1, model: 'fpha', productivity: 0, filling: { from: 1, inflow: 4 } });
    expect(list(study.initialStorage)).toEqual([300, 100, 3]);
  });

  it('penalties in one direction: of the plant, its common one, the case, its common one', () => {
    expect(study.hydros[1].penalties).toMatchObject({
      evaporationBelow: 5000,
      evaporationAbove: 4000,
      withdrawalBelow: 1500,
      withdrawalAbove: 1000,
    });
  });

  it('a common penalty of the plant goes before one direction of the case', async () => {
    const other = await loadStudy(
      await makeCase({
        'penalties.json': (file) => {
          file.hydro.evaporation_violation_pos_cost = 7000;
        },
        'system/hydros.json': (file) => {
          file.hydros[0].penalties = { evaporation_violation_cost: 3000 };
        },
      }),
    );
    expect(other.hydros[0].penalties).toMatchObject({ evaporationBelow: 3000, evaporationAbove: 3000 });
    expect(other.hydros[1].penalties).toMatchObject({ evaporationBelow: 5000, evaporationAbove: 7000 });
  });

  it('sources, pumping stations and contracts', () => {
    expect(study.sources).toEqual([
      { id: 4, name: 'Wind', service: ALWAYS, bus: 0, maxMw: 25, curtailmentCost: 0.005 },
      { id: 7, name: 'Sun', service: { from: 1, until: ALWAYS.until }, bus: 1, maxMw: 30, curtailmentCost: 0.02 },
    ]);
    expect(study.pumps).toEqual([
      {
        id: 3,
        name: 'Lift',
        service: { from: 0, until: 2 },
        bus: 1,
        source: 1,
        target: 0,
        consumption: 0.4,
        minFlow: 0,
        maxFlow: 20,
      },
    ]);
    expect(study.contracts).toEqual([
      { id: 0, name: 'In', service: ALWAYS, bus: 0, type: 'import', price: 200, minMw: 1, maxMw: 12 },
      { id: 1, name: 'Out', service: ALWAYS, bus: 1, type: 'export', price: -30, minMw: 0, maxMw: 8 },
    ]);
  });

  it('what changes at stages', () => {
    expect(study.changes).toEqual([
      {
        ...noChanges(),
        hydros: [{ entity: 0, values: { withdrawal: 1.5 } }],
        thermals: [{ entity: 0, values: { maxMw: 70 } }],
        buses: [{ entity: 1, values: { excessCost: 12 } }],
        pumps: [{ entity: 0, values: { maxFlow: 10 } }],
        generic: [{ constraint: 0, block: null, bound: -70 }],
      },
      {
        ...noChanges(),
        hydros: [
          { entity: 0, values: { withdrawal: -2, maxDiversion: 9, maxOutflow: 300 } },
          { entity: 1, values: { minStorage: 25, penalties: { spillage: 0.03 } } },
          { entity: 2, values: { fillingInflow: 6 } },
        ],
        lines: [{ entity: 0, values: { directMw: 50, exchangeCost: 0.7 } }],
        generic: [
          { constraint: 1, block: null, bound: 30 },
          { constraint: 1, block: 1, bound: 40 },
        ],
      },
      {
        ...noChanges(),
        hydros: [{ entity: 0, values: { penalties: { evaporationBelow: 6000, evaporationAbove: 6000 } } }],
        thermals: [{ entity: 1, values: { maxMw: 55, cost: 130 } }],
        contracts: [{ entity: 0, values: { price: 210 } }],
        sources: [{ entity: 1, values: { availableMw: 18, curtailmentCost: 0.03 } }],
      },
    ]);
    const { hydros, sources } = stageSystem(study, 1);
    expect(hydros.map((hydro) => hydro.status)).toEqual(['operating', 'operating', 'filling']);
    expect(hydros[0]).toMatchObject({ withdrawal: -2, maxDiversion: 9, diversionTarget: 1 });
    expect(hydros[2]).toMatchObject({ fillingInflow: 6, fillingEnds: true });
    expect(sources.map(({ exists, availableMw }) => [exists, availableMw])).toEqual([
      [true, 25],
      [true, 30],
    ]);
  });

  it('generic constraints, with terms by position', () => {
    expect(study.genericConstraints).toEqual([
      {
        id: 2,
        name: 'Gas',
        sense: '==',
        terms: [
          { coefficient: -1, variable: 'thermal_generation', entity: 0, block: null },
          { coefficient: -1, variable: 'non_controllable_curtailment', entity: 1, block: null },
        ],
        constant: 0,
        slackPenalty: null,
      },
      {
        id: 9,
        name: 'Basin',
        sense: '>=',
        terms: [
          { coefficient: 1, variable: 'hydro_outflow', entity: 0, block: 1 },
          { coefficient: 2.5, variable: 'hydro_outflow', entity: 1, block: null },
          { coefficient: 1, variable: 'hydro_storage', entity: 1, block: null },
        ],
        constant: -3,
        slackPenalty: 5000,
      },
    ]);
  });

  it('factors by block', () => {
    expect(study.lineFactors.direct.map(list)).toEqual([
      [1, 1],
      [1, 1],
      [1, 0.9],
    ]);
    expect(study.lineFactors.reverse.map(list)).toEqual([
      [1, 1],
      [1, 1],
      [1, 0],
    ]);
    expect(study.sourceFactors.map(list)).toEqual([
      [1, 1, 1, 1],
      [1, 1, 0.9, 0],
      [1, 1, 1, 1],
    ]);
  });

  it('geometry, production functions and planes', () => {
    expect(study.geometry.map((curve) => curve && [list(curve.volume), list(curve.height), list(curve.area)])).toEqual([
      [
        [0, 300, 600],
        [30, 48, 60],
        [2, 6, 9],
      ],
      null,
      null,
    ]);
    const noPoints = { volumePoints: null, turbinedPoints: null, spilledPoints: null, maxPlanes: null };
    const window = { minVolume: null, maxVolume: 500, minPercentile: 0.1, maxPercentile: null };
    expect(study.productionChoices).toEqual([
      {
        mode: 'stage_ranges',
        ranges: [
          {
            from: 0,
            to: 1,
            model: 'fpha',
            fpha: { ...noPoints, source: 'computed', volumePoints: 7, window },
            productivity: null,
          },
          { from: 2, to: null, model: 'constant_productivity', fpha: null, productivity: 0.8 },
        ],
      },
      {
        mode: 'seasonal',
        default: 'constant_productivity',
        seasons: [
          { season: 1, model: 'fpha', fpha: { ...noPoints, source: 'precomputed', window: null }, productivity: null },
          { season: 2, model: 'linearized_head', fpha: null, productivity: 0.55 },
        ],
      },
      null,
    ]);
    const valid = { validVMin: null, validVMax: null, validQMax: null };
    expect(study.suppliedPlanes).toEqual([
      [],
      [
        { stage: null, plane: 0, gamma0: 3, gammaV: 0.2, gammaQ: 0.6, gammaS: 0, kappa: 1, ...valid },
        { stage: 1, plane: 1, gamma0: 2, gammaV: 0, gammaQ: 0.5, gammaS: -0.01, kappa: 1, ...valid },
      ],
      [{ stage: null, plane: 0, gamma0: 1, gammaV: 0.1, gammaQ: 0.7, gammaS: 0, kappa: 0.98, ...valid, validQMax: 50 }],
    ]);
  });

  it('stages', () => {
    expect(study.stages.map((stage) => [stage.season, stage.blockMode, stage.sampling])).toEqual([
      [0, 'parallel', 'saa'],
      [1, 'chronological', 'qmc_sobol'],
      [2, 'parallel', 'saa'],
    ]);
  });

  it('inflow with memory', () => {
    const { autoregressive, annual, history, pastInflows, recentObservations, ...model } = study.inflowModel;
    expect(autoregressive).toEqual({
      hydro: Int32Array.of(0, 1, 1),
      stage: Int32Array.of(2, 1, 1),
      lag: Int32Array.of(1, 1, 2),
      coefficient: Float64Array.of(0.6, 0.5, 0.2),
      residualStdRatio: Float64Array.of(0.8, 0.7, 0.7),
    });
    expect(annual).toEqual({
      hydro: Int32Array.of(1),
      stage: Int32Array.of(1),
      coefficient: Float64Array.of(0.15),
      mean: Float64Array.of(26),
      std: Float64Array.of(4),
    });
    expect(history).toEqual({
      hydro: Int32Array.of(0, 0, 1, 2),
      date: ['2020-01-01', '2020-02-01', '2020-01-01', '1969-12-31'],
      value: Float64Array.of(81, 71, 31, 12),
    });
    expect(pastInflows).toEqual([
      { values: Float64Array.of(75), seasons: Int32Array.of(11) },
      { values: Float64Array.of(28, 27), seasons: null },
      { values: new Float64Array(0), seasons: null },
    ]);
    expect(recentObservations).toEqual([
      { hydro: 0, startDate: '2024-01-01', endDate: '2024-01-04', value: 60 },
      { hydro: 0, startDate: '2024-01-04', endDate: '2024-01-11', value: 66 },
    ]);
    expect(model.preStudyStages).toEqual([{ id: -1, startDate: '2023-12-01', endDate: '2024-01-01', season: 11 }]);
    expect(list(model.preStudyMean)).toEqual([85, Number.NaN, Number.NaN]);
    expect(list(model.preStudyStd)).toEqual([17, Number.NaN, Number.NaN]);
    expect(model.seasons?.cycle).toBe('monthly');
    expect(model.seasons?.seasons[11]).toEqual({
      id: 11,
      label: 'month 12',
      monthStart: 12,
      dayStart: null,
      monthEnd: null,
      dayEnd: null,
    });
    expect([model.estimateStatistics, model.estimateCoefficients]).toEqual([false, false]);
  });

  it.each([
    ['scenarios/inflow_seasonal_stats.parquet', [true, false]],
    ['scenarios/inflow_ar_coefficients.parquet', [false, true]],
  ])('what is to be estimated without %s', async (file, estimates) => {
    const months = Array.from({ length: 12 }, (_, month) => Date.UTC(2001, month) / 86_400_000);
    const content = fullCase();
    const dates = [0, 1, 2].flatMap((hydro) => months.map((date) => [hydro, date]));
    content['scenarios/inflow_history.parquet'].columns = {
      hydro_id: { type: 'INT32', data: dates.map(([hydro]) => hydro) },
      date: { type: 'DATE', data: dates.map(([, date]) => date) },
      value_m3s: { type: 'DOUBLE', data: dates.map(([hydro, date]) => hydro + date / 1000) },
    };
    delete content[file];
    const { inflowModel } = await loadStudy(await makeCase({}, content));
    expect([inflowModel.estimateStatistics, inflowModel.estimateCoefficients]).toEqual(estimates);
    expect(inflowModel.autoregressive === null).toBe(estimates[1]);
  });

  it('availability of sources, random ones by position, and noise of 3 hydros, 1 load and 1 source', () => {
    expect(list(study.availability.mean)).toEqual([0.4, Number.NaN, 0.5, Number.NaN, 0.6, Number.NaN]);
    expect(study.stochasticSources).toEqual([0]);
    expect(study.correlation.profiles[0].map((group) => group.entities)).toEqual([[0, 1], [4]]);
    expect(study.noiseOpenings?.map((openings) => openings.length)).toEqual([20, 20, 20]);
  });

  it('external scenarios where they are used; a stage with fewer repeats its own', () => {
    expect(study.externalInflow?.scenarios).toBe(2);
    expect(list(study.externalInflow?.values)).toEqual([
      82, 32, 13, 82, 32, 13, 71, 26, 11, 74, 29, 14, 61, 21, 9, 61, 21, 9,
    ]);
    expect([study.externalLoad, study.externalAvailability]).toEqual([null, null]);
    const warning = study.warnings.find(({ file }) => file === 'scenarios/external_load_scenarios.parquet');
    expect(warning?.message).toContain('has no effect');
    expect(warning?.suggestion).toContain(
      'load.scheme of training.scenario_source, simulation.scenario_source or both',
    );
  });

  it('external scenarios of some buses: the others have their mean', async () => {
    const content = fullCase();
    content['config.json'].training.scenario_source.load.scheme = 'external';
    const stages = [0, 1, 2];
    Object.assign(content['scenarios/external_load_scenarios.parquet'].columns, {
      stage_id: { type: 'INT32', data: stages },
      scenario_id: { type: 'INT32', data: [0, 0, 0] },
      bus_id: { type: 'INT32', data: [1, 1, 1] },
      value_mw: { type: 'DOUBLE', data: [101, 103, 105] },
    });
    const { externalLoad } = await loadStudy(await makeCase({}, content));
    expect(list(externalLoad?.values)).toEqual([90, 101, 92, 103, 94, 105]);
  });

  it('settings of the run', async () => {
    const source = { inflow: 'external', load: 'out_of_sample', sources: 'in_sample', historicalYears: null };
    expect(study.config.training.source).toEqual(source);
    expect(study.config.simulation.source).toEqual(source);
    expect(study.config.inflowNonNegativity).toBe('truncation_with_penalty');
    const { config } = await loadStudy(await makeCase({}, fullCase()), {
      configOverrides: {
        simulation: {
          output_path: './elsewhere',
          scenario_source: { seed: 3, inflow: { scheme: 'historical' }, historical_years: { from: 2019, to: 2021 } },
        },
        policy: { boundary: { path: './next', source_stage: 4 } },
        exports: { stochastic: true, forward_detail: true, compression: 'lz4' },
        estimation: { max_order: 3, order_selection: 'pacf_annual', max_coefficient_magnitude: 2 },
      },
    });
    expect(config.simulation).toMatchObject({
      seed: 3,
      outputPath: './elsewhere',
      source: { inflow: 'historical', load: 'in_sample', sources: 'in_sample', historicalYears: [2019, 2020, 2021] },
    });
    expect(config.policy.boundary).toEqual({ path: './next', sourceStage: 4 });
    expect(config.exports).toMatchObject({
      stochastic: true,
      forwardDetail: true,
      backwardDetail: false,
      compression: 'lz4',
    });
  });

  it('the same study whatever the order of entries and rows, and one that can be sent to a thread', async () => {
    const content = fullCase();
    for (const [file, value] of Object.entries(content)) {
      if (file.endsWith('.parquet')) {
        for (const column of Object.values(value.columns as Record<string, { data: unknown[] }>)) column.data.reverse();
      } else reverseLists(value);
    }
    const reversed = await loadStudy(await makeCase({}, content));
    expect({ ...reversed, name: '', warnings: [] }).toEqual({ ...study, name: '', warnings: [] });
    expect(structuredClone(study)).toEqual(study);
  });
});

const UNORDERED =
  /^(hydros|buses|lines|thermals|non_controllable_sources|pumping_stations|contracts|stages|constraints|storage|past_inflows|recent_observations|production_models|load_factors|non_controllable_factors|exchange_factors|block_factors|blocks)$/;

/** Reverses the lists whose order means nothing. */
function reverseLists(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, each] of Object.entries(value)) {
    if (Array.isArray(each) && UNORDERED.test(key)) each.reverse();
    reverseLists(each);
  }
}
