import type { CommArray } from '../communicator.js';
import { CARD_OFFSET_BYTES, CARD_STATE, LINE_BYTES, LINE_WORDS } from './control-region.js';
import type { PeerMemory, Pointer } from './peer-memory.js';

/** States of a rank's card: whether it can copy from the memory of all others. */
const UNKNOWN = 0;
const READS_ALL = 1;
const READS_NOT_ALL = 2;

/**
 * Finds out whether the ranks of a communicator can copy from each other's private memory, along with the collectives
 * that would profit from it: in the first of them each rank puts its introduction on its card; then it tries to read from all
 * others, and notes on its card how that went. From the first collective on in which a rank sees that all others
 * can read from it, it offers its data instead of copying them to its slot. The ranks need not agree: each says what it does.
 */
export class PeerLink {
  readonly #find: () => PeerMemory | null;
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  /** Index of the first word of rank 0's even line. */
  readonly #firstWord: number;
  readonly #rank: number;
  readonly #size: number;
  #memory: PeerMemory | null = null;
  #met = false;
  /** Whether all ranks can read from all; `null` while that is not known. */
  #usable: boolean | null = null;

  /** @param find Called when first needed: what it returns may be native code, to be loaded only then. */
  constructor(find: () => PeerMemory | null, words: Int32Array, firstWord: number, rank: number, size: number) {
    this.#find = find;
    this.#words = words;
    this.#numbers = new Float64Array(words.buffer, words.byteOffset, words.length >> 1);
    this.#firstWord = firstWord;
    this.#rank = rank;
    this.#size = size;
  }

  /** Before an exchange in which all ranks call this. */
  introduce(): void {
    if (this.#met) return;
    this.#memory = this.#find();
    if (this.#memory === null) {
      this.#setState(READS_NOT_ALL);
    } else {
      const [first, second] = this.#memory.introduction();
      const at = this.#cardNumber(this.#rank);
      this.#numbers[at] = first;
      this.#numbers[at + 1] = second;
    }
  }

  /** After that exchange. */
  meet(): void {
    if (this.#met) return;
    this.#met = true;
    const memory = this.#memory;
    if (memory === null) return;
    let all = true;
    for (let r = 0; r < this.#size && all; r++) {
      const at = this.#cardNumber(r);
      all = r === this.#rank || memory.canRead(r, [this.#numbers[at], this.#numbers[at + 1]]);
    }
    this.#setState(all ? READS_ALL : READS_NOT_ALL);
  }

  /** Offers an array, if all others can copy from it and that is worth it. Else `null`. */
  offer(array: CommArray): Pointer | null {
    const memory = this.#memory;
    if (memory === null || array.byteLength < memory.leastBytes || !this.#allRead()) return null;
    return memory.offer(array);
  }

  withdraw(): void {
    this.#memory?.withdraw();
  }

  copy(rank: number, offer: Pointer, target: CommArray, at: number, bytes: number): boolean {
    return this.#memory?.copy(rank, offer, target, at, bytes) ?? false;
  }

  #allRead(): boolean {
    if (this.#usable !== null) return this.#usable;
    if (!this.#met) return false;
    for (let r = 0; r < this.#size; r++) {
      const state = Atomics.load(this.#words, this.#firstWord + r * LINE_WORDS + CARD_STATE);
      if (state === UNKNOWN) return false;
      if (state === READS_NOT_ALL) {
        this.#usable = false;
        return false;
      }
    }
    this.#usable = true;
    return true;
  }

  #setState(state: number): void {
    Atomics.store(this.#words, this.#firstWord + this.#rank * LINE_WORDS + CARD_STATE, state);
  }

  /** Index of the first of the two numbers on a rank's card. */
  #cardNumber(rank: number): number {
    const line = this.#firstWord * Int32Array.BYTES_PER_ELEMENT + rank * LINE_BYTES;
    return (line + CARD_OFFSET_BYTES) / Float64Array.BYTES_PER_ELEMENT;
  }
}
