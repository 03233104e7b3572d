import { loadSockets, type Sockets } from './sockets.js';
import type { WaitList } from './wait-list.js';

/** How many looks a rank takes at its sockets before it sleeps between them. A look is a system call or a few. */
const MOST_LOOKS = 64;
const FEWEST_LOOKS = 2;
/** Once spinning has been in vain this often, it is tried at full length again: the machine may be quiet by now. */
const PROBE_INTERVAL = 32;
/** A rank sleeps for this part of the time it has waited so far, so waiting is lengthened by no more than that. */
const SLEEP_SHARE = 1 / 8;
/** The longest sleep [ms]: about 1 % of a core goes into looking. */
const LONGEST_SLEEP_MS = 0.5;
const SHORTEST_SLEEP_MS = 0.01;

/** With native help: how long a rank looks at its sockets without pause [us], and how long it sleeps at most [ms]. */
const MOST_SPIN_US = 200;
const FEWEST_SPIN_US = 3;
const POLL_MS = 5;

const cell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** Sleeps whatever happens. */
export function nap(ms: number): void {
  Atomics.wait(cell, 0, 0, ms);
}

/**
 * How a rank waits for its sockets: it looks again at once for a while, since what it waits for is most often on its
 * way, and then sleeps between looks. Where looking has been in vain, as when ranks outnumber cores, it is shortened.
 */
export class Patience {
  #most = MOST_LOOKS;
  #vain = 0;
  #looks = 0;
  #limit = MOST_LOOKS;
  #since = 0;
  #asleep = false;
  #spin = MOST_SPIN_US;
  readonly #wait: Sockets['wait'];

  constructor(wait = loadSockets().wait) {
    this.#wait = wait;
  }

  /** Something has moved, or waiting begins. */
  reset(): void {
    this.#looks = 0;
    this.#asleep = false;
  }

  /** What was waited for has come. */
  done(): void {
    if (this.#wait === undefined && this.#looks > 0 && this.#looks < this.#limit && this.#most < MOST_LOOKS)
      this.#most *= 2;
    this.reset();
  }

  /**
   * After a look that found nothing: returns when it is time for the next, with how long nothing has moved [ms].
   * @param sockets What is waited for.
   */
  pause(sockets: WaitList): number {
    const looks = ++this.#looks;
    if (this.#wait !== undefined) return this.#poll(sockets, this.#wait);
    if (looks === 1) this.#limit = this.#vain % PROBE_INTERVAL === PROBE_INTERVAL - 1 ? MOST_LOOKS : this.#most;
    if (looks < this.#limit) return 0;
    const now = performance.now();
    if (looks === this.#limit) {
      this.#since = now;
      this.#asleep = true;
      this.#vain++;
      this.#most = Math.max(FEWEST_LOOKS, this.#most / 2);
    }
    const waited = now - this.#since;
    nap(Math.min(LONGEST_SLEEP_MS, Math.max(SHORTEST_SLEEP_MS, waited * SLEEP_SHARE)));
    return waited;
  }

  /** The system knows when something has come, so a sleep ends with that, and need not be short. */
  #poll(sockets: WaitList, wait: NonNullable<Sockets['wait']>): number {
    if (this.#looks === 1) {
      const probe = this.#vain % PROBE_INTERVAL === PROBE_INTERVAL - 1;
      if (sockets.wait(wait, probe ? MOST_SPIN_US : this.#spin, 0)) {
        // A short spin that fails says nothing about a long one: what a probe has found counts in full.
        this.#spin = probe ? MOST_SPIN_US : Math.min(MOST_SPIN_US, 2 * this.#spin);
        if (probe) this.#vain = 0;
        return 0;
      }
      this.#vain++;
      this.#spin = Math.max(FEWEST_SPIN_US, this.#spin / 2);
    }
    if (!this.#asleep) this.#since = performance.now();
    this.#asleep = true;
    sockets.wait(wait, 0, POLL_MS);
    return performance.now() - this.#since;
  }

  /** True while the rank sleeps between looks: then there is time to look at more than what is waited for. */
  get sleeping(): boolean {
    return this.#asleep;
  }
}
