import type { StoppingRule } from '../case/study.js';
import type { TerminationReason } from './outcome.js';

/** What the rules may look at after an iteration. */
export interface Progress {
  /** Completed iterations. */
  readonly iteration: number;
  readonly elapsedSeconds: number;
  /** Lower bounds of iterations 1..iteration, in order [$]. */
  readonly lowerBounds: readonly number[];
}

/** Whether one rule holds. Definitions: the specification's math/stopping-rules.md, sections 2 to 4. */
export function ruleHolds(rule: StoppingRule, progress: Progress): boolean {
  switch (rule.type) {
    case 'iteration_limit':
      return progress.iteration >= rule.limit;
    case 'time_limit':
      return progress.elapsedSeconds >= rule.seconds;
    case 'bound_stalling': {
      const now = progress.lowerBounds[progress.iteration - 1];
      const before = progress.lowerBounds[progress.iteration - 1 - rule.iterations];
      if (now === undefined || before === undefined) return false;
      return Math.abs(now - before) / Math.max(1, Math.abs(now)) < rule.tolerance;
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
  const holding = rules.filter((rule) => ruleHolds(rule, progress));
  if (mode === 'any') return holding[0]?.type ?? null;
  if (holding.length === rules.length) return rules.length === 1 ? rules[0].type : 'all_rules';
  return holding.some((rule) => rule.type === 'iteration_limit') ? 'iteration_limit' : null;
}

/** Most iterations the rules allow, or `null` without such a rule. */
export function iterationLimit(rules: readonly StoppingRule[]): number | null {
  const limits = rules.flatMap((rule) => (rule.type === 'iteration_limit' ? [rule.limit] : []));
  return limits.length > 0 ? Math.min(...limits) : null;
}
