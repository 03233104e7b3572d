import { z } from 'zod';
import { $schema, count, index, nonNegative, positive, unsupportedUnless } from './primitives.js';

const DEFAULT_SIMULATION_SCENARIOS = 2000;
/** Price of made-up inflow where neither plant nor `penalties.json` gives one [$/(m3/s h)]. */
const DEFAULT_INFLOW_PENALTY = 1000;

const seed = z.int().nullish();

const samplingScheme = z.enum(['in_sample', 'out_of_sample', 'external', 'historical']);
const year = z.int().min(1).max(9999);
const classSource = z.strictObject({ scheme: samplingScheme }).nullish();

const scenarioSource = z
  .strictObject({
    seed,
    // Years one by one, or the first and the last of a range.
    historical_years: z.union([z.array(year).min(1), z.strictObject({ from: year, to: year })]).nullish(),
    inflow: classSource,
    load: classSource,
    ncs: classSource,
  })
  .nullish();

const simulationRule = z.strictObject({
  type: z.literal('simulation'),
  replications: count,
  period: count,
  bound_window: count,
  distance_tol: nonNegative,
  bound_tol: nonNegative,
});

const stoppingRule = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('iteration_limit'), limit: count }),
  z.strictObject({ type: z.literal('time_limit'), seconds: positive }),
  z.strictObject({ type: z.literal('bound_stalling'), iterations: count, tolerance: nonNegative }),
  simulationRule,
]);

const cutSelection = z
  .strictObject({
    enabled: z.boolean().nullish(),
    // These have no effect while cut selection is off; the last but one serves the limit as well.
    method: z.enum(['level1', 'lml1', 'domination']).nullish(),
    threshold: index.nullish(),
    memory_window: index.nullish(),
    domination_epsilon: nonNegative.nullish(),
    check_frequency: count.nullish(),
    cut_activity_tolerance: nonNegative.nullish(),
    // Steers only how a basis is rebuilt for a warm start.
    basis_activity_window: index.min(1).max(31).nullish(),
    max_active_per_stage: count.nullish(),
  })
  .prefault({});

const training = z.strictObject({
  enabled: z.boolean().default(true),
  tree_seed: seed,
  forward_passes: count,
  stopping_rules: z.array(stoppingRule).min(1),
  stopping_mode: z.enum(['any', 'all']).default('any'),
  cut_formulation: z.enum(['single', 'multi']).nullish(),
  forward_pass: z
    .strictObject({
      type: unsupportedUnless(
        z.string(),
        (type) => type === 'default',
        'a forward pass other than default',
        'Use the forward pass type default.',
      ),
    })
    .nullish(),
  cut_selection: cutSelection,
  // How stubbornly an unsolved program is tried again does not change the solution of one that is solved.
  solver: z
    .strictObject({ retry_max_attempts: index.default(5), retry_time_budget_seconds: nonNegative.default(30) })
    .prefault({}),
  scenario_source: scenarioSource,
});

const simulation = z
  .strictObject({
    enabled: z.boolean().default(false),
    num_scenarios: index.default(DEFAULT_SIMULATION_SCENARIOS),
    policy_type: z.enum(['outer', 'inner']).default('outer'),
    output_path: z.string().min(1).nullish(),
    // When results are written does not change what is written.
    output_mode: z.enum(['streaming', 'batched']).nullish(),
    io_channel_capacity: index.default(64),
    scenario_source: scenarioSource,
  })
  .prefault({});

const modeling = z
  .strictObject({
    inflow_non_negativity: z
      .strictObject({
        method: z.enum(['none', 'penalty', 'truncation', 'truncation_with_penalty']).default('penalty'),
        penalty_cost: nonNegative.default(DEFAULT_INFLOW_PENALTY),
      })
      .prefault({}),
  })
  .prefault({});

const policy = z
  .strictObject({
    // Where a stored policy is read. What a run writes goes to its output directory.
    path: z.string().min(1).default('./policy'),
    mode: z.enum(['fresh', 'warm_start', 'resume']).default('fresh'),
    validate_compatibility: z.boolean().default(true),
    // The policy whose cost-to-go at a stage is that of the end of this study.
    boundary: z.strictObject({ path: z.string().min(1), source_stage: index }).nullish(),
    checkpointing: z
      .strictObject({
        enabled: z.boolean().nullish(),
        initial_iteration: count.nullish(),
        interval_iterations: count.nullish(),
        // Without its bases a training could not be resumed to the same bits: they are always stored.
        store_basis: z.boolean().nullish(),
        compress: z.boolean().nullish(),
      })
      .prefault({}),
  })
  .prefault({});

const exports = z
  .strictObject({
    training: z.boolean().default(true),
    cuts: z.boolean().default(true),
    simulation: z.boolean().default(true),
    stochastic: z.boolean().default(false),
    states: z.boolean().default(false),
    vertices: z.boolean().default(true),
    forward_detail: z.boolean().default(false),
    backward_detail: z.boolean().default(false),
    compression: z.enum(['zstd', 'lz4', 'none']).nullish(),
  })
  .prefault({});

const estimation = z.strictObject({
  max_order: index.default(6),
  order_selection: z.enum(['pacf', 'pacf_annual', 'fixed']).default('pacf'),
  min_observations_per_season: index.default(30),
  max_coefficient_magnitude: nonNegative.nullish(),
});

/** How inflow models are estimated where the case does not say. */
export const DEFAULT_ESTIMATION = estimation.parse({});

export const configSchema = z.strictObject({
  $schema,
  training,
  simulation,
  modeling,
  policy,
  exports,
  // Steers the estimation from inflow_history.parquet.
  estimation: estimation.optional(),
  upper_bound_evaluation: z
    .strictObject({
      enabled: z.boolean().nullish(),
      // These have no effect while the evaluation is off.
      initial_iteration: count.nullish(),
      interval_iterations: count.nullish(),
      lipschitz: z
        .strictObject({
          mode: z.enum(['auto']).nullish(),
          fallback_value: nonNegative.nullish(),
          scale_factor: positive.nullish(),
        })
        .prefault({}),
    })
    .prefault({}),
});

export type ConfigFile = z.output<typeof configSchema>;
