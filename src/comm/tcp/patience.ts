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

const cell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

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

  /** Something has moved, or waiting begins. */
  reset(): void {
    this.#looks = 0;
  }

  /** What was waited for has come. */
  done(): void {
    if (this.#looks > 0 && this.#looks < this.#limit && this.#most < MOST_LOOKS) this.#most *= 2;
    this.#looks = 0;
  }

  /** After a look that found nothing: returns when it is time for the next, with how long nothing has moved [ms]. */
  pause(): number {
    const looks = ++this.#looks;
    if (looks === 1) this.#limit = this.#vain % PROBE_INTERVAL === PROBE_INTERVAL - 1 ? MOST_LOOKS : this.#most;
    if (looks < this.#limit) return 0;
    const now = performance.now();
    if (looks === this.#limit) {
      this.#since = now;
      this.#vain++;
      this.#most = Math.max(FEWEST_LOOKS, this.#most / 2);
    }
    const waited = now - this.#since;
    Atomics.wait(cell, 0, 0, Math.min(LONGEST_SLEEP_MS, Math.max(SHORTEST_SLEEP_MS, waited * SLEEP_SHARE)));
    return waited;
  }

  /** True while the rank sleeps between looks: then there is time to look at more than what is waited for. */
  get sleeping(): boolean {
    return this.#looks >= this.#limit && this.#looks > 0;
  }
}
