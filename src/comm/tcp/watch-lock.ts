// Words of the memory that a coordinator's rank thread and its watch thread share.
const LOCK = 0;
const CALLS = 1;
const GONE = 2;
const WORDS = 3;

const FREE = 0;
const RANK = 1;
const WATCH = 2;

/** Decides who may use the links: the rank inside a collective, the watch thread now and then outside. */
export class WatchLock {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  #callsSeen = -1;

  constructor(memory = new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
  }

  /** Rank thread, at the beginning of a collective. */
  enter(): void {
    const words = this.#words;
    while (Atomics.compareExchange(words, LOCK, FREE, RANK) !== FREE) Atomics.wait(words, LOCK, WATCH);
    words[CALLS]++;
  }

  /** Rank thread, at its end. */
  leave(): void {
    Atomics.store(this.#words, LOCK, FREE);
  }

  /** Watch thread: the links, if the rank has used them neither now nor since the last time this was called. */
  tryWatch(): boolean {
    const words = this.#words;
    const calls = Atomics.load(words, CALLS);
    const idle = calls === this.#callsSeen;
    this.#callsSeen = calls;
    return idle && Atomics.compareExchange(words, LOCK, FREE, WATCH) === FREE;
  }

  endWatch(): void {
    Atomics.store(this.#words, LOCK, FREE);
    Atomics.notify(this.#words, LOCK);
  }

  /** The rank that the watch thread has found gone, or -1. */
  get gone(): number {
    return Atomics.load(this.#words, GONE) - 1;
  }

  set gone(rank: number) {
    Atomics.store(this.#words, GONE, rank + 1);
  }
}
