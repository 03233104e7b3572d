import type { ColumnTypes } from './read/parquet-columns.js';

/** Range of a column: the least and greatest value, or everything above 0. */
export interface ColumnRange {
  readonly min?: number;
  readonly max?: number;
  readonly positive?: true;
}

export interface TableSpec {
  readonly file: string;
  /** What a row says, in a sentence. */
  readonly about: string;
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
  /** Columns whose name alone does not say what they hold here; the others are in `FIELD_DESCRIPTIONS`. */
  readonly meanings?: Readonly<Record<string, string>>;
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
    about: 'A point of the curves of a reservoir: its level and its surface at a volume.',
    columns: { hydro_id: 'INT32', volume_hm3: 'DOUBLE', height_m: 'DOUBLE', area_km2: 'DOUBLE' },
    keys: ['hydro_id', 'volume_hm3'],
    stages: 'none',
    ranges: { volume_hm3: NOT_NEGATIVE, height_m: NOT_NEGATIVE, area_km2: NOT_NEGATIVE },
  },
  planes: {
    file: 'system/fpha_hyperplanes.parquet',
    about:
      'A plane of a production function: generation is at most kappa gamma_0 + gamma_v v + gamma_q q + gamma_s s, with v the mean storage of the stage (of the block, where blocks are chronological), q the turbined and s the spilled flow.',
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
    meanings: {
      stage_id: 'Stage that the plane is of, by its id in stages.json; no value: all stages.',
    },
  },
  inflowHistory: {
    file: 'scenarios/inflow_history.parquet',
    about: 'The inflow that was observed in a period.',
    columns: { hydro_id: 'INT32', date: 'DATE', value_m3s: 'DOUBLE' },
    keys: ['hydro_id', 'date'],
    stages: 'none',
    ranges: {},
    meanings: {
      value_m3s: 'Inflow observed, the mean of the period [m3/s].',
    },
  },
  inflowStats: {
    file: 'scenarios/inflow_seasonal_stats.parquet',
    about:
      'Mean and standard deviation of the inflow at a stage. Without the table they are estimated from inflow_history.parquet.',
    columns: { hydro_id: 'INT32', stage_id: 'INT32', mean_m3s: 'DOUBLE', std_m3s: 'DOUBLE' },
    keys: byStage('hydro_id'),
    stages: 'past',
    ranges: { std_m3s: DEVIATION },
  },
  coefficients: {
    file: 'scenarios/inflow_ar_coefficients.parquet',
    about:
      'A coefficient of an inflow model. Without the table they are estimated from inflow_history.parquet, if it is there.',
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
    about: 'The annual component of an inflow model: what the mean inflow of the last twelve periods adds.',
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
    about: 'The inflow of a scenario of your own, for passes whose scheme of inflow is external.',
    columns: { stage_id: 'INT32', scenario_id: 'INT32', hydro_id: 'INT32', value_m3s: 'DOUBLE' },
    keys: ['stage_id', 'scenario_id', 'hydro_id'],
    stages: 'any',
    ranges: { scenario_id: NOT_NEGATIVE },
    meanings: {
      value_m3s: 'Inflow [m3/s].',
    },
  },
  externalLoad: {
    file: 'scenarios/external_load_scenarios.parquet',
    about: 'The load of a scenario of your own, for passes whose scheme of load is external.',
    columns: { stage_id: 'INT32', scenario_id: 'INT32', bus_id: 'INT32', value_mw: 'DOUBLE' },
    keys: ['stage_id', 'scenario_id', 'bus_id'],
    stages: 'any',
    ranges: { scenario_id: NOT_NEGATIVE },
  },
  externalAvailability: {
    file: 'scenarios/external_ncs_scenarios.parquet',
    about: 'The availability of a scenario of your own, for passes whose scheme of ncs is external.',
    columns: { stage_id: 'INT32', scenario_id: 'INT32', ncs_id: 'INT32', value: 'DOUBLE' },
    keys: ['stage_id', 'scenario_id', 'ncs_id'],
    stages: 'any',
    ranges: { scenario_id: NOT_NEGATIVE },
    meanings: {
      value: 'Availability, a share of max_generation_mw; it counts between 0 and 1.',
    },
  },
  loadStats: {
    file: 'scenarios/load_seasonal_stats.parquet',
    about: 'Mean and standard deviation of the load at a stage. It is random where the deviation is above 0.',
    columns: { bus_id: 'INT32', stage_id: 'INT32', mean_mw: 'DOUBLE', std_mw: 'DOUBLE' },
    keys: byStage('bus_id'),
    stages: 'all',
    ranges: { std_mw: DEVIATION },
  },
  sourceStats: {
    file: 'scenarios/non_controllable_stats.parquet',
    about: 'Mean and standard deviation of the availability of a source at a stage. It counts between 0 and 1.',
    columns: { ncs_id: 'INT32', stage_id: 'INT32', mean: 'DOUBLE', std: 'DOUBLE' },
    keys: byStage('ncs_id'),
    stages: 'all',
    ranges: { mean: { min: 0, max: 1 }, std: DEVIATION },
  },
  noiseOpenings: {
    file: 'scenarios/noise_openings.parquet',
    about:
      'A number of an opening, instead of those that would be drawn: every stage has num_scenarios openings of one number for each entity.',
    columns: { stage_id: 'INT32', opening_index: 'UINT32', entity_index: 'UINT32', value: 'DOUBLE' },
    keys: [],
    stages: 'none',
    ranges: {},
    meanings: {
      stage_id: 'Stage, by its position from 0 or by its id in stages.json: one way for all rows.',
      value:
        'Noise, standardised: 0 is the mean, 1 a standard deviation above it. It is taken as it is: correlation.json is not applied to it.',
    },
  },
  thermalBounds: {
    file: 'constraints/thermal_bounds.parquet',
    about: 'Bounds and cost of a thermal plant at a stage, instead of those in thermals.json.',
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
    meanings: {
      block_id: 'Reserved by the format: a row with a value has no effect.',
    },
  },
  hydroBounds: {
    file: 'constraints/hydro_bounds.parquet',
    about: 'Bounds of a hydro plant at a stage, instead of those in hydros.json.',
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
    about: 'Capacity of a line at a stage, instead of that in lines.json.',
    columns: { line_id: 'INT32', stage_id: 'INT32', direct_mw: 'DOUBLE?', reverse_mw: 'DOUBLE?' },
    keys: byStage('line_id'),
    stages: 'any',
    ranges: { direct_mw: NOT_NEGATIVE, reverse_mw: NOT_NEGATIVE },
  },
  pumpBounds: {
    file: 'constraints/pumping_bounds.parquet',
    about: 'Bounds of a pumping station at a stage, instead of those in pumping_stations.json.',
    columns: { station_id: 'INT32', stage_id: 'INT32', min_m3s: 'DOUBLE?', max_m3s: 'DOUBLE?' },
    keys: byStage('station_id'),
    stages: 'any',
    ranges: { min_m3s: NOT_NEGATIVE, max_m3s: NOT_NEGATIVE },
  },
  contractBounds: {
    file: 'constraints/contract_bounds.parquet',
    about: 'Bounds and price of a contract at a stage, instead of those in energy_contracts.json.',
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
    about:
      'What a non-controllable source has available at a stage, instead of its max_generation_mw in non_controllable_sources.json.',
    columns: { ncs_id: 'INT32', stage_id: 'INT32', available_generation_mw: 'DOUBLE' },
    keys: byStage('ncs_id'),
    stages: 'study',
    ranges: { available_generation_mw: NOT_NEGATIVE },
  },
  genericBounds: {
    file: 'constraints/generic_constraint_bounds.parquet',
    about: 'The right side of a generic constraint, which holds at the stages and blocks that have one.',
    columns: { constraint_id: 'INT32', stage_id: 'INT32', block_id: 'INT32?', bound: 'DOUBLE' },
    keys: ['constraint_id', 'stage_id', 'block_id'],
    stages: 'any',
    ranges: {},
    meanings: {
      block_id: 'Block that the bound is of; no value: all blocks of the stage.',
      bound: 'Right side, in the unit of the expression.',
    },
  },
  busPenalties: {
    file: 'constraints/penalty_overrides_bus.parquet',
    about: 'Penalties of a bus at a stage.',
    columns: { bus_id: 'INT32', stage_id: 'INT32', excess_cost: 'DOUBLE?' },
    keys: byStage('bus_id'),
    stages: 'any',
    ranges: { excess_cost: POSITIVE },
  },
  linePenalties: {
    file: 'constraints/penalty_overrides_line.parquet',
    about: 'Penalties of a line at a stage.',
    columns: { line_id: 'INT32', stage_id: 'INT32', exchange_cost: 'DOUBLE?' },
    keys: byStage('line_id'),
    stages: 'any',
    ranges: { exchange_cost: POSITIVE },
  },
  hydroPenalties: {
    file: 'constraints/penalty_overrides_hydro.parquet',
    about: 'Penalties of a hydro plant at a stage.',
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
    about: 'Penalties of a non-controllable source at a stage.',
    columns: { source_id: 'INT32', stage_id: 'INT32', curtailment_cost: 'DOUBLE?' },
    keys: byStage('source_id'),
    stages: 'any',
    ranges: { curtailment_cost: POSITIVE },
    meanings: {
      source_id: 'Source, by its id in system/non_controllable_sources.json.',
    },
  },
} as const satisfies Readonly<Record<string, TableSpec>>;

export type TableName = keyof typeof CASE_TABLES;
