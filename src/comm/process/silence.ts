/** How long a rank may be silent before it is taken for lost, in ticks of its parent (`everyTick`). */
export interface Patience {
  /** Between two ticks of the parent, and between two signs of life of a rank [ms]. */
  readonly tickMs: number;
  readonly silentTicks: number;
  /** Until the first sign of life: many processes that start at once on few cores take their time. */
  readonly firstWordTicks: number;
}

/** What `runRanks` has; only tests have another. */
export const PATIENCE: Patience = { tickMs: 1_000, silentTicks: 15, firstWordTicks: 120 };

const MS_PER_S = 1_000;

/** Counts the ticks in which nothing came from a rank. */
export class SilenceCount {
  readonly #patience: Patience;
  #ticks = 0;
  #hasSpoken = false;

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  heard(): void {
    this.#ticks = 0;
    this.#hasSpoken = true;
  }

  /** @returns what is to be said of a rank that has been silent for too long, else `null`. */
  tick(): string | null {
    const { tickMs, silentTicks, firstWordTicks } = this.#patience;
    const limit = this.#hasSpoken ? silentTicks : firstWordTicks;
    if (++this.#ticks < limit) return null;
    const seconds = (limit * tickMs) / MS_PER_S;
    return this.#hasSpoken ? `has not answered for ${seconds} s` : `has not begun within ${seconds} s`;
  }
}
