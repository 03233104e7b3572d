import { type CommError, collectiveFailed } from '../errors.js';
import { GATE_WORD, POISON_WORD } from './control-region.js';
import { type Parking, threadParking } from './parking.js';

/** Why the ranks of a gang cannot go on. */
export type PoisonCause = 'threw' | 'ended' | 'late' | 'cancelled' | 'miscounted';

const CAUSES: readonly PoisonCause[] = ['threw', 'ended', 'late', 'cancelled', 'miscounted'];
const CAUSE_SHIFT = 24;
const RANK_MASK = (1 << CAUSE_SHIFT) - 1;

const SENTENCES: Readonly<Record<PoisonCause, string>> = {
  threw: 'threw an error',
  ended: 'has ended',
  late: 'did not arrive in time',
  cancelled: 'was cancelled',
  miscounted: 'was started for another number of ranks',
};

/**
 * Marks the gang as broken by `rank` and wakes every parked rank. Only the first call counts, so that the mark
 * names the failure that came first. Whoever has the memory may call it.
 */
export function poison(words: Int32Array, rank: number, cause: PoisonCause, parking: Parking = threadParking): boolean {
  const mark = ((CAUSES.indexOf(cause) + 1) << CAUSE_SHIFT) | rank;
  const first = Atomics.compareExchange(words, POISON_WORD, 0, mark) === 0;
  wakeAll(words, parking);
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
  return collectiveFailed(operation, poisonSentence(mark), mark.rank);
}

export function poisonSentence({ rank, cause }: { rank: number; cause: PoisonCause }): string {
  return `rank ${rank} ${SENTENCES[cause]}`;
}

/**
 * Lets every parked rank look again. The gate changes before the wake-up is sent: a rank about to park compares
 * the gate with what it read before it last looked, and the comparison and going to sleep are one step
 * (`Atomics.wait` or a futex), so it either sees the change or is woken.
 */
export function wakeAll(words: Int32Array, parking: Parking = threadParking): void {
  Atomics.add(words, GATE_WORD, 1);
  parking.wake(words, GATE_WORD);
}
