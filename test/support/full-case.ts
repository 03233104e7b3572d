import type { CaseContent } from './case-builder.js';
import { openingsTable, smallCase, table } from './small-case.js';

/** Days since 1970-01-01. */
export const day = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;

/**
 * A complete valid case with every file of the format: the small case with a third hydro (2, filled at stage 1,
 * operating from stage 2 on), a channel, evaporation, planes given and computed, two sources, a pumping station, two
 * contracts, changes at stages, generic constraints, inflow with memory and external scenarios of inflow.
 */
export function fullCase(): CaseContent {
  const content = smallCase();
  const { 'system/hydros.json': hydros, 'stages.json': stages } = content;
  Object.assign(hydros.hydros[0], {
    tailrace: {
      type: 'piecewise',
      points: [
        { outflow_m3s: 0, height_m: 10 },
        { outflow_m3s: 200, height_m: 12 },
      ],
    },
    hydraulic_losses: { type: 'factor', value: 0.03 },
    efficiency: { type: 'constant', value: 0.92 },
    evaporation: { coefficients_mm: Array.from({ length: 12 }, (_, month) => 80 - month) },
    diversion: { downstream_id: 1, max_flow_m3s: 15 },
  });
  Object.assign(hydros.hydros[1], {
    tailrace: { type: 'polynomial', coefficients: [5, 0.001] },
    hydraulic_losses: { type: 'constant', value_m: 1.5 },
    penalties: { spillage_cost: 0.02, inflow_nonnegativity_cost: 900, evaporation_violation_pos_cost: 4000 },
  });
  hydros.hydros.push({
    ...structuredClone(hydros.hydros[1]),
    id: 2,
    name: 'Young',
    downstream_id: 1,
    entry_stage_id: 2,
    generation: {
      model: 'fpha',
      min_turbined_m3s: 0,
      max_turbined_m3s: 50,
      min_generation_mw: 0,
      max_generation_mw: 40,
    },
    filling: { start_stage_id: 1, filling_inflow_m3s: 4 },
    penalties: null,
  });
  content['initial_conditions.json'] = {
    storage: [
      { hydro_id: 0, value_hm3: 300 },
      { hydro_id: 1, value_hm3: 100 },
    ],
    filling_storage: [{ hydro_id: 2, value_hm3: 3 }],
    past_inflows: [
      { hydro_id: 1, values_m3s: [28, 27] },
      { hydro_id: 0, values_m3s: [75], season_ids: [11] },
    ],
    recent_observations: [
      { hydro_id: 0, start_date: '2024-01-04', end_date: '2024-01-11', value_m3s: 66 },
      { hydro_id: 0, start_date: '2024-01-01', end_date: '2024-01-04', value_m3s: 60 },
    ],
  };
  stages.season_definitions = {
    cycle_type: 'monthly',
    seasons: Array.from({ length: 12 }, (_, id) => ({ id, label: `month ${id + 1}`, month_start: id + 1 })),
  };
  stages.pre_study_stages = [{ id: -1, start_date: '2023-12-01', end_date: '2024-01-01', season_id: 11 }];
  for (const [season_id, stage] of stages.stages.entries()) {
    Object.assign(stage, { season_id, state_variables: { storage: true, inflow_lags: true } });
  }
  Object.assign(stages.stages[1], { block_mode: 'chronological', sampling_method: 'qmc_sobol' });
  Object.assign(stages.stages[2], { risk_measure: { cvar: { alpha: 0.25, lambda: 0.4 } } });
  const config = content['config.json'];
  config.training.scenario_source = { seed: 11, inflow: { scheme: 'external' }, load: { scheme: 'out_of_sample' } };
  config.modeling.inflow_non_negativity.method = 'truncation_with_penalty';
  content['penalties.json'].hydro.water_withdrawal_violation_neg_cost = 1500;
  content['scenarios/correlation.json'].profiles.default.correlation_groups.push({
    name: 'winds',
    entities: [{ type: 'ncs', id: 4 }],
    matrix: [[1]],
  });
  return Object.assign(content, systemFiles(), scenarioFiles(), constraintFiles());
}

