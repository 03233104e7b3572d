import type { Link } from './link.js';
import { MOST_SOCKETS, READING, WORDS_A_SOCKET, WRITING } from './sockets.js';

const ANSWER = 2;

/** The links that a rank waits for, and for what. */
export class WaitList {
  readonly #words: Int32Array;
  readonly #links: Link[] = [];
  #count = 0;

  /** @param most Entries; a link that is waited for in both directions has two. */
  constructor(most: number) {
    this.#words = new Int32Array(Math.min(most, MOST_SOCKETS) * WORDS_A_SOCKET);
  }

  clear(): void {
    this.#count = 0;
  }

  /** What is beyond the most that can be waited for at once has its turn when others have come. */
  add(link: Link, what: typeof READING | typeof WRITING): void {
    const at = this.#count * WORDS_A_SOCKET;
    if (at === this.#words.length) return;
    this.#words[at] = link.descriptor;
    this.#words[at + 1] = what;
    this.#links[this.#count++] = link;
  }

  /** Waits by `wait` of the native module, and tells the links that are ready. True if there are any. */
  wait(
    wait: (words: Int32Array, count: number, spin: number, sleep: number) => number,
    spinMicroseconds: number,
    sleepMilliseconds: number,
  ): boolean {
    const words = this.#words;
    if (wait(words, this.#count, spinMicroseconds, sleepMilliseconds) <= 0) return false;
    for (let i = 0; i < this.#count; i++) {
      const ready = words[i * WORDS_A_SOCKET + ANSWER];
      if ((ready & READING) !== 0) this.#links[i].readable = true;
      if ((ready & WRITING) !== 0) this.#links[i].writable = true;
    }
    return true;
  }
}
