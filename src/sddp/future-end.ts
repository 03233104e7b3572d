import type { Cvar, Study } from '../case/study.js';
import type { PolicyData, StageCuts } from './outcome.js';

/**
 * What comes after the last stage of a finite horizon: the cost-to-go that another policy has there. Its cuts are those of
 * the last stage, of which no training makes any.
 */
export interface FutureEnd {
  /** The least that it can be [$]. */
  readonly floor: number;
  /** Openings that its cuts are split by, and the measure that makes one cost of theirs; 0 where they are not split. */
  readonly openings: number;
  readonly cvar: Cvar | null;
}

type Future = Pick<PolicyData, 'cuts' | 'splitFuture' | 'futureFloors'>;

/** The cost-to-go after a stage of a policy, without its cuts. */
export function futureAfter({ splitFuture, futureFloors }: Future, stage: number): FutureEnd {
  return {
    floor: futureFloors?.[stage] ?? 0,
    openings: splitFuture?.openings[stage] ?? 0,
    cvar: splitFuture?.cvar[stage] ?? null,
  };
}

/** What a policy of `study` takes for the cost after the last stage; `null`: nothing. */
export function endOf(policy: Future, { cycleStart }: Pick<Study, 'cycleStart'>): FutureEnd | null {
  const last = policy.cuts.length - 1;
  return cycleStart === null && policy.cuts[last]?.count > 0 ? futureAfter(policy, last) : null;
}

/** Whether costs-to-go before the end are split by openings. */
export function isSplit({ splitFuture, cuts }: Future, end: FutureEnd | null): boolean {
  const last = cuts.length - 1;
  return splitFuture?.openings.some((n, t) => n > 0 && (end === null || t !== last)) ?? false;
}

/** By state variable: how steep the steepest cut is [$ a unit]. */
export function steepest({ count, gradient }: Pick<StageCuts, 'count' | 'gradient'>, states: number): Float64Array {
  const most = new Float64Array(states);
  for (let i = 0; i < count * states; i++) most[i % states] = Math.max(most[i % states], Math.abs(gradient[i]));
  return most;
}
