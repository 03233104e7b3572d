import { type CommError, collectiveFailed } from '../errors.js';
import { GATE_WORD, POISON_WORD } from './control-region.js';

/** Why the ranks of a gang cannot go on. */
export type PoisonCause = 'threw' | 'ended' | 'late' | 'cancelled';

const CAUSES: readonly PoisonCause[] = ['threw', 'ended', 'late', 'cancelled'];
const CAUSE_SHIFT = 24;
const RANK_MASK = (1 << CAUSE_SHIFT) - 1;

const SENTENCES: Readonly<Record<PoisonCause, string>> = {
  threw: 'threw an error',
  ended: 'has ended',
  late: 'did not arrive in time',
  cancelled: 'was cancelled',
};

/**
 * Marks the gang as broken by `rank` and wakes every parked rank. Only the first call counts, so that the mark
 * names the failure that came first. Any thread that has the memory may call it.
 */
export function poison(words: Int32Array, rank: number, cause: PoisonCause): boolean {
  const mark = ((CAUSES.indexOf(cause) + 1) << CAUSE_SHIFT) | rank;
  const first = Atomics.compareExchange(words, POISON_WORD, 0, mark) === 0;
  wakeAll(words);
  return first;
}

/** Who broke the gang and how, or `null` while it is whole. */
export function readPoison(words: Int32Array): { rank: number; cause: PoisonCause } | null {
  const mark = Atomics.load(words, POISON_WORD);
  return mark === 0 ? null : { rank: mark & RANK_MASK, cause: CAUSES[(mark >> CAUSE_SHIFT) - 1] };
}

/** The error that a rank waiting in `operation` gets once the gang is broken. */
export function poisonError(words: Int32Array, operation: string): CommError {
  const mark = readPoison(words);
  if (mark === null) return collectiveFailed(operation, 'unknown failure');
  return collectiveFailed(operation, `rank ${mark.rank} ${SENTENCES[mark.cause]}`, mark.rank);
}

/**
 * Lets every parked rank look again. The gate changes before the wake-up is sent: a rank about to park compares
 * the gate with what it read before it last looked, and the comparison and going to sleep are one step
 * (`Atomics.wait`), so it either sees the change or is woken.
 */
export function wakeAll(words: Int32Array): void {
  Atomics.add(words, GATE_WORD, 1);
  Atomics.notify(words, GATE_WORD);
}
