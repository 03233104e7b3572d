import { type Purpose, randomWords } from '../counter-noise.js';

const TWO_POW_32 = 0x100000000;
const WORDS_PER_BLOCK = 4;
const SIXTEEN_BITS = 0x10000;

/** The random 32-bit words of an identity (seed, purpose, a, b, c), one after another: the counter's last word counts. */
export class WordStream {
  readonly #seed: number;
  readonly #purpose: Purpose;
  readonly #a: number;
  readonly #b: number;
  readonly #c: number;
  readonly #words = new Uint32Array(WORDS_PER_BLOCK);
  #block = 0;
  #used = WORDS_PER_BLOCK;

  constructor(seed: number, purpose: Purpose, a: number, b: number, c: number) {
    this.#seed = seed;
    this.#purpose = purpose;
    this.#a = a;
    this.#b = b;
    this.#c = c;
  }

  /** The next word, 0 to 2^32 - 1. */
  next(): number {
    if (this.#used === WORDS_PER_BLOCK) {
      randomWords(this.#seed, this.#purpose, this.#a, this.#b, this.#c, this.#block, this.#words);
      this.#block += 1;
      this.#used = 0;
    }
    const word = this.#words[this.#used];
    this.#used += 1;
    return word;
  }

  /** Uniform on 0..count-1 without bias, `count` from 1 to 2^32: words that would favour the low ones are skipped. */
  below(count: number): number {
    const limit = TWO_POW_32 - (TWO_POW_32 % count);
    for (;;) {
      const word = this.next();
      if (word < limit) return word % count;
    }
  }

  /** Uniform in the open interval (0, 1): odd multiples of 2^-33. */
  uniform(): number {
    return (this.next() + 0.5) / TWO_POW_32;
  }
}

/**
 * Fills `out` with a uniform permutation of 0..out.length-1. Fisher and Yates' shuffle as Durstenfeld wrote it
 * (Communications of the ACM 7 (1964) 420, algorithm 235), from the front.
 */
export function shuffle(stream: WordStream, out: Uint16Array | Uint32Array): void {
  const count = out.length;
  for (let i = 0; i < count; i += 1) out[i] = i;
  for (let i = 0; i + 1 < count; i += 1) {
    const j = i + stream.below(count - i);
    const kept = out[i];
    out[i] = out[j];
    out[j] = kept;
  }
}

/** 0, 1, 2, ...: what a partial shuffle begins with, and leaves behind. */
let identity: Uint32Array = new Uint32Array(0);

/**
 * The first `taken` entries of a uniform permutation of 0..count-1: those of `shuffle`, in time and room of `taken` once as
 * large a count has been seen.
 */
export function partialShuffle(stream: WordStream, count: number, taken: number): Uint16Array | Uint32Array {
  if (identity.length < count) identity = Uint32Array.from({ length: 2 * count }, (_, i) => i);
  const out = count <= SIXTEEN_BITS ? new Uint16Array(taken) : new Uint32Array(taken);
  const swapped = new Uint32Array(taken);
  for (let i = 0; i < taken; i += 1) {
    const j = i + stream.below(count - i);
    out[i] = identity[j];
    identity[j] = identity[i];
    swapped[i] = j;
  }
  for (let i = 0; i < taken; i += 1) {
    identity[i] = i;
    identity[swapped[i]] = swapped[i];
  }
  return out;
}
