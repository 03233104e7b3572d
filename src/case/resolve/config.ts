import type { ConfigFile } from '../schema/config.js';
import type {
  CutSelection,
  CutSettings,
  ScenarioSource,
  StoppingRule,
  StudyConfig,
  UpperBoundSettings,
} from '../study.js';
import type { Report } from '../validate/report.js';

/** Seed of the opening tree where the case names none. */
const DEFAULT_SEED = 42;

/** Iterations from one checkpoint to the next where the case does not say. */
const CHECKPOINT_INTERVAL = 10;

/** Iterations from one upper bound by inner approximation to the next where the case does not say. */
const UPPER_BOUND_INTERVAL = 10;

/** Iterations from one selection of cuts to the next where the case does not say. */
const CHECK_FREQUENCY = 5;

/** Run settings with every default resolved. */
export function buildConfig(file: ConfigFile, report: Report): StudyConfig {
  const { training, simulation, modeling, policy, exports } = file;
  const { checkpointing } = policy;
  const interval = checkpointing.interval_iterations ?? CHECKPOINT_INTERVAL;
  const seedOf = (field: string, seed: number | null | undefined, otherwise: number): number => {
    if (typeof seed !== 'number') return otherwise;
    if (seed < 0) {
      report.warn('OutOfRange', `${field} is ${seed}; its absolute value is used`, {
        file: 'config.json',
        field,
        value: seed,
        suggestion: `Write ${-seed}.`,
      });
    }
    return Math.abs(seed);
  };
  for (const detail of ['forward_detail', 'backward_detail'] as const) {
    if (!exports[detail]) continue;
    report.warn('IncompatibleSettings', `exports.${detail} has no effect: the format has no file for it`, {
      file: 'config.json',
      field: `exports.${detail}`,
      value: true,
      suggestion: 'Set it to false.',
    });
  }
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
      cuts: buildCuts(training),
      upperBound: buildUpperBound(file),
      treeSeed,
      forwardSeed,
      source: trainingSource,
    },
    simulation: {
      enabled: simulation.enabled,
      scenarios: simulation.num_scenarios,
      policyType: simulation.policy_type,
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
      vertices: exports.vertices,
      simulation: exports.simulation,
      stochastic: exports.stochastic,
      states: exports.states,
      forwardDetail: exports.forward_detail,
      backwardDetail: exports.backward_detail,
      compression: exports.compression ?? null,
    },
  };
}

/** The iteration after which there is the first upper bound. */
export function firstUpperBound(section: ConfigFile['upper_bound_evaluation']): number {
  return section.initial_iteration ?? section.interval_iterations ?? UPPER_BOUND_INTERVAL;
}

function buildUpperBound({ upper_bound_evaluation }: ConfigFile): UpperBoundSettings | null {
  const { enabled, interval_iterations, lipschitz } = upper_bound_evaluation;
  if (!enabled) return null;
  return {
    initialIteration: firstUpperBound(upper_bound_evaluation),
    interval: interval_iterations ?? UPPER_BOUND_INTERVAL,
    scaleFactor: lipschitz.scale_factor ?? 1,
    fallbackLipschitz: lipschitz.fallback_value ?? null,
  };
}

function buildCuts({ cut_formulation, cut_selection }: ConfigFile['training']): CutSettings {
  return {
    formulation: cut_formulation ?? 'single',
    selection: cut_selection.enabled ? buildSelection(cut_selection) : null,
    activityTolerance: cut_selection.cut_activity_tolerance ?? 0,
    maxActivePerStage: cut_selection.max_active_per_stage ?? null,
  };
}

/** The general `threshold` stands in where a method's own field is not given, as the format has it. */
function buildSelection(file: ConfigFile['training']['cut_selection']): CutSelection {
  const checkFrequency = file.check_frequency ?? CHECK_FREQUENCY;
  const threshold = file.threshold ?? 0;
  switch (file.method) {
    case 'level1':
      return { method: 'level1', checkFrequency, threshold };
    case 'lml1':
      return { method: 'lml1', checkFrequency, memoryWindow: file.memory_window ?? threshold };
    case 'domination':
      return { method: 'domination', checkFrequency, epsilon: file.domination_epsilon ?? threshold };
    default:
      throw new Error('a cut selection without a method has passed validation');
  }
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
      return {
        type: rule.type,
        replications: rule.replications,
        period: rule.period,
        boundWindow: rule.bound_window,
        distanceTolerance: rule.distance_tol,
        boundTolerance: rule.bound_tol,
      };
  }
}