function systemFiles(): CaseContent {
  return {
    'system/non_controllable_sources.json': {
      non_controllable_sources: [
        { id: 7, name: 'Sun', bus_id: 1, max_generation_mw: 30, entry_stage_id: 1, curtailment_cost: 0.02 },
        { id: 4, name: 'Wind', bus_id: 0, max_generation_mw: 25 },
      ],
    },
    'system/pumping_stations.json': {
      pumping_stations: [
        {
          id: 3,
          name: 'Lift',
          bus_id: 1,
          source_hydro_id: 1,
          destination_hydro_id: 0,
          consumption_mw_per_m3s: 0.4,
          flow: { min_m3s: 0, max_m3s: 20 },
          exit_stage_id: 2,
        },
      ],
    },
    'system/energy_contracts.json': {
      contracts: [
        {
          id: 1,
          name: 'Out',
          bus_id: 1,
          type: 'export',
          price_per_mwh: -30,
          limits: { min_mw: 0, max_mw: 8 },
        },
        { id: 0, name: 'In', bus_id: 0, type: 'import', price_per_mwh: 200, limits: { min_mw: 1, max_mw: 12 } },
      ],
    },
    'system/hydro_geometry.parquet': table({
      hydro_id: ['INT32', [0, 0, 0]],
      volume_hm3: ['DOUBLE', [600, 0, 300]],
      height_m: ['DOUBLE', [60, 30, 48]],
      area_km2: ['DOUBLE', [9, 2, 6]],
    }),
    'system/hydro_production_models.json': {
      production_models: [
        {
          hydro_id: 1,
          selection_mode: 'seasonal',
          default_model: 'constant_productivity',
          seasons: [
            { season_id: 1, model: 'fpha', fpha_config: { source: 'precomputed' } },
            { season_id: 2, model: 'linearized_head', productivity_override: 0.55 },
          ],
        },
        {
          hydro_id: 0,
          selection_mode: 'stage_ranges',
          stage_ranges: [
            {
              start_stage_id: 0,
              end_stage_id: 1,
              model: 'fpha',
              fpha_config: {
                source: 'computed',
                volume_discretization_points: 7,
                fitting_window: { volume_min_percentile: 0.1, volume_max_hm3: 500 },
              },
            },
            { start_stage_id: 2, end_stage_id: null, model: 'constant_productivity', productivity_override: 0.8 },
          ],
        },
      ],
    },
    'system/fpha_hyperplanes.parquet': table({
      hydro_id: ['INT32', [2, 1, 1]],
      stage_id: ['INT32', [null, 1, null]],
      plane_id: ['INT32', [0, 1, 0]],
      gamma_0: ['DOUBLE', [1, 2, 3]],
      gamma_v: ['DOUBLE', [0.1, 0, 0.2]],
      gamma_q: ['DOUBLE', [0.7, 0.5, 0.6]],
      gamma_s: ['DOUBLE', [0, -0.01, 0]],
      kappa: ['DOUBLE', [0.98, null, 1]],
      valid_q_max_m3s: ['DOUBLE', [50, null, null]],
    }),
  };
}

function scenarioFiles(): CaseContent {
  return {
    'scenarios/inflow_seasonal_stats.parquet': table({
      hydro_id: ['INT32', [0, 0, 0, 1, 1, 1, 2, 2, 2, 0]],
      stage_id: ['INT32', [0, 1, 2, 0, 1, 2, 0, 1, 2, -1]],
      mean_m3s: ['DOUBLE', [80, 70, 60, 30, 25, 20, 12, 11, 10, 85]],
      std_m3s: ['DOUBLE', [16, 14, 12, 6, 5, 4, 3, 3, 3, 17]],
    }),
    'scenarios/inflow_ar_coefficients.parquet': table({
      hydro_id: ['INT32', [1, 1, 0, 0]],
      stage_id: ['INT32', [1, 1, 2, -1]],
      lag: ['INT32', [2, 1, 1, 1]],
      coefficient: ['DOUBLE', [0.2, 0.5, 0.6, 0.1]],
      residual_std_ratio: ['DOUBLE', [0.7, 0.7, 0.8, 0.9]],
    }),
    'scenarios/inflow_annual_component.parquet': table({
      hydro_id: ['INT32', [1]],
      stage_id: ['INT32', [1]],
      annual_coefficient: ['DOUBLE', [0.15]],
      annual_mean_m3s: ['DOUBLE', [26]],
      annual_std_m3s: ['DOUBLE', [4]],
    }),
    'scenarios/inflow_history.parquet': table({
      hydro_id: ['INT32', [1, 0, 0, 2]],
      date: ['DATE', [day('2020-01-01'), day('2020-02-01'), day('2020-01-01'), day('1969-12-31')]],
      value_m3s: ['DOUBLE', [31, 71, 81, 12]],
    }),
    // Stage 1 has two scenarios, the others one.
    'scenarios/external_inflow_scenarios.parquet': table({
      stage_id: ['INT32', [0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2]],
      scenario_id: ['INT32', [0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0]],
      hydro_id: ['INT32', [0, 1, 2, 0, 1, 2, 2, 1, 0, 0, 1, 2]],
      value_m3s: ['DOUBLE', [82, 32, 13, 71, 26, 11, 14, 29, 74, 61, 21, 9]],
    }),
    'scenarios/external_load_scenarios.parquet': table({
      stage_id: ['INT32', [0]],
      scenario_id: ['INT32', [0]],
      bus_id: ['INT32', [1]],
      value_mw: ['DOUBLE', [101]],
    }),
    'scenarios/external_ncs_scenarios.parquet': table({
      stage_id: ['INT32', [0]],
      scenario_id: ['INT32', [0]],
      ncs_id: ['INT32', [4]],
      value: ['DOUBLE', [0.4]],
    }),
    'scenarios/non_controllable_stats.parquet': table({
      ncs_id: ['INT32', [4, 4, 4]],
      stage_id: ['INT32', [0, 1, 2]],
      mean: ['DOUBLE', [0.4, 0.5, 0.6]],
      std: ['DOUBLE', [0.1, 0, 0.2]],
    }),
    'scenarios/non_controllable_factors.json': {
      non_controllable_factors: [
        {
          ncs_id: 7,
          stage_id: 1,
          block_factors: [
            { block_id: 1, factor: 0 },
            { block_id: 0, factor: 0.9 },
          ],
        },
      ],
    },
    'scenarios/noise_openings.parquet': openingsTable([4, 4, 4], 5, (t, i, e) => t - i + e),
  };
}

