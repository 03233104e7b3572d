import type { HighsRuntime, Pointer } from './highs-runtime.js';

/** Options of HiGHS by name, as its option table types them. */
export interface SolverOptions {
  readonly booleans?: Readonly<Record<string, boolean>>;
  readonly integers?: Readonly<Record<string, number>>;
  readonly doubles?: Readonly<Record<string, number>>;
  readonly strings?: Readonly<Record<string, string>>;
}

/**
 * A solve that runs longer than this has lost its way (a stage problem takes tens to thousands). A count, not a
 * clock: when it strikes must not depend on the machine.
 */
const ITERATION_LIMIT = 100_000;
const PATIENT_ITERATION_LIMIT = 2_000_000;

const DEVEX = 1;
const DUAL_SIMPLEX = 1;
const PRIMAL_SIMPLEX = 4;
const SCALING_OFF = 0;
const SCALING_MAX_VALUE = 4;

/**
 * How every stage problem is solved first. No presolve (the model is small and warm) and no scaling: scale factors
 * would depend on the order in which cuts came, and so would the bits. Dual simplex: cuts and right-hand sides change,
 * which leaves the last basis dual feasible. Devex pricing: exact steepest edge weights would be computed anew from
 * every stored basis, at the price of a solve per row. No cost perturbation: warm solves take a handful of pivots,
 * and undoing a perturbation takes as many again; the escalation brings it back should a problem stall.
 */
export const STANDARD_OPTIONS: SolverOptions = {
  booleans: { output_flag: false },
  integers: {
    threads: 1,
    random_seed: 0,
    simplex_strategy: DUAL_SIMPLEX,
    simplex_dual_edge_weight_strategy: DEVEX,
    simplex_scale_strategy: SCALING_OFF,
    simplex_iteration_limit: ITERATION_LIMIT,
  },
  doubles: {
    primal_feasibility_tolerance: 1e-7,
    dual_feasibility_tolerance: 1e-7,
    small_matrix_value: 1e-12,
    dual_simplex_cost_perturbation_multiplier: 0,
  },
  strings: { solver: 'simplex', presolve: 'off', parallel: 'off' },
};

/** What is tried, in this order, when that does not end in an optimum. Each inherits what it does not name. */
export const ESCALATION: readonly SolverOptions[] = [
  // From scratch instead of from the stored basis, with the solver's own guard against stalling.
  {
    integers: { simplex_iteration_limit: PATIENT_ITERATION_LIMIT },
    doubles: { dual_simplex_cost_perturbation_multiplier: 1 },
  },
  { integers: { simplex_scale_strategy: SCALING_MAX_VALUE }, strings: { presolve: 'on' } },
  { integers: { simplex_strategy: PRIMAL_SIMPLEX } },
  { integers: { simplex_strategy: DUAL_SIMPLEX }, strings: { solver: 'ipm', run_crossover: 'on' } },
  {
    doubles: { primal_feasibility_tolerance: 1e-6, dual_feasibility_tolerance: 1e-6 },
    strings: { solver: 'simplex' },
  },
];

export function applySolverOptions(runtime: HighsRuntime, highs: Pointer, options: SolverOptions): void {
  const { fn } = runtime;
  for (const [name, value] of Object.entries(options.booleans ?? {})) {
    fn._Highs_setBoolOptionValue(highs, runtime.name(name), value ? 1 : 0);
  }
  for (const [name, value] of Object.entries(options.integers ?? {})) {
    fn._Highs_setIntOptionValue(highs, runtime.name(name), value);
  }
  for (const [name, value] of Object.entries(options.doubles ?? {})) {
    fn._Highs_setDoubleOptionValue(highs, runtime.name(name), value);
  }
  for (const [name, value] of Object.entries(options.strings ?? {})) {
    fn._Highs_setStringOptionValue(highs, runtime.name(name), runtime.name(value));
  }
}
