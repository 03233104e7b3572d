/** How ranks sleep in the memory that they share, and how one finds out that another will never wake it. */
export interface Parking {
  /** Sleeps until woken, at most `ms`, unless `words[index]` is not `expected`. May return for nothing. */
  sleep(words: Int32Array, index: number, expected: number, ms: number): void;
  /** Wakes all that sleep there. Does not itself change the word. */
  wake(words: Int32Array, index: number): void;
  /** A sleeper looks this often [ms] for ranks that have ended; never where somebody else watches them. */
  readonly watchMs: number;
  /** True when the rank is gone, however it went. */
  hasEnded(rank: number): boolean;
}

/** Ranks that are threads. The one who started them sees them end and says so (`poison`). */
export const threadParking: Parking = {
  sleep: (words, index, expected, ms) => void Atomics.wait(words, index, expected, ms),
  wake: (words, index) => void Atomics.notify(words, index),
  watchMs: Number.POSITIVE_INFINITY,
  hasEnded: () => false,
};
