import type { StoppingRule } from '../case/study.js';
import type { TerminationReason } from './outcome.js';

/** What the rules may look at after an iteration. */
interface Progress {
  /** Completed iterations. */
  readonly iteration: number;
  readonly elapsedSeconds: number;
  /** Lower bounds of iterations 1..iteration, in order [$]. */
  readonly lowerBounds: readonly number[];
  /** By rule: the distance that a simulation after this iteration found; `null`, or left out, where there was none. */
  readonly distances?: readonly (number | null)[];
}

/**
 * Whether one rule holds. Definitions: the specification's math/stopping-rules.md, sections 2 to 5.
 * @param index its position among the rules
 */
export function ruleHolds(rule: StoppingRule, progress: Progress, index = 0): boolean {
  switch (rule.type) {
    case 'iteration_limit':
      return progress.iteration >= rule.limit;
    case 'time_limit':
      return progress.elapsedSeconds >= rule.seconds;
    case 'bound_stalling':
      return isBoundStable(progress.lowerBounds, rule.iterations, rule.tolerance);
    case 'simulation': {
      const distance = progress.distances?.[index] ?? null;
      return distance !== null && distance < rule.distanceTolerance;
    }
  }
}

/**
 * Why to stop now, or `null` to go on. `any`: the first rule that holds. `all`: every rule, where the iteration limit
 * stays a limit on its own, since it is the bound on the run's size.
 */
export function shouldStop(
  rules: readonly StoppingRule[],
  mode: 'any' | 'all',
  progress: Progress,
): TerminationReason | null {
  const holding = rules.filter((rule, index) => ruleHolds(rule, progress, index));
  if (mode === 'any') return holding.length === 0 ? null : reasonOf(holding[0]);
  if (holding.length === rules.length) return rules.length === 1 ? reasonOf(rules[0]) : 'all_rules';
  return holding.some((rule) => rule.type === 'iteration_limit') ? 'iteration_limit' : null;
}

function reasonOf({ type }: StoppingRule): TerminationReason {
  return type === 'simulation' ? 'simulation_based' : type;
}

/** Whether the last of the lower bounds is less than `tolerance` (relative) away from that `window` iterations before. */
export function isBoundStable(lowerBounds: readonly number[], window: number, tolerance: number): boolean {
  const now = lowerBounds.at(-1);
  const before = lowerBounds[lowerBounds.length - 1 - window];
  if (now === undefined || before === undefined) return false;
  return Math.abs(now - before) / Math.max(1, Math.abs(now)) < tolerance;
}

/** Most iterations the rules allow, or `null` without such a rule. */
export function iterationLimit(rules: readonly StoppingRule[]): number | null {
  const limits = rules.flatMap((rule) => (rule.type === 'iteration_limit' ? [rule.limit] : []));
  return limits.length > 0 ? Math.min(...limits) : null;
}
