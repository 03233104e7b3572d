import { CobreError } from '../errors.js';
import { inverseNormalCdf } from './inverse-normal-cdf.js';
import { philox4x32 } from './philox.js';

/**
 * Random numbers by identity: each is a pure function of (seed, purpose, a, b, c, d), so any rank computes any of
 * them in any order and gets the same bits. The key of Philox holds the 53 bits of the seed and 11 of the purpose,
 * the counter holds a..d (unsigned 32-bit integers): distinct identities are distinct (key, counter) pairs.
 */

/**
 * What a number is for. Equal indices under different purposes give unrelated numbers. Stable: part of the bits.
 * Three draw noise: the opening tree, the forward pass of training and the simulation; see `sampling/draw.ts`.
 */
export const Purpose = {
  openingTree: 0,
  forwardSampling: 1,
  simulationSampling: 2,
  /** Fresh normals, drawn outside the opening tree. */
  forwardNormal: 3,
  simulationNormal: 4,
  /** Permutations of the strata of a Latin hypercube, and places within the strata. */
  treeStrata: 5,
  forwardStrata: 6,
  simulationStrata: 7,
  treeJitter: 8,
  forwardJitter: 9,
  simulationJitter: 10,
  /** Scrambling of Sobol and of Halton points. */
  treeSobol: 11,
  forwardSobol: 12,
  simulationSobol: 13,
  treeHalton: 14,
  forwardHalton: 15,
  simulationHalton: 16,
  /** Choice of a historical window or an external scenario. */
  treeChoice: 17,
  forwardChoice: 18,
  simulationChoice: 19,
} as const;
export type Purpose = (typeof Purpose)[keyof typeof Purpose];

const TWO_POW_32 = 0x100000000;
/** A safe integer has 53 bits: 32 in the key's first word and 21 in its second, below the purpose. */
const SEED_BITS_IN_SECOND_WORD = 21;

const block = new Uint32Array(4);

/**
 * Writes the 128 random bits of an identity to `out[0..3]`.
 * @throws CobreError `InvalidArgument` when `seed` is not a non-negative safe integer.
 */
export function randomWords(
  seed: number,
  purpose: Purpose,
  a: number,
  b: number,
  c: number,
  d: number,
  out: Uint32Array,
): void {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new CobreError('InvalidArgument', `a seed must be a non-negative safe integer, not ${seed}`, {
      field: 'seed',
      value: seed,
      suggestion: 'Give an integer from 0 to 9007199254740991.',
    });
  }
  const secondKey = Math.floor(seed / TWO_POW_32) + purpose * 2 ** SEED_BITS_IN_SECOND_WORD;
  philox4x32(a, b, c, d, seed % TWO_POW_32, secondKey, out);
}

/** Uniform in the open interval (0, 1): odd multiples of 2^-53, symmetric about 1/2. */
export function uniform(seed: number, purpose: Purpose, a: number, b: number, c: number, d: number): number {
  randomWords(seed, purpose, a, b, c, d, block);
  // 52 bits and a half step: with 53 the half step would round, and 1 itself could come out.
  return ((block[0] * 2 ** 20 + (block[1] >>> 12)) * 2 + 1) * 2 ** -53;
}

/** Standard normal by the inverse CDF: one uniform a number, so that identities stay one to one. */
export function standardNormal(seed: number, purpose: Purpose, a: number, b: number, c: number, d: number): number {
  return inverseNormalCdf(uniform(seed, purpose, a, b, c, d));
}
