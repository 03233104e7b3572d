import { randomWords } from '../counter-noise.js';
import { type Draw, PURPOSES } from './draw.js';
import { checkIndex, normalOf } from './normal-of.js';
import type { PointSet } from './point-set.js';
import { shuffle, WordStream } from './word-stream.js';

const TWO_POW_32 = 0x100000000;
const SIXTEEN_BITS = 0x10000;
const words = new Uint32Array(4);

/**
 * Latin hypercube sampling: McKay, Beckman and Conover, "A comparison of three methods for selecting values of input
 * variables in the analysis of output from a computer code", Technometrics 21 (1979) 239-245. Each dimension is cut into
 * as many equally likely strata as there are points, and each stratum holds exactly one: which, says a permutation of the
 * dimension's own; where in the stratum, a number of the point's own.
 *
 * Holds the permutations: 2 bytes (4 above 65536 points) for each point and dimension.
 */
export class LatinHypercube implements PointSet {
  readonly #draw: Draw;
  readonly #points: number;
  readonly #dimension: number;
  /** Stratum of point i in dimension e at `e * points + i`. */
  readonly #strata: Uint16Array | Uint32Array;

  constructor(draw: Draw, points: number, dimension: number) {
    this.#draw = draw;
    this.#points = points;
    this.#dimension = dimension;
    const size = points * dimension;
    this.#strata = points <= SIXTEEN_BITS ? new Uint16Array(size) : new Uint32Array(size);
    const { strata } = PURPOSES[draw.phase];
    for (let e = 0; e < dimension; e += 1) {
      const stream = new WordStream(draw.seed, strata, draw.iteration, draw.stage, e);
      shuffle(stream, this.#strata.subarray(e * points, (e + 1) * points));
    }
  }

  write(index: number, out: Float64Array, offset: number): void {
    checkIndex(index, this.#points);
    const { seed, phase, iteration, stage } = this.#draw;
    const { jitter } = PURPOSES[phase];
    for (let e = 0; e < this.#dimension; e += 1) {
      randomWords(seed, jitter, iteration, index, stage, e, words);
      const within = (words[0] + 0.5) / TWO_POW_32;
      out[offset + e] = normalOf((this.#strata[e * this.#points + index] + within) / this.#points);
    }
  }
}
