import { type Phase, PURPOSES } from '../sampling/draw.js';
import { shuffle, WordStream } from '../sampling/word-stream.js';

/**
 * Which member of a pool (historical windows, external scenarios) a scenario follows, at all its stages. Without
 * replacement: the scenarios of an iteration go through the pool in a random order, and again in another order when it is
 * used up, so that no member is seen twice before each has been seen once. Pools of equal size are gone through alike:
 * scenario 7 of the inflow file meets scenario 7 of the load file.
 */
export class PoolChoice {
  readonly #seed: number;
  readonly #phase: Phase;
  readonly #size: number;
  #iteration = -1;
  #orders = new Map<number, Uint32Array>();

  constructor(seed: number, phase: Phase, size: number) {
    this.#seed = seed;
    this.#phase = phase;
    this.#size = size;
  }

  /** Member (0 to size - 1) of a scenario; a function of the seed, the phase, the size and these two alone. */
  pick(iteration: number, scenario: number): number {
    if (iteration !== this.#iteration) {
      this.#iteration = iteration;
      this.#orders.clear();
    }
    const round = Math.floor(scenario / this.#size);
    let order = this.#orders.get(round);
    if (order === undefined) {
      order = new Uint32Array(this.#size);
      shuffle(new WordStream(this.#seed, PURPOSES[this.#phase].choice, iteration, round, 0), order);
      this.#orders.set(round, order);
    }
    return order[scenario - round * this.#size];
  }
}
