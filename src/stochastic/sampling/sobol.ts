import { CobreError } from '../../errors.js';
import { type Draw, PURPOSES } from './draw.js';
import { JOE_KUO_DEGREES, JOE_KUO_DIMENSIONS, JOE_KUO_TABLE } from './joe-kuo-table.js';
import { checkIndex, normalOf } from './normal-of.js';
import type { PointSet } from './point-set.js';
import { WordStream } from './word-stream.js';

/** Bits of a coordinate, and so direction numbers a dimension. */
const BITS = 32;
const TWO_POW_32 = 0x100000000;

/** Dimensions that Sobol points have here. */
export const MAX_SOBOL_DIMENSION = JOE_KUO_DIMENSIONS;

let known: Uint32Array = new Uint32Array(0);

/**
 * Direction numbers of the first `dimension` dimensions, most significant bit first: that of bit j of the (Gray coded)
 * index in dimension e at `e * 32 + j`.
 * @throws CobreError `CapacityViolation` beyond the table.
 */
export function sobolDirections(dimension: number): Uint32Array {
  if (dimension > MAX_SOBOL_DIMENSION) {
    throw new CobreError(
      'CapacityViolation',
      `Sobol points have at most ${MAX_SOBOL_DIMENSION} dimensions here, and the noise has ${dimension}`,
      {
        file: 'stages.json',
        field: 'sampling_method',
        value: 'qmc_sobol',
        suggestion: "Take 'qmc_halton' or 'lhs', which have no such limit.",
        context: { dimension, maximum: MAX_SOBOL_DIMENSION },
      },
    );
  }
  if (known.length === 0) known = readTable();
  return known.subarray(0, dimension * BITS);
}

/**
 * Joe and Kuo's recurrence (ACM Transactions on Mathematical Software 29 (2003) 49-57) from the primitive polynomials and
 * initial numbers of their table; the first dimension is van der Corput's sequence in base 2.
 */
function readTable(): Uint32Array {
  const directions = new Uint32Array(MAX_SOBOL_DIMENSION * BITS);
  for (let j = 0; j < BITS; j += 1) directions[j] = 1 << (BITS - 1 - j);
  const bytes = Buffer.from(JOE_KUO_TABLE, 'base64');
  let position = 0;
  const take = (bits: number): number => {
    let value = 0;
    for (let i = 0; i < bits; i += 1, position += 1) {
      value = value * 2 + ((bytes[position >>> 3] >>> (7 - (position & 7))) & 1);
    }
    return value;
  };
  let first = BITS;
  for (const [degree, polynomials] of JOE_KUO_DEGREES) {
    for (let p = 0; p < polynomials; p += 1, first += BITS) {
      const polynomial = take(degree - 1);
      directions[first] = 1 << (BITS - 1);
      // Odd numbers below 2^(j+1): their last bit is not stored.
      for (let j = 1; j < degree; j += 1) directions[first + j] = (take(j) * 2 + 1) << (BITS - 1 - j);
      for (let j = degree; j < BITS; j += 1) {
        const oldest = directions[first + j - degree];
        let value = oldest ^ (oldest >>> degree);
        for (let k = 1; k < degree; k += 1) {
          if ((polynomial >>> (degree - 1 - k)) & 1) value ^= directions[first + j - k];
        }
        directions[first + j] = value;
      }
    }
  }
  return directions;
}

/** Coordinate of point `index` [1 / 2^32] by the direction numbers at `first`, in Gray code order. */
export function sobolCoordinate(directions: Uint32Array, first: number, index: number): number {
  let value = 0;
  for (let gray = (index ^ (index >>> 1)) >>> 0, j = first; gray !== 0; gray >>>= 1, j += 1) {
    if (gray & 1) value ^= directions[j];
  }
  return value >>> 0;
}

/**
 * Points of Sobol's sequence (USSR Computational Mathematics and Mathematical Physics 7 (1967) 86-112) with the direction
 * numbers of Joe and Kuo (SIAM Journal on Scientific Computing 30 (2008) 2635-2654), in Gray code order, scrambled.
 *
 * The scrambling is Matousek's random linear one with a digital shift ("On the L2-discrepancy for anchored boxes", Journal
 * of Complexity 14 (1998) 527-556): a random lower triangular matrix of bits with unit diagonal multiplies the digits of a
 * coordinate, then a random word is added bit by bit. Every coordinate is uniform on its 2^32 values, and elementary
 * intervals hold as many points as before, as under Owen's nested scrambling (1995), at the price of 33 words a dimension.
 */
export class SobolPoints implements PointSet {
  readonly #dimension: number;
  readonly #points: number;
  /** Scrambled direction numbers, as `sobolDirections` lays them out. */
  readonly #directions: Uint32Array;
  readonly #shifts: Uint32Array;

  /** @throws CobreError `CapacityViolation` when `dimension` exceeds `MAX_SOBOL_DIMENSION`. */
  constructor(draw: Draw, points: number, dimension: number) {
    const plain = sobolDirections(dimension);
    this.#points = points;
    this.#dimension = dimension;
    this.#directions = new Uint32Array(plain.length);
    this.#shifts = new Uint32Array(dimension);
    const columns = new Uint32Array(BITS);
    for (let e = 0; e < dimension; e += 1) {
      const stream = new WordStream(draw.seed, PURPOSES[draw.phase].sobol, draw.iteration, draw.stage, e);
      this.#shifts[e] = stream.next();
      for (let c = 0; c < BITS; c += 1) {
        const diagonal = (1 << (BITS - 1 - c)) >>> 0;
        columns[c] = diagonal + (stream.next() % diagonal);
      }
      for (let j = e * BITS; j < (e + 1) * BITS; j += 1) this.#directions[j] = multiply(columns, plain[j]);
    }
  }

  write(index: number, out: Float64Array, offset: number): void {
    checkIndex(index, this.#points);
    for (let e = 0; e < this.#dimension; e += 1) {
      const value = (sobolCoordinate(this.#directions, e * BITS, index) ^ this.#shifts[e]) >>> 0;
      out[offset + e] = normalOf((value + 0.5) / TWO_POW_32);
    }
  }
}

/** Product of the matrix of bits with these columns and a vector of bits, most significant first. */
function multiply(columns: Uint32Array, vector: number): number {
  let product = 0;
  for (let c = 0; c < BITS; c += 1) if ((vector >>> (BITS - 1 - c)) & 1) product ^= columns[c];
  return product >>> 0;
}
