import { CobreError, WorkerError } from '../../errors.js';
import { CommError } from '../errors.js';
import type { PoisonCause } from './poison.js';

/** How a rank ended. */
export type Outcome =
  | { readonly type: 'running' }
  | { readonly type: 'returned'; readonly value: unknown }
  | { readonly type: 'failed'; readonly error: Error }
  /** The module could not be loaded as a rank program. */
  | { readonly type: 'refused'; readonly error: Error }
  /** The thread went without a word from its program. `error` is what nobody caught in it, if that ended it. */
  | { readonly type: 'died'; readonly error: Error | null; readonly exitCode: number | null };

/**
 * The values that all ranks returned, or the failure that came first.
 * @param mark Who broke the gang, as the shared memory has it.
 */
export function settle(outcomes: readonly Outcome[], mark: { rank: number; cause: PoisonCause } | null): unknown[] {
  const failures = outcomes.flatMap((outcome, rank) => (outcome.type === 'returned' ? [] : [rank]));
  if (failures.length === 0) return outcomes.map((outcome) => (outcome as { value: unknown }).value);
  const refused = outcomes.find((outcome) => outcome.type === 'refused');
  if (refused?.type === 'refused' && refused.error instanceof CobreError) throw refused.error;
  const rank = mark?.rank ?? failures[0];
  const culprit = outcomes[rank];
  if (mark?.cause === 'late' && isComplaint(culprit, rank)) {
    // It came after all, only to be told that it was late: what it has to say is what the others said of it.
    throw new WorkerError(rank, { message: complaintAbout(rank, outcomes) });
  }
  if (culprit.type === 'failed' || culprit.type === 'refused') throw new WorkerError(rank, { inner: culprit.error });
  if (mark?.cause === 'late') throw new WorkerError(rank, { message: complaintAbout(rank, outcomes) });
  if (culprit.type === 'died') throw new WorkerError(rank, { exitCode: culprit.exitCode, inner: culprit.error });
  throw new WorkerError(rank, { message: 'did not come to an end' });
}

/** What another rank said about the one that it waited for in vain. */
function complaintAbout(rank: number, outcomes: readonly Outcome[]): string {
  for (const [other, outcome] of outcomes.entries()) {
    if (other !== rank && outcome.type === 'failed' && isComplaint(outcome, rank)) return outcome.error.message;
  }
  return 'did not arrive in time';
}

/** Whether a rank failed in a collective for want of the given one. */
function isComplaint(outcome: Outcome, rank: number): boolean {
  if (outcome.type !== 'failed' || !(outcome.error instanceof CommError)) return false;
  const { details } = outcome.error;
  return details.commKind === 'CollectiveFailed' && details.failedRank === rank;
}
