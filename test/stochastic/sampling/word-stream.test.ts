import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Purpose, randomWords } from '#cobre/stochastic/counter-noise';
import { partialShuffle, shuffle, WordStream } from '#cobre/stochastic/sampling/word-stream';

const stream = (c = 0): WordStream => new WordStream(42, Purpose.forwardStrata, 1, 2, c);

describe('a word stream', () => {
  test('is the blocks of its identity, one after another', () => {
    const words = stream(3);
    const block = new Uint32Array(4);
    for (let d = 0; d < 3; d += 1) {
      randomWords(42, Purpose.forwardStrata, 1, 2, 3, d, block);
      for (const word of block) expect(words.next()).toBe(word);
    }
  });

  test('gives each number below a bound as often, within four standard errors', () => {
    const words = stream();
    const counts = new Array<number>(7).fill(0);
    const draws = 70_000;
    for (let i = 0; i < draws; i += 1) counts[words.below(7)] += 1;
    const error = Math.sqrt(draws * (1 / 7) * (6 / 7));
    for (const count of counts) expect(Math.abs(count - draws / 7)).toBeLessThan(4 * error);
  });

  test('draws again a word that would favour low numbers', () => {
    // Three quarters of 2^32: a quarter of all words has no number of its own.
    const bound = 3 * 2 ** 30;
    const plain = stream();
    const kept = Array.from({ length: 400 }, () => plain.next()).filter((word) => word < bound);
    expect(kept.length).toBeLessThan(400);
    const words = stream();
    for (const word of kept) expect(words.below(bound)).toBe(word);
  });
});

describe('a shuffle', () => {
  test('is a permutation', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.nat(), (count, c) => {
        const out = new Uint32Array(count);
        shuffle(stream(c), out);
        expect(Array.from(out).sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
      }),
      { numRuns: 50 },
    );
  });

  test('gives each of the 24 permutations of four as often, within four standard errors', () => {
    const counts = new Map<string, number>();
    const draws = 24_000;
    const out = new Uint16Array(4);
    for (let c = 0; c < draws; c += 1) {
      shuffle(stream(c), out);
      counts.set(out.join(), (counts.get(out.join()) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const error = Math.sqrt(draws * (1 / 24) * (23 / 24));
    for (const count of counts.values()) expect(Math.abs(count - draws / 24)).toBeLessThan(4 * error);
  });

  test('in part is the beginning of the whole', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 90 }),
        fc.nat(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, c, share) => {
          const whole = new Uint32Array(n);
          shuffle(stream(c), whole);
          const taken = Math.round(n * share);
          expect(Array.from(partialShuffle(stream(c), n, taken))).toEqual(Array.from(whole.subarray(0, taken)));
        },
      ),
    );
  });
});