function constraintFiles(): CaseContent {
  const sparse = (id: string, ids: number[], stages: number[], columns: Record<string, (number | null)[]>) =>
    table({
      [id]: ['INT32', ids],
      stage_id: ['INT32', stages],
      ...Object.fromEntries(Object.entries(columns).map(([name, data]) => [name, ['DOUBLE', data] as const])),
    });
  return {
    'constraints/thermal_bounds.parquet': sparse('thermal_id', [1, 0], [2, 0], {
      max_generation_mw: [55, 70],
      cost_per_mwh: [130, null],
    }),
    'constraints/hydro_bounds.parquet': sparse('hydro_id', [1, 0, 2, 0], [1, 1, 1, 0], {
      min_storage_hm3: [25, null, null, null],
      water_withdrawal_m3s: [null, -2, null, 1.5],
      filling_inflow_m3s: [null, null, 6, null],
      max_diversion_m3s: [null, 9, null, null],
      max_outflow_m3s: [null, 300, null, null],
    }),
    'constraints/line_bounds.parquet': sparse('line_id', [0], [1], { direct_mw: [50] }),
    'constraints/pumping_bounds.parquet': sparse('station_id', [3], [0], { max_m3s: [10] }),
    'constraints/contract_bounds.parquet': sparse('contract_id', [0], [2], { price_per_mwh: [210], min_mw: [null] }),
    'constraints/ncs_bounds.parquet': sparse('ncs_id', [7], [2], { available_generation_mw: [18] }),
    'constraints/exchange_factors.json': {
      exchange_factors: [
        { line_id: 0, stage_id: 2, block_factors: [{ block_id: 1, direct_factor: 0.9, reverse_factor: 0 }] },
      ],
    },
    'constraints/generic_constraints.json': {
      constraints: [
        {
          id: 9,
          name: 'Basin',
          description: 'What both rivers must let pass',
          expression: 'hydro_outflow(0, 1) + 2.5 * hydro_outflow(1) - 3 + hydro_storage(1)',
          sense: '>=',
          slack: { enabled: true, penalty: 5000 },
        },
        {
          id: 2,
          name: 'Gas',
          expression: '-thermal_generation(0) - non_controllable_curtailment(7)',
          sense: '==',
          slack: { enabled: false, penalty: 5 },
        },
      ],
    },
    'constraints/generic_constraint_bounds.parquet': table({
      constraint_id: ['INT32', [9, 2, 9]],
      stage_id: ['INT32', [1, 0, 1]],
      block_id: ['INT32', [1, null, null]],
      bound: ['DOUBLE', [40, -70, 30]],
    }),
    'constraints/penalty_overrides_bus.parquet': sparse('bus_id', [1], [0], { excess_cost: [12] }),
    'constraints/penalty_overrides_line.parquet': sparse('line_id', [0], [1], { exchange_cost: [0.7] }),
    'constraints/penalty_overrides_hydro.parquet': sparse('hydro_id', [1, 0], [1, 2], {
      spillage_cost: [0.03, null],
      evaporation_violation_cost: [null, 6000],
    }),
    'constraints/penalty_overrides_ncs.parquet': sparse('source_id', [7], [2], { curtailment_cost: [0.03] }),
  };
}
