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
  if (culprit.type === 'failed' || culprit.type === 'refused') throw new WorkerError(rank, { inner: culprit.error });
  if (mark?.cause === 'late') throw new WorkerError(rank, { message: complaintAbout(rank, outcomes) });
  if (culprit.type === 'died') throw new WorkerError(rank, { exitCode: culprit.exitCode, inner: culprit.error });
  throw new WorkerError(rank, { message: 'did not come to an end' });
}

/** What another rank said about the one that it waited for in vain. */
function complaintAbout(rank: number, outcomes: readonly Outcome[]): string {
  for (const outcome of outcomes) {
    if (outcome.type !== 'failed' || !(outcome.error instanceof CommError)) continue;
    const { details, message } = outcome.error;
    if (details.commKind === 'CollectiveFailed' && details.failedRank === rank) return message;
  }
  return 'did not arrive in time';
}
