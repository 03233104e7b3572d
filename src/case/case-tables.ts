import type { ColumnTypes } from './read/parquet-columns.js';

/** Range of a column: the least and greatest value, or everything above 0. */
export interface ColumnRange {
  readonly min?: number;
  readonly max?: number;
  readonly positive?: true;
}

export interface TableSpec {
  readonly file: string;
  readonly columns: ColumnTypes;
  /** Columns that identify a row. */
  readonly keys: readonly string[];
  /**
   * Stages that `stage_id` may name: those of the study; also those before it that stages.json has; also any before it,
   * whether or not stages.json has them (-1 is the last); any, where rows of stages that do not exist merely have no
   * effect; or none by id, where the column holds something else.
   */
  readonly stages: 'study' | 'all' | 'past' | 'any' | 'none';
  readonly ranges: Readonly<Record<string, ColumnRange>>;
}

const NOT_NEGATIVE: ColumnRange = { min: 0 };
const POSITIVE: ColumnRange = { positive: true };
const DEVIATION: ColumnRange = { min: 0 };

/** Keys of what holds for one entity at one stage. */
const byStage = <K extends string>(id: K) => [id, 'stage_id'] as const;

/** Every Parquet file of the case format. */
export const CASE_TABLES = {
  geometry: {
    file: 'system/hydro_geometry.parquet',
    columns: { hydro_id: 'INT32', volume_hm3: 'DOUBLE', height_m: 'DOUBLE', area_km2: 'DOUBLE' },
    keys: ['hydro_id', 'volume_hm3'],
    stages: 'none',
    ranges: { volume_hm3: NOT_NEGATIVE, height_m: NOT_NEGATIVE, area_km2: NOT_NEGATIVE },
  },
  planes: {
    file: 'system/fpha_hyperplanes.parquet',
    columns: {
      hydro_id: 'INT32',
      stage_id: 'INT32?',
      plane_id: 'INT32',
      gamma_0: 'DOUBLE',
      gamma_v: 'DOUBLE',
      gamma_q: 'DOUBLE',
      gamma_s: 'DOUBLE',
      kappa: 'DOUBLE?',
      valid_v_min_hm3: 'DOUBLE?',
      valid_v_max_hm3: 'DOUBLE?',
      valid_q_max_m3s: 'DOUBLE?',
    },
    keys: ['hydro_id', 'stage_id', 'plane_id'],
    stages: 'any',
    ranges: { gamma_v: NOT_NEGATIVE, gamma_q: POSITIVE, gamma_s: { max: 0 }, kappa: { positive: true, max: 1 } },
  },
  inflowHistory: {
    file: 'scenarios/inflow_history.parquet',
    columns: { hydro_id: 'INT32', date: 'DATE', value_m3s: 'DOUBLE' },
    keys: ['hydro_id', 'date'],
    stages: 'none',
    ranges: {},
  },
  inflowStats: {
    file: 'scenarios/inflow_seasonal_stats.parquet',
    columns: { hydro_id: 'INT32', stage_id: 'INT32', mean_m3s: 'DOUBLE', std_m3s: 'DOUBLE' },
    keys: byStage('hydro_id'),
    stages: 'past',
    ranges: { std_m3s: DEVIATION },
  },
  coefficients: {
    file: 'scenarios/inflow_ar_coefficients.parquet',
    columns: {
      hydro_id: 'INT32',
      stage_id: 'INT32',
      lag: 'INT32',
      coefficient: 'DOUBLE',
      residual_std_ratio: 'DOUBLE',
    },
    keys: ['hydro_id', 'stage_id', 'lag'],
    stages: 'all',
    ranges: { lag: { min: 1 }, residual_std_ratio: { positive: true, max: 1 } },
  },
  annual: {
    file: 'scenarios/inflow_annual_component.parquet',
    columns: {
      hydro_id: 'INT32',
      stage_id: 'INT32',
      annual_coefficient: 'DOUBLE',
      annual_mean_m3s: 'DOUBLE',
      annual_std_m3s: 'DOUBLE',
    },
    keys: byStage('hydro_id'),
    stages: 'all',
    ranges: { annual_std_m3s: POSITIVE },
  },
  externalInflow: {
    file: 'scenarios/external_inflow_scenarios.parquet',
    columns: { stage_id: 'INT32', scenario_id: 'INT32', hydro_id: 'INT32', value_m3s: 'DOUBLE' },
    keys: ['stage_id', 'scenario_id', 'hydro_id'],
    stages: 'any',
    ranges: { scenario_id: NOT_NEGATIVE },
  },
  externalLoad: {
    file: 'scenarios/external_load_scenarios.parquet',
    columns: { stage_id: 'INT32', scenario_id: 'INT32', bus_id: 'INT32', value_mw: 'DOUBLE' },
    keys: ['stage_id', 'scenario_id', 'bus_id'],
    stages: 'any',
    ranges: { scenario_id: NOT_NEGATIVE },
  },
  externalAvailability: {
    file: 'scenarios/external_ncs_scenarios.parquet',
    columns: { stage_id: 'INT32', scenario_id: 'INT32', ncs_id: 'INT32', value: 'DOUBLE' },
    keys: ['stage_id', 'scenario_id', 'ncs_id'],
    stages: 'any',
    ranges: { scenario_id: NOT_NEGATIVE },
  },
  loadStats: {
    file: 'scenarios/load_seasonal_stats.parquet',
    columns: { bus_id: 'INT32', stage_id: 'INT32', mean_mw: 'DOUBLE', std_mw: 'DOUBLE' },
    keys: byStage('bus_id'),
    stages: 'all',
    ranges: { std_mw: DEVIATION },
  },
  sourceStats: {
    file: 'scenarios/non_controllable_stats.parquet',
    columns: { ncs_id: 'INT32', stage_id: 'INT32', mean: 'DOUBLE', std: 'DOUBLE' },
    keys: byStage('ncs_id'),
    stages: 'all',
    ranges: { mean: { min: 0, max: 1 }, std: DEVIATION },
  },
  noiseOpenings: {
    file: 'scenarios/noise_openings.parquet',
    columns: { stage_id: 'INT32', opening_index: 'UINT32', entity_index: 'UINT32', value: 'DOUBLE' },
    keys: [],
    stages: 'none',
    ranges: {},
  },
  thermalBounds: {
    file: 'constraints/thermal_bounds.parquet',
    columns: {
      thermal_id: 'INT32',
      stage_id: 'INT32',
      min_generation_mw: 'DOUBLE?',
      max_generation_mw: 'DOUBLE?',
      cost_per_mwh: 'DOUBLE?',
      block_id: 'INT32?',
    },
    keys: ['thermal_id', 'stage_id', 'block_id'],
    stages: 'any',
    ranges: { min_generation_mw: NOT_NEGATIVE, max_generation_mw: NOT_NEGATIVE, cost_per_mwh: NOT_NEGATIVE },
  },
  hydroBounds: {
    file: 'constraints/hydro_bounds.parquet',
    columns: {
      hydro_id: 'INT32',
      stage_id: 'INT32',
      min_turbined_m3s: 'DOUBLE?',
      max_turbined_m3s: 'DOUBLE?',
      min_storage_hm3: 'DOUBLE?',
      max_storage_hm3: 'DOUBLE?',
      min_outflow_m3s: 'DOUBLE?',
      max_outflow_m3s: 'DOUBLE?',
      min_generation_mw: 'DOUBLE?',
      max_generation_mw: 'DOUBLE?',
      max_diversion_m3s: 'DOUBLE?',
      filling_inflow_m3s: 'DOUBLE?',
      // Below 0 water is given back.
      water_withdrawal_m3s: 'DOUBLE?',
    },
    keys: byStage('hydro_id'),
    stages: 'any',
    ranges: {
      min_turbined_m3s: NOT_NEGATIVE,
      max_turbined_m3s: NOT_NEGATIVE,
      min_storage_hm3: NOT_NEGATIVE,
      max_storage_hm3: NOT_NEGATIVE,
      min_outflow_m3s: NOT_NEGATIVE,
      max_outflow_m3s: NOT_NEGATIVE,
      min_generation_mw: NOT_NEGATIVE,
      max_generation_mw: NOT_NEGATIVE,
      max_diversion_m3s: NOT_NEGATIVE,
      filling_inflow_m3s: NOT_NEGATIVE,
    },
  },
  lineBounds: {
    file: 'constraints/line_bounds.parquet',
    columns: { line_id: 'INT32', stage_id: 'INT32', direct_mw: 'DOUBLE?', reverse_mw: 'DOUBLE?' },
    keys: byStage('line_id'),
    stages: 'any',
    ranges: { direct_mw: NOT_NEGATIVE, reverse_mw: NOT_NEGATIVE },
  },
  pumpBounds: {
    file: 'constraints/pumping_bounds.parquet',
    columns: { station_id: 'INT32', stage_id: 'INT32', min_m3s: 'DOUBLE?', max_m3s: 'DOUBLE?' },
    keys: byStage('station_id'),
    stages: 'any',
    ranges: { min_m3s: NOT_NEGATIVE, max_m3s: NOT_NEGATIVE },
  },
  contractBounds: {
    file: 'constraints/contract_bounds.parquet',
    columns: {
      contract_id: 'INT32',
      stage_id: 'INT32',
      min_mw: 'DOUBLE?',
      max_mw: 'DOUBLE?',
      price_per_mwh: 'DOUBLE?',
    },
    keys: byStage('contract_id'),
    stages: 'any',
    ranges: { min_mw: NOT_NEGATIVE, max_mw: NOT_NEGATIVE },
  },
  sourceBounds: {
    file: 'constraints/ncs_bounds.parquet',
    columns: { ncs_id: 'INT32', stage_id: 'INT32', available_generation_mw: 'DOUBLE' },
    keys: byStage('ncs_id'),
    stages: 'study',
    ranges: { available_generation_mw: NOT_NEGATIVE },
  },
  genericBounds: {
    file: 'constraints/generic_constraint_bounds.parquet',
    columns: { constraint_id: 'INT32', stage_id: 'INT32', block_id: 'INT32?', bound: 'DOUBLE' },
    keys: ['constraint_id', 'stage_id', 'block_id'],
    stages: 'any',
    ranges: {},
  },
  busPenalties: {
    file: 'constraints/penalty_overrides_bus.parquet',
    columns: { bus_id: 'INT32', stage_id: 'INT32', excess_cost: 'DOUBLE?' },
    keys: byStage('bus_id'),
    stages: 'any',
    ranges: { excess_cost: POSITIVE },
  },
  linePenalties: {
    file: 'constraints/penalty_overrides_line.parquet',
    columns: { line_id: 'INT32', stage_id: 'INT32', exchange_cost: 'DOUBLE?' },
    keys: byStage('line_id'),
    stages: 'any',
    ranges: { exchange_cost: POSITIVE },
  },
  hydroPenalties: {
    file: 'constraints/penalty_overrides_hydro.parquet',
    columns: {
      hydro_id: 'INT32',
      stage_id: 'INT32',
      spillage_cost: 'DOUBLE?',
      fpha_turbined_cost: 'DOUBLE?',
      diversion_cost: 'DOUBLE?',
      storage_violation_below_cost: 'DOUBLE?',
      filling_target_violation_cost: 'DOUBLE?',
      turbined_violation_below_cost: 'DOUBLE?',
      outflow_violation_below_cost: 'DOUBLE?',
      outflow_violation_above_cost: 'DOUBLE?',
      generation_violation_below_cost: 'DOUBLE?',
      evaporation_violation_cost: 'DOUBLE?',
      water_withdrawal_violation_cost: 'DOUBLE?',
    },
    keys: byStage('hydro_id'),
    stages: 'any',
    ranges: {
      spillage_cost: POSITIVE,
      fpha_turbined_cost: POSITIVE,
      diversion_cost: POSITIVE,
      storage_violation_below_cost: POSITIVE,
      filling_target_violation_cost: POSITIVE,
      turbined_violation_below_cost: POSITIVE,
      outflow_violation_below_cost: POSITIVE,
      outflow_violation_above_cost: POSITIVE,
      generation_violation_below_cost: POSITIVE,
      evaporation_violation_cost: POSITIVE,
      water_withdrawal_violation_cost: POSITIVE,
    },
  },
  sourcePenalties: {
    file: 'constraints/penalty_overrides_ncs.parquet',
    columns: { source_id: 'INT32', stage_id: 'INT32', curtailment_cost: 'DOUBLE?' },
    keys: byStage('source_id'),
    stages: 'any',
    ranges: { curtailment_cost: POSITIVE },
  },
} as const satisfies Readonly<Record<string, TableSpec>>;

export type TableName = keyof typeof CASE_TABLES;
