import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadStudy } from '#cobre/case/load-case';
import { caseSchemas } from '#cobre/case/schema/index';
import { ALWAYS } from '#cobre/case/study-system';
import { type CasePatch, makeCase } from '../support/case-builder.js';
import { DEFAULT_CUTS, FRESH_POLICY } from '../support/fresh-policy.js';
import { PLAIN_EXPORTS } from '../support/plain-exports.js';
import { IN_SAMPLE, PLAIN_HYDRO } from '../support/plain-study.js';
import { indefinite, openingsTable, table, threeHydros } from '../support/small-case.js';
import { warningTexts } from '../support/warning-text.js';

const load = async (patch: CasePatch = {}, configOverrides?: Record<string, unknown>) =>
  loadStudy(await makeCase(patch), configOverrides === undefined ? {} : { configOverrides });

describe('a valid case', () => {
  it('may have stages that come again and again', async () => {
    const cyclic = (target: number) =>
      load({
        'stages.json': (content) => {
          const transitions = [{ source_id: 2, target_id: target, probability: 1, annual_discount_rate_override: 1 }];
          content.policy_graph = { type: 'cyclic', annual_discount_rate: 0.1, transitions };
        },
      });
    const study = await cyclic(1);
    expect(study.cycleStart).toBe(1);
    expect((await cyclic(2)).cycleStart).toBe(2);
    expect((await load()).cycleStart).toBeNull();
    // March 2024 at 100 % a year.
    expect(study.stages[2].discount).toBeCloseTo(2 ** (-31 / 365.25), 12);
  });

  it('may end by simulation, and bound its optimum from above', async () => {
    const study = await load(
      {},
      {
        training: {
          cut_formulation: 'multi',
          stopping_rules: [
            { type: 'iteration_limit', limit: 9 },
            { type: 'simulation', replications: 7, period: 3, bound_window: 2, distance_tol: 0.01, bound_tol: 0.001 },
          ],
        },
        simulation: { policy_type: 'inner' },
        upper_bound_evaluation: {
          enabled: true,
          interval_iterations: 4,
          lipschitz: { mode: 'auto', scale_factor: 1.5 },
        },
      },
    );
    expect(study.config.training.stoppingRules[1]).toEqual({
      type: 'simulation',
      replications: 7,
      period: 3,
      boundWindow: 2,
      distanceTolerance: 0.01,
      boundTolerance: 0.001,
    });
    expect(study.config.training.cuts.formulation).toBe('multi');
    expect(study.config.simulation.policyType).toBe('inner');
    expect(study.config.training.upperBound).toEqual({
      initialIteration: 4,
      interval: 4,
      scaleFactor: 1.5,
      fallbackLipschitz: null,
    });
  });

  it('may select cuts; the general threshold stands in for what a method calls its own', async () => {
    const cuts = async (cut_selection: unknown) =>
      (await load({}, { training: { cut_selection } })).config.training.cuts;
    expect(await cuts({ enabled: false, method: 'lml1', max_active_per_stage: 9 })).toEqual({
      ...DEFAULT_CUTS,
      maxActivePerStage: 9,
    });
    expect(await cuts({ enabled: true, method: 'level1', cut_activity_tolerance: 0.5 })).toEqual({
      ...DEFAULT_CUTS,
      selection: { method: 'level1', checkFrequency: 5, threshold: 0 },
      activityTolerance: 0.5,
    });
    expect((await cuts({ enabled: true, method: 'lml1', threshold: 7, check_frequency: 3 })).selection).toEqual({
      method: 'lml1',
      checkFrequency: 3,
      memoryWindow: 7,
    });
    expect((await cuts({ enabled: true, method: 'domination', domination_epsilon: 0.25 })).selection).toEqual({
      method: 'domination',
      checkFrequency: 5,
      epsilon: 0.25,
    });
  });

  it('may have a risk measure at each stage; one that is the expectation is taken for it', async () => {
    const cvars = async (...measures: unknown[]) => {
      const study = await load({
        'stages.json': (content) => {
          for (const [i, stage] of content.stages.entries()) stage.risk_measure = measures[i];
        },
      });
      return study.stages.map((stage) => stage.cvar);
    };
    const cvar = { alpha: 0.1, lambda: 0.5 };
    expect(await cvars({ cvar }, 'Expectation', undefined)).toEqual([cvar, null, null]);
    expect(await cvars({ cvar: { alpha: 1, lambda: 1 } }, { cvar: { alpha: 0.5, lambda: 0 } }, { cvar })).toEqual([
      null,
      null,
      cvar,
    ]);
  });

  it('becomes a study with every value where the contract says', async () => {
    const study = await load();
    expect(study.stages.map((stage) => [stage.id, stage.hours, stage.openings, stage.season])).toEqual([
      [0, 744, 4, null],
      [1, 696, 4, null],
      [2, 744, 4, null],
    ]);
    expect(study.stages.map((stage) => stage.cvar)).toEqual([null, null, null]);
    expect(study.stages[0].blocks).toEqual([
      { id: 0, name: 'Peak', hours: 248 },
      { id: 1, name: 'Base', hours: 496 },
    ]);
    expect(study.buses).toEqual([
      {
        id: 0,
        name: 'North',
        deficitSegments: [
          { depthMw: 50, cost: 3000 },
          { depthMw: null, cost: 6000 },
        ],
        excessCost: 10,
      },
      { id: 1, name: 'South', deficitSegments: [{ depthMw: null, cost: 5500 }], excessCost: 10 },
    ]);
    expect(study.lines).toEqual([
      {
        id: 0,
        name: 'North-South',
        service: ALWAYS,
        sourceBus: 0,
        targetBus: 1,
        directMw: 60,
        reverseMw: 40,
        exchangeCost: 0.5,
        lossesPercent: 2,
      },
    ]);
    expect(study.hydros[0]).toEqual({
      id: 0,
      name: 'Upper',
      bus: 0,
      downstream: 1,
      minStorage: 50,
      maxStorage: 600,
      minOutflow: 5,
      maxOutflow: null,
      productivity: 0.9,
      minTurbined: 0,
      maxTurbined: 100,
      minGeneration: 0,
      maxGeneration: 90,
      ...PLAIN_HYDRO,
      penalties: {
        spillage: 0.01,
        fphaTurbined: 0.05,
        diversion: 0.1,
        fillingTarget: 50000,
        evaporationBelow: 5000,
        evaporationAbove: 5000,
        withdrawalBelow: 1000,
        withdrawalAbove: 1000,
        storageViolationBelow: 10000,
        turbinedViolationBelow: 500,
        outflowViolationBelow: 600,
        outflowViolationAbove: 700,
        generationViolationBelow: 1000,
        inflowNonNegativity: 800,
      },
    });
    expect(study.hydros[1].downstream).toBeNull();
    expect(study.hydros[1].maxOutflow).toBe(400);
    expect(study.hydros[1].penalties).toMatchObject({ spillage: 0.02, inflowNonNegativity: 900 });
    expect(study.thermals[1]).toEqual({ id: 1, name: 'Oil', service: ALWAYS, bus: 1, minMw: 5, maxMw: 60, cost: 120 });
    expect([...study.initialStorage]).toEqual([300, 100]);
    expect([...study.inflow.mean]).toEqual([80, 30, 70, 25, 60, 20]);
    expect([...study.inflow.std]).toEqual([16, 6, 14, 5, 12, 4]);
    expect([...study.load.mean]).toEqual([90, 100, 92, 102, 94, 104]);
    expect(study.loadFactors.map((factors) => [...factors])).toEqual([
      [1, 1, 1, 1],
      [1.2, 0.9, 1, 1],
      [1, 1, 1, 1],
    ]);
    expect(study.stochasticLoadBuses).toEqual([1]);
    expect(study.correlation.method).toBe('spectral');
    expect(study.correlation.profileOfStage).toEqual([0, 0, 0]);
    expect(study.correlation.profiles[0][0].entities).toEqual([0, 1]);
    expect([...study.correlation.profiles[0][0].matrix]).toEqual([1, 0.6, 0.6, 1]);
    expect(study.noiseOpenings).toBeNull();
    expect(study.config).toEqual({
      training: {
        enabled: true,
        forwardPasses: 2,
        stoppingRules: [{ type: 'iteration_limit', limit: 5 }],
        stoppingMode: 'any',
        cuts: DEFAULT_CUTS,
        upperBound: null,
        treeSeed: 7,
        forwardSeed: 11,
        source: IN_SAMPLE,
      },
      simulation: { enabled: true, scenarios: 10, policyType: 'outer', seed: 11, source: IN_SAMPLE, outputPath: null },
      inflowNonNegativity: 'penalty',
      policy: FRESH_POLICY,
      exports: PLAIN_EXPORTS,
    });
    expect(study.name).toMatch(/^cobre-case-/);
    expect(study.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is frozen all the way down', async () => {
    const study = await load();
    expect(Object.isFrozen(study)).toBe(true);
    expect(Object.isFrozen(study.hydros[0].penalties)).toBe(true);
    expect(Object.isFrozen(study.stages[1].blocks[0])).toBe(true);
    expect(Object.isFrozen(study.config.training.stoppingRules)).toBe(true);
    expect(structuredClone(study)).toEqual(study);
  });

  it('is the same study whatever the order of its entries', async () => {
    const inOrder = await load();
    const shuffled = await load({
      'system/hydros.json': (file) => void file.hydros.reverse(),
      'system/buses.json': (file) => void file.buses.reverse(),
      'system/thermals.json': (file) => void file.thermals.reverse(),
      'stages.json': (file) => {
        file.stages.reverse();
        for (const stage of file.stages) stage.blocks.reverse();
      },
      'initial_conditions.json': (file) => void file.storage.reverse(),
      'scenarios/inflow_seasonal_stats.parquet': (stats) => {
        for (const column of Object.values(stats.columns) as { data: number[] }[]) column.data.reverse();
      },
    });
    expect({ ...shuffled, name: '' }).toEqual({ ...inOrder, name: '' });
  });

  it('turns ids with gaps into indices', async () => {
    const study = await load({
      'system/hydros.json': (file) => {
        file.hydros[1].id = 900;
        file.hydros[0].downstream_id = 900;
      },
      'initial_conditions.json': (file) => {
        file.storage[1].hydro_id = 900;
      },
      'scenarios/inflow_seasonal_stats.parquet': (stats) => {
        stats.columns.hydro_id.data = [0, 0, 0, 900, 900, 900];
      },
      'scenarios/correlation.json': (file) => {
        file.profiles.default.correlation_groups[0].entities[1].id = 900;
      },
    });
    expect(study.hydros.map((hydro) => [hydro.id, hydro.downstream])).toEqual([
      [0, 1],
      [900, null],
    ]);
    expect([...study.initialStorage]).toEqual([300, 100]);
    expect(study.correlation.profiles[0][0].entities).toEqual([0, 1]);
  });

  it('may lack every optional file', async () => {
    const study = await load({
      'scenarios/inflow_seasonal_stats.parquet': null,
      'scenarios/load_seasonal_stats.parquet': null,
      'scenarios/load_factors.json': null,
      'scenarios/correlation.json': null,
    });
    expect([...study.inflow.mean]).toEqual([0, 0, 0, 0, 0, 0]);
    expect([...study.load.mean]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(study.stochasticLoadBuses).toEqual([]);
    expect(study.correlation).toEqual({ method: 'spectral', profiles: [], profileOfStage: [-1, -1, -1] });
    expect(warningTexts(study.warnings).join('\n')).toContain('no inflow');
  });

  it('may have files beside the format, and optional files without entries', async () => {
    const study = await load({
      'README.md': '# notes',
      'notes.txt': 'text',
      'output/training/summary.json': {},
      'scenarios/make_statistics.py': 'print()',
      'system/pumping_stations.json': { $schema: 'x', pumping_stations: [] },
      'constraints/line_bounds.parquet': table({ line_id: ['INT32', []], stage_id: ['INT32', []] }),
    });
    expect(study.hydros).toHaveLength(2);
  });

  it('accepts optional fields at values without effect', async () => {
    const study = await load({
      'system/hydros.json': (file) => {
        Object.assign(file.hydros[0], { evaporation: null, diversion: null, filling: null, tailrace: null });
        Object.assign(file.hydros[0], { entry_stage_id: null, exit_stage_id: null, efficiency: null });
      },
      'system/thermals.json': (file) => Object.assign(file, { $schema: 'thermals.schema.json' }),
      'stages.json': (file) => {
        file.pre_study_stages = [{ id: -1, start_date: '2023-12-01', end_date: '2024-01-01', season_id: 11 }];
        for (const [i, stage] of file.stages.entries()) {
          const state_variables = { storage: true, inflow_lags: true };
          Object.assign(stage, { season_id: i, block_mode: 'parallel', risk_measure: 'expectation', state_variables });
        }
      },
      'config.json': (file) => {
        file.training.cut_selection = { enabled: false, method: 'level1', threshold: 3 };
        file.training.cut_formulation = 'single';
        file.training.solver = { retry_max_attempts: 2 };
        file.policy = { mode: 'fresh', path: './policy', boundary: null, checkpointing: { enabled: false } };
        file.simulation.io_channel_capacity = 8;
        file.upper_bound_evaluation = { enabled: null };
        file.estimation = { max_order: 3 };
        file.exports = { cuts: false, states: false };
      },
    });
    expect(study.stages.map((stage) => stage.season)).toEqual([0, 1, 2]);
    expect(study.config.exports).toEqual({ ...PLAIN_EXPORTS, cuts: false });
  });
});

describe('discount', () => {
  it('follows 1 / (1 + rate)^(days / 365.25), by hand for 31 days at 10 % and by override', async () => {
    const study = await load({
      'stages.json': (file) => {
        file.policy_graph.transitions = [
          { source_id: 0, target_id: 1, probability: 1 },
          { source_id: 1, target_id: 2, probability: 1, annual_discount_rate_override: 0 },
        ];
      },
    });
    // ln(1.1) = 0.0953101798; 31 / 365.25 of it is 0.0080892966; exp(-that), by its series, is 0.9919433337.
    expect(study.stages[0].discount).toBeCloseTo(0.9919433337, 9);
    expect(study.stages[1].discount).toBe(1);
  });

  it('halves in a year at a rate of 100 %', async () => {
    const study = await load({
      'stages.json': (file) => {
        file.policy_graph.annual_discount_rate = 1;
        file.stages = [{ ...file.stages[0], start_date: '2024-01-01', end_date: '2028-01-01' }];
      },
      'scenarios/inflow_seasonal_stats.parquet': null,
      'scenarios/load_seasonal_stats.parquet': null,
      'scenarios/load_factors.json': null,
    });
    // 1461 days are exactly four years of 365.25 days.
    expect(study.stages[0].discount).toBe(1 / 16);
  });
});

describe('seeds', () => {
  it.each([
    ['nothing is given', {}, {}, [42, 42, 42]],
    ['only the tree has one', { tree_seed: 5 }, {}, [5, 5, 5]],
    ['training has one of its own', { tree_seed: 5, scenario_source: { seed: 6 } }, {}, [5, 6, 6]],
    ['simulation has one of its own', { tree_seed: 5 }, { scenario_source: { seed: 8 } }, [5, 5, 8]],
    ['a source without a seed', { tree_seed: 5, scenario_source: { seed: 6 } }, { scenario_source: {} }, [5, 6, 5]],
    ['they are negative', { tree_seed: -5, scenario_source: { seed: -6 } }, {}, [5, 6, 6]],
  ])('resolve when %s', async (_, training, simulation, expected) => {
    const { config } = await load({
      'config.json': {
        training: { forward_passes: 1, stopping_rules: [{ type: 'iteration_limit', limit: 1 }], ...training },
        simulation,
      },
    });
    expect([config.training.treeSeed, config.training.forwardSeed, config.simulation.seed]).toEqual(expected);
  });

  it('warns when the default is used', async () => {
    const study = await load({ 'config.json': (file) => void delete file.training.tree_seed });
    expect(warningTexts(study.warnings).join('\n')).toMatch(/tree_seed.*42/);
  });
});

describe('price of made-up inflow', () => {
  it.each([
    ['the plant', { own: 900, global: 700, config: 800 }, 900],
    ['penalties.json', { global: 700, config: 800 }, 700],
    ['config.json', { config: 800 }, 800],
    ['the default', {}, 1000],
  ] as [string, { own?: number; global?: number; config?: number }, number][])(
    'comes from %s',
    async (_, given, price) => {
      const study = await load({
        'system/hydros.json': (file) => {
          file.hydros[1].penalties = given.own === undefined ? {} : { inflow_nonnegativity_cost: given.own };
        },
        'penalties.json': (file) => {
          if (given.global !== undefined) file.hydro.inflow_nonnegativity_cost = given.global;
        },
        'config.json': (file) => {
          file.modeling = given.config === undefined ? {} : { inflow_non_negativity: { penalty_cost: given.config } };
        },
      });
      expect(study.hydros[1].penalties.inflowNonNegativity).toBe(price);
      expect(study.config.inflowNonNegativity).toBe('penalty');
    },
  );
});

describe('correlation', () => {
  it('places random loads behind the hydros, and follows the schedule', async () => {
    const identity = [
      [1, 0],
      [0, 1],
    ];
    const group = (type: string, ids: number[], matrix: number[][]) => ({
      name: type,
      entities: ids.map((id) => ({ type, id })),
      matrix,
    });
    const study = await load({
      'scenarios/correlation.json': {
        method: 'cholesky',
        profiles: {
          wet: { correlation_groups: [group('inflow', [1, 0], identity), group('load', [1], [[1]])] },
          default: { correlation_groups: [] },
        },
        schedule: [{ stage_id: 1, profile_name: 'wet' }],
      },
    });
    expect(study.correlation.method).toBe('cholesky');
    expect(study.correlation.profileOfStage).toEqual([0, 1, 0]);
    expect(study.correlation.profiles[0]).toEqual([]);
    expect(study.correlation.profiles[1].map((each) => each.entities)).toEqual([[0, 1], [2]]);
  });

  it('leaves out a load that is not random, and says so', async () => {
    const study = await load({
      'scenarios/correlation.json': {
        method: 'spectral',
        profiles: {
          only: {
            correlation_groups: [
              {
                name: 'loads',
                entities: [
                  { type: 'load', id: 0 },
                  { type: 'load', id: 1 },
                ],
                matrix: [
                  [1, 0.5],
                  [0.5, 1],
                ],
              },
            ],
          },
        },
      },
    });
    expect(study.correlation.profiles[0]).toEqual([{ entities: [2], matrix: Float64Array.of(1) }]);
    expect(warningTexts(study.warnings).join('\n')).toContain('bus 0 is not random');
  });

  it('clips an indefinite matrix under the method spectral, and says so', async () => {
    const study = await load({
      'scenarios/correlation.json': indefinite('spectral'),
      'scenarios/inflow_seasonal_stats.parquet': null,
      'system/hydros.json': threeHydros,
    });
    expect(warningTexts(study.warnings).join('\n')).toContain('not positive semidefinite');
  });
});

describe('noise openings', () => {
  it('are read by stage, opening and entity: hydros first, then random loads', async () => {
    const study = await load({
      'scenarios/noise_openings.parquet': openingsTable([4, 4, 4], 3, (t, i, e) => 100 * t + 10 * i + e),
    });
    expect(study.noiseOpenings?.map((openings) => openings.length)).toEqual([12, 12, 12]);
    expect([...(study.noiseOpenings?.[2] ?? [])]).toEqual([200, 201, 202, 210, 211, 212, 220, 221, 222, 230, 231, 232]);
  });
});

describe('hash', () => {
  it('is that of the problem, not of the run or the names', async () => {
    const base = await load();
    const run = await load({}, { training: { forward_passes: 9, tree_seed: 1 }, simulation: { num_scenarios: 3 } });
    const renamed = await load({
      'system/buses.json': (file) => {
        file.buses[0].name = 'Norte';
      },
    });
    const cost = await load({
      'system/thermals.json': (file) => {
        file.thermals[0].cost_per_mwh = 41;
      },
    });
    const method = await load({}, { modeling: { inflow_non_negativity: { method: 'none' } } });
    expect(run.hash).toBe(base.hash);
    expect(renamed.hash).toBe(base.hash);
    expect(cost.hash).not.toBe(base.hash);
    expect(method.hash).not.toBe(base.hash);
  });
});

describe('warnings', () => {
  it.each<[string, CasePatch, string]>([
    [
      'past inflows',
      {
        'initial_conditions.json': (f) => {
          f.past_inflows = [{ hydro_id: 0, values_m3s: [1] }];
        },
      },
      'past_inflows',
    ],
    [
      'a reservoir without initial storage that may be empty',
      {
        'initial_conditions.json': (f) => void f.storage.pop(),
        'system/hydros.json': (f) => {
          f.hydros[1].reservoir.min_storage_hm3 = 0;
        },
      },
      'hydro 1',
    ],
    [
      'days between stages',
      {
        'stages.json': (f) => {
          f.stages[0].end_date = '2024-01-31';
        },
      },
      '1 days between',
    ],
    [
      'hours unlike the dates',
      {
        'stages.json': (f) => {
          f.stages[0].blocks[0].hours = 100;
        },
      },
      '596 h',
    ],
    [
      'a line from a bus to itself',
      {
        'system/lines.json': (f) => {
          f.lines[0].target_bus_id = 0;
        },
      },
      'to itself',
    ],
    [
      'dear spillage',
      {
        'system/hydros.json': (f) => {
          f.hydros[0].penalties = { spillage_cost: 501 };
        },
      },
      'spillage',
    ],
  ])('name %s', async (_, patch, words) => {
    expect(warningTexts((await load(patch)).warnings).join('\n')).toContain(words);
  });
});

describe('overrides of the configuration', () => {
  it('merge deeply, replace arrays, and leave other settings alone', async () => {
    const { config } = await load(
      {},
      {
        training: { forward_passes: 9, stopping_rules: [{ type: 'iteration_limit', limit: 3 }], tree_seed: undefined },
      },
    );
    expect(config.training.forwardPasses).toBe(9);
    expect(config.training.stoppingRules).toEqual([{ type: 'iteration_limit', limit: 3 }]);
    expect(config.training.treeSeed).toBe(7);
    expect(config.simulation.scenarios).toBe(10);
  });

  it('may bring what the file lacks', async () => {
    const { config } = await load(
      { 'config.json': { training: {} } },
      { training: { forward_passes: 1, stopping_rules: [{ type: 'iteration_limit', limit: 1 }] } },
    );
    expect(config.training.forwardPasses).toBe(1);
  });
});

describe('caseSchemas', () => {
  it('can be published as JSON Schema, one for each JSON file', () => {
    for (const [file, schema] of Object.entries(caseSchemas)) {
      const json = z.toJSONSchema(schema, { io: 'input' });
      expect([file, json.type]).toEqual([file, 'object']);
    }
    expect(Object.keys(caseSchemas)).toHaveLength(17);
  });
});
