import { type Draw, PURPOSES } from './draw.js';
import { checkIndex, normalOf } from './normal-of.js';
import type { PointSet } from './point-set.js';
import { partialShuffle, WordStream } from './word-stream.js';

/** What each digit becomes. */
type Digits = Uint16Array | Uint32Array;

let primes: readonly number[] = [];

/** The first `count` primes, by the sieve of Eratosthenes. */
export function firstPrimes(count: number): readonly number[] {
  // Twice as far each time: the density of primes need not be known.
  for (let limit = 64; primes.length < count; limit *= 2) primes = primesBelow(limit);
  return primes.slice(0, count);
}

function primesBelow(limit: number): number[] {
  const composite = new Uint8Array(limit);
  const found: number[] = [];
  for (let n = 2; n < limit; n += 1) {
    if (composite[n]) continue;
    found.push(n);
    for (let multiple = n * n; multiple < limit; multiple += n) composite[multiple] = 1;
  }
  return found;
}

/**
 * Radical inverse: the digits of `index` in `base`, mirrored at the point. The `digits` lowest are taken; digit d at
 * position j (0 the lowest) is replaced by `permutations[j][d]` where permutations are given, and `tail` in [0, 1] stands
 * for all that follows the last of them.
 */
export function radicalInverse(
  index: number,
  base: number,
  digits: number,
  permutations: readonly Digits[] | null = null,
  tail = 0,
): number {
  let rest = index;
  let mirrored = 0;
  let scale = 1;
  for (let j = 0; j < digits; j += 1) {
    const higher = Math.floor(rest / base);
    const digit = rest - higher * base;
    mirrored = mirrored * base + (permutations === null ? digit : permutations[j][digit]);
    scale *= base;
    rest = higher;
  }
  return (mirrored + tail) / scale;
}

/**
 * Halton's points (Numerische Mathematik 2 (1960) 84-90): dimension e has the radical inverse in the e-th prime base. The
 * plain points are badly correlated in large bases; each digit goes through a random permutation of its own, as in the
 * random digit scrambling of Matousek (Journal of Complexity 14 (1998) 527-556), a form of Owen's (1995) whose
 * permutations depend on the digit's position alone. The positions above an index's own digits hold zeros in every index
 * of the batch, so that their permuted digits are one random number a dimension, uniform in a cell. Coordinates are
 * therefore uniform, and 0, which has no quantile, does not come out.
 */
export class HaltonPoints implements PointSet {
  readonly #points: number;
  readonly #bases: readonly number[];
  /** Permuted digits at `[e][position][digit]`, for the digits that indices of the batch have. */
  readonly #permutations: readonly (readonly Digits[])[];
  readonly #tails: Float64Array;

  constructor(draw: Draw, points: number, dimension: number) {
    this.#points = points;
    this.#bases = firstPrimes(dimension);
    this.#tails = new Float64Array(dimension);
    this.#permutations = this.#bases.map((base, e) => {
      const stream = new WordStream(draw.seed, PURPOSES[draw.phase].halton, draw.iteration, draw.stage, e);
      this.#tails[e] = stream.uniform();
      const positions: Digits[] = [];
      // At this position the indices below `points` have the digits 0 to ceil(points / power) - 1 only.
      for (let power = 1; power === 1 || power < points; power *= base) {
        positions.push(partialShuffle(stream, base, Math.min(base, Math.ceil(points / power))));
      }
      return positions;
    });
  }

  write(index: number, out: Float64Array, offset: number): void {
    checkIndex(index, this.#points);
    for (let e = 0; e < this.#bases.length; e += 1) {
      const permutations = this.#permutations[e];
      const u = radicalInverse(index, this.#bases[e], permutations.length, permutations, this.#tails[e]);
      out[offset + e] = normalOf(u);
    }
  }
}
