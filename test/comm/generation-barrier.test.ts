import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HEADER_BYTES } from '#cobre/comm/shm/control-region';
import { createGangMemory } from '#cobre/comm/shm/gang-memory';
import { GenerationBarrier } from '#cobre/comm/shm/generation-barrier';
import { poison, readPoison } from '#cobre/comm/shm/poison';
import { programUrl } from './program-url.js';

describe('generations', () => {
  test.each([
    { name: 'zero', initialGeneration: -20 },
    { name: 'the largest signed number', initialGeneration: 2 ** 31 - 20 },
    { name: 'the largest unsigned number', initialGeneration: 2 ** 32 - 20 },
  ])('may pass $name', async ({ initialGeneration }) => {
    for (const size of [2, 3]) {
      const gang = createGangMemory(size, { initialGeneration, timeoutMs: 5_000 });
      const workers = Array.from(
        { length: size },
        (_, rank) => new Worker(programUrl('raw-rank'), { workerData: { gang, rank, rounds: 100 } }),
      );
      const wrong = await Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0]));
      expect(wrong).toEqual(workers.map(() => 0));
      await Promise.all(workers.map((worker) => worker.terminate()));
    }
  });

  test('start so that nobody seems to have arrived, wherever they start', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 2, max: 9 }), (initialGeneration, size) => {
        const { memory } = createGangMemory(size, { initialGeneration });
        const words = new Int32Array(memory.buffer);
        const barrier = new GenerationBarrier(words, HEADER_BYTES, 0, size, 1, initialGeneration);
        expect(() => barrier.arrive('barrier')).toThrow('rank 1 did not arrive within 1 ms');
      }),
      { numRuns: 20 },
    );
  });

  test('need nobody else in a gang of one', () => {
    const { memory } = createGangMemory(1, { initialGeneration: -3 });
    const barrier = new GenerationBarrier(new Int32Array(memory.buffer), HEADER_BYTES, 0, 1, 1, -3);
    for (let i = 0; i < 10; i++) barrier.arrive('barrier');
    expect(barrier.nextParity).toBe(0);
  });
});

describe('the poison', () => {
  test('names the first failure only', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 24 - 1), fc.nat(2 ** 24 - 1), (first, second) => {
        const words = new Int32Array(new SharedArrayBuffer(HEADER_BYTES));
        expect(readPoison(words)).toBeNull();
        expect(poison(words, first, 'ended')).toBe(true);
        expect(poison(words, second, 'threw')).toBe(false);
        expect(readPoison(words)).toEqual({ rank: first, cause: 'ended' });
      }),
    );
  });

  test('stops a rank before it waits', () => {
    const { memory } = createGangMemory(2);
    const words = new Int32Array(memory.buffer);
    const barrier = new GenerationBarrier(words, HEADER_BYTES, 0, 2, 60_000);
    poison(words, 1, 'threw');
    expect(() => barrier.arrive('broadcast')).toThrow('broadcast failed: rank 1 threw an error');
  });
});
