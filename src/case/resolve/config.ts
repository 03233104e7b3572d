import type { ConfigFile } from '../schema/config.js';
import type { ScenarioSource, StoppingRule, StudyConfig } from '../study.js';

/** Seed of the opening tree where the case names none. */
export const DEFAULT_SEED = 42;

/** Iterations from one checkpoint to the next where the case does not say. */
const CHECKPOINT_INTERVAL = 10;

/** Run settings with every default resolved. */
export function buildConfig(file: ConfigFile, warn: (file: string, message: string) => void): StudyConfig {
  const { training, simulation, modeling, policy, exports } = file;
  const { checkpointing } = policy;
  const interval = checkpointing.interval_iterations ?? CHECKPOINT_INTERVAL;
  const seedOf = (field: string, seed: number | null | undefined, otherwise: number): number => {
    if (typeof seed !== 'number') return otherwise;
    if (seed < 0) warn('config.json', `${field} is ${seed}; its absolute value is used`);
    return Math.abs(seed);
  };
  const treeSeed = seedOf('training.tree_seed', training.tree_seed, DEFAULT_SEED);
  const forwardSeed = seedOf('training.scenario_source.seed', training.scenario_source?.seed, treeSeed);
  // A simulation without a source of its own takes the whole source of the training.
  const simulationSeed = simulation.scenario_source
    ? seedOf('simulation.scenario_source.seed', simulation.scenario_source.seed, treeSeed)
    : forwardSeed;
  const trainingSource = buildSource(training.scenario_source);
  const simulationSource = simulation.scenario_source ? buildSource(simulation.scenario_source) : trainingSource;
  return {
    training: {
      enabled: training.enabled,
      forwardPasses: training.forward_passes,
      stoppingRules: training.stopping_rules.map(buildRule),
      stoppingMode: training.stopping_mode,
      treeSeed,
      forwardSeed,
      source: trainingSource,
    },
    simulation: {
      enabled: simulation.enabled,
      scenarios: simulation.num_scenarios,
      seed: simulationSeed,
      source: simulationSource,
      outputPath: simulation.output_path ?? null,
    },
    inflowNonNegativity: modeling.inflow_non_negativity.method,
    policy: {
      path: policy.path,
      mode: policy.mode,
      validateCompatibility: policy.validate_compatibility,
      boundary: policy.boundary ? { path: policy.boundary.path, sourceStage: policy.boundary.source_stage } : null,
      checkpointing: {
        enabled: checkpointing.enabled ?? true,
        firstIteration: checkpointing.initial_iteration ?? interval,
        interval,
        compress: checkpointing.compress ?? false,
      },
    },
    exports: {
      training: exports.training,
      cuts: exports.cuts,
      simulation: exports.simulation,
      stochastic: exports.stochastic,
      forwardDetail: exports.forward_detail,
      backwardDetail: exports.backward_detail,
      compression: exports.compression ?? null,
    },
  };
}

function buildSource(source: ConfigFile['training']['scenario_source']): ScenarioSource {
  return {
    inflow: source?.inflow?.scheme ?? 'in_sample',
    load: source?.load?.scheme ?? 'in_sample',
    sources: source?.ncs?.scheme ?? 'in_sample',
    historicalYears: source?.historical_years ? yearsOf(source.historical_years) : null,
  };
}

/** Years one by one, ascending, each once. */
function yearsOf(years: readonly number[] | { readonly from: number; readonly to: number }): number[] {
  if ('from' in years) return Array.from({ length: years.to - years.from + 1 }, (_, i) => years.from + i);
  return [...new Set(years)].sort((a, b) => a - b);
}

function buildRule(rule: ConfigFile['training']['stopping_rules'][number]): StoppingRule {
  switch (rule.type) {
    case 'iteration_limit':
      return { type: rule.type, limit: rule.limit };
    case 'time_limit':
      return { type: rule.type, seconds: rule.seconds };
    case 'bound_stalling':
      return { type: rule.type, iterations: rule.iterations, tolerance: rule.tolerance };
    case 'simulation':
      throw new Error('the stopping rule simulation has passed validation');
  }
}
