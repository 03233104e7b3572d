import { confidenceHalfWidth } from './bound-verdict.js';
import type { RunSummary } from './summary.js';

/** What a training's bounds are in the JSON of `run` and `summary`; `null` is what cannot be told. */
export function boundsData(training: NonNullable<RunSummary['training']>): Readonly<Record<string, unknown>> {
  return {
    final_lower_bound: training.lowerBound,
    final_upper_bound: training.upperBound,
    final_upper_bound_std_error: training.upperBoundStdError,
    final_gap: training.gap,
    deterministic_upper_bound: training.deterministicUpperBound,
    risk_averse: training.riskAverse,
    cyclic: training.cyclic,
    compares_with_bound: training.comparesWithBound,
    lower_bound_doubts: training.lowerBoundDoubts,
    final_cost_to_go: training.costToGo,
  };
}

/** A simulation's costs in the JSON of `run` and `summary`. */
export function costsData(simulation: NonNullable<RunSummary['simulation']>): Readonly<Record<string, unknown>> {
  const { scenarios, meanCost, stdCost } = simulation;
  return {
    scenarios,
    mean_cost: meanCost,
    mean_cost_to_go: simulation.costToGo,
    std_cost: stdCost,
    ci_95: stdCost === null ? null : confidenceHalfWidth(stdCost, scenarios),
    compares_with_bound: simulation.comparesWithBound ?? true,
  };
}
