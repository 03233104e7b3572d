/** Readings may be this much shorter than asked for; a longer search for the number of calls would not pay. */
const SHORTEST = 0.5;
/** The first calls, not compiled yet, say little about later ones. */
const LARGEST_STEP = 8;

/**
 * How many calls make a reading of about `sampleMs`, after one of `calls` calls took `elapsedMs`; `calls` itself when that
 * was about right. One rank decides for all: they must make the same number of calls.
 */
export function nextCalls(calls: number, elapsedMs: number, sampleMs: number): number {
  if (elapsedMs >= SHORTEST * sampleMs) return calls;
  return Math.ceil(calls * Math.min(LARGEST_STEP, (1.1 * sampleMs) / elapsedMs));
}
