import { CobreError, WorkerError } from '../../errors.js';
import { CommError } from '../errors.js';

/** How a rank's process told that it ended, if it did. */
export type Word =
  | { readonly type: 'none' }
  /** Nothing came from it for too long, so the parent ended it; `at` is when. */
  | { readonly type: 'lost'; readonly why: string; readonly at: bigint }
  | { readonly type: 'returned'; readonly value: unknown }
  | { readonly type: 'failed' | 'refused'; readonly error: Error; readonly at: bigint };

/** How a rank's process ended. */
export interface ProcessOutcome {
  readonly word: Word;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** When the parent saw its end, on the clock of `Word.at` [ns]. */
  readonly endedAt: bigint;
  /** The parent ended it: neither exit code nor signal says anything about the rank. */
  readonly endedByParent: boolean;
}

/** The values that all ranks returned, or the failure that came first. */
export function settleProcesses(outcomes: readonly ProcessOutcome[]): unknown[] {
  if (outcomes.every(({ word }) => word.type === 'returned')) {
    return outcomes.map(({ word }) => (word as { value: unknown }).value);
  }
  const rank = firstFailure(outcomes);
  const { word, exitCode, signal, endedByParent } = outcomes[rank];
  if (word.type === 'lost') throw new WorkerError(rank, { message: word.why });
  // Nothing has run: it is the call that failed, not a rank.
  if (word.type === 'refused' && word.error instanceof CobreError) throw word.error;
  const end = endedByParent ? {} : { exitCode, signal };
  // It came after all, only to be told that it was late: what it has to say is what the others said of it.
  if (accusedBy(word) === rank) throw new WorkerError(rank, { ...end, message: complaintAbout(rank, outcomes) });
  if (word.type === 'failed' || word.type === 'refused') throw new WorkerError(rank, { ...end, inner: word.error });
  if (!endedByParent) throw new WorkerError(rank, end);
  throw new WorkerError(rank, { message: complaintAbout(rank, outcomes) });
}

/**
 * Ranks fail in numbers: one for a reason of its own, the others because they wait for it. Those say so; so the
 * first among the rest is the one, and if there is none, then the rank that the first complaint is about.
 */
function firstFailure(outcomes: readonly ProcessOutcome[]): number {
  const failed = outcomes.flatMap(({ word }, rank) => (word.type === 'returned' ? [] : [rank]));
  const byTime = (ranks: readonly number[]): number | undefined =>
    [...ranks].sort((a, b) => Number(timeOf(outcomes[a]) - timeOf(outcomes[b])))[0];
  const own = byTime(
    failed.filter(
      (rank) => !isComplaint(outcomes, rank) && !(isSilent(outcomes[rank]) && outcomes[rank].endedByParent),
    ),
  );
  if (own !== undefined) return own;
  const complainant = byTime(failed.filter((rank) => isComplaint(outcomes, rank)));
  if (complainant === undefined) return failed[0];
  const accused = accusedBy(outcomes[complainant].word);
  return accused !== null && failed.includes(accused) && !isComplaint(outcomes, accused) ? accused : complainant;
}

function isSilent({ word }: ProcessOutcome): boolean {
  return word.type === 'none';
}

function timeOf({ word, endedAt }: ProcessOutcome): bigint {
  return 'at' in word ? word.at : endedAt;
}

/** Whether a rank failed in a collective, for want of another. */
function isComplaint(outcomes: readonly ProcessOutcome[], rank: number): boolean {
  const { word } = outcomes[rank];
  if (word.type !== 'failed' || !(word.error instanceof CommError)) return false;
  return word.error.commKind === 'CollectiveFailed' && accusedBy(word) !== rank;
}

function accusedBy(word: Word): number | null {
  if (word.type !== 'failed' || !(word.error instanceof CommError)) return null;
  const { details } = word.error;
  return details.commKind === 'CollectiveFailed' ? details.failedRank : null;
}

/** What another rank said about the one that it waited for in vain. */
function complaintAbout(rank: number, outcomes: readonly ProcessOutcome[]): string {
  for (const [other, { word }] of outcomes.entries()) {
    if (other !== rank && word.type === 'failed' && accusedBy(word) === rank) return word.error.message;
  }
  return 'did not come to an end';
}
