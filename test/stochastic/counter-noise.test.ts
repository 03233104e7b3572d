import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Purpose, randomWords, standardNormal, uniform } from '#cobre/stochastic/counter-noise';

const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const words = fc.integer({ min: 0, max: 0xffffffff });
const purposes = fc.constantFrom(...Object.values(Purpose));
const identities = fc.tuple(seeds, purposes, words, words, words, words);
type Identity = Parameters<typeof uniform>;

function wordsOf(identity: Identity): string {
  const out = new Uint32Array(4);
  randomWords(...identity, out);
  return out.join(' ');
}

describe('a random number', () => {
  test('is a function of its identity, whatever was drawn in between', () => {
    fc.assert(
      fc.property(identities, identities, (first, second) => {
        const before = [uniform(...first), standardNormal(...first), wordsOf(first)];
        uniform(...second);
        standardNormal(...second);
        expect([uniform(...first), standardNormal(...first), wordsOf(first)]).toEqual(before);
      }),
    );
  });

  test('has an identity of its own: any other one gives other bits', () => {
    fc.assert(
      fc.property(identities, fc.nat(5), fc.integer({ min: 0, max: 52 }), (identity, part, bit) => {
        const other: Identity = [...identity];
        if (part === 0) {
          const flipped = BigInt(identity[0]) ^ (1n << BigInt(bit));
          other[0] = Number(flipped);
        } else if (part === 1) {
          other[1] = ((identity[1] + 1 + (bit % 2)) % 3) as Purpose;
        } else {
          other[part] = ((identity[part] as number) ^ (1 << (bit % 32))) >>> 0;
        }
        expect(wordsOf(other)).not.toBe(wordsOf(identity));
      }),
      { numRuns: 1000 },
    );
  });

  test('lies strictly between 0 and 1, and its normal is finite', () => {
    fc.assert(
      fc.property(identities, (identity) => {
        const u = uniform(...identity);
        expect(u > 0 && u < 1).toBe(true);
        expect(Number.isFinite(standardNormal(...identity))).toBe(true);
      }),
    );
  });

  // Seed 0 and purpose 0 are the all-zero key: the first known answer of Random123, 6627e8d5 e169c58d, in its upper 52 bits.
  test('takes its bits from the published generator, high word first', () => {
    const upper52 = BigInt('0x6627e8d5e169c58d') >> 12n;
    expect(uniform(0, Purpose.openingTree, 0, 0, 0, 0)).toBe((Number(upper52) + 0.5) * 2 ** -52);
  });

  test.each([-1, 0.5, 2 ** 53, Number.NaN, Infinity])('refuses the seed %d', (seed) => {
    expect(() => uniform(seed, Purpose.openingTree, 0, 0, 0, 0)).toThrow(
      expect.objectContaining({ kind: 'InvalidArgument', field: 'seed' }),
    );
  });
});

describe('many of them', () => {
  const n = 200_000;
  /** Two-sided bound in standard deviations: one in 1.7 million by chance, and the seeds are fixed. */
  const SIGMAS = 5;

  test('uniforms have the mean and variance of the uniform distribution', () => {
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < n; i += 1) {
      const centred = uniform(12345, Purpose.forwardSampling, i, 0, 0, 0) - 0.5;
      sum += centred;
      squares += centred * centred;
    }
    expect(Math.abs(sum / n)).toBeLessThan(SIGMAS * Math.sqrt(1 / 12 / n));
    // Var(U^2) of centred uniforms: 1/80 - 1/144 = 1/180.
    expect(Math.abs(squares / n - 1 / 12)).toBeLessThan(SIGMAS * Math.sqrt(1 / 180 / n));
  });

  test('normals have mean 0, variance 1, no skewness and kurtosis 3', () => {
    const moment = [0, 0, 0, 0, 0];
    for (let i = 0; i < n; i += 1) {
      const z = standardNormal(987, Purpose.openingTree, i % 10, Math.floor(i / 10), 3, 0);
      for (let k = 1; k <= 4; k += 1) moment[k] += z ** k / n;
    }
    // Variances of z, z^2, z^3, z^4: 1, 2, 15, 96.
    expect(Math.abs(moment[1])).toBeLessThan(SIGMAS * Math.sqrt(1 / n));
    expect(Math.abs(moment[2] - 1)).toBeLessThan(SIGMAS * Math.sqrt(2 / n));
    expect(Math.abs(moment[3])).toBeLessThan(SIGMAS * Math.sqrt(15 / n));
    expect(Math.abs(moment[4] - 3)).toBeLessThan(SIGMAS * Math.sqrt(96 / n));
  });

  test('neighbours in any index, and purposes, are uncorrelated', () => {
    const neighbours: Identity[] = [
      [1, 0, 1, 0, 0, 0],
      [1, 0, 0, 1, 0, 0],
      [1, 0, 0, 0, 1, 0],
      [1, 0, 0, 0, 0, 1],
      [1, 1, 0, 0, 0, 0],
      [1, 2, 0, 0, 0, 0],
      [2, 0, 0, 0, 0, 0],
    ];
    const count = 20_000;
    for (const [seed, purpose, a, b, c, d] of neighbours) {
      let product = 0;
      for (let i = 0; i < count; i += 1) {
        const here = standardNormal(1, 0, 2 * i, 2 * i, 2 * i, 2 * i);
        product += here * standardNormal(seed, purpose, 2 * i + a, 2 * i + b, 2 * i + c, 2 * i + d);
      }
      expect(Math.abs(product / count)).toBeLessThan(SIGMAS / Math.sqrt(count));
    }
  });
});
