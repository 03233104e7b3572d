import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { loadPeerCopy, type PeerCopy } from '#cobre/comm/shm/peer-copy';
import { some } from '../support/long.js';
import { BACKENDS } from './backends.js';

const native = loadPeerCopy();
const DRIVER = fileURLToPath(new URL('./drivers/offering-thread.mjs', import.meta.url));
const WIDTH = Float64Array.BYTES_PER_ELEMENT;

async function offeringThread() {
  const worker = new Worker(DRIVER);
  const [offer] = (await once(worker, 'message')) as [{ index: number; ticket: number; length: number }];
  return { worker, ...offer };
}

describe.skipIf(native === null)('what a thread offers to others', () => {
  const peerCopy = native as PeerCopy;

  test('can be copied, in whole or in part, to where it is wanted', async () => {
    const { worker, index, ticket, length } = await offeringThread();
    const target = new Float64Array(length + 2);
    expect(peerCopy.take(index, ticket, target, WIDTH, length * WIDTH)).toBe(true);
    expect([target[0], target[1], target[length], target[length + 1]]).toEqual([0, 3, 3, 0]);
    expect(peerCopy.take(index, ticket, target, 0, WIDTH)).toBe(true);
    expect(target[0]).toBe(3);
    await worker.terminate();
  });

  test('cannot be copied with another ticket, from another thread, or beyond its end', async () => {
    const { worker, index, ticket, length } = await offeringThread();
    const target = new Float64Array(length + 1);
    expect(peerCopy.take(index, ticket + 1, target, 0, WIDTH)).toBe(false);
    expect(peerCopy.take(index + 1, ticket, target, 0, WIDTH)).toBe(false);
    expect(peerCopy.take(2 ** 31, ticket, target, 0, WIDTH)).toBe(false);
    expect(peerCopy.take(index, ticket, target, 0, (length + 1) * WIDTH)).toBe(false);
    expect(target.every((value) => value === 0)).toBe(true);
    expect(() => peerCopy.take(index, ticket, target, WIDTH, (length + 1) * WIDTH)).toThrow(RangeError);
    expect(() => peerCopy.take(index, ticket, target, -1, WIDTH)).toThrow(RangeError);
    await worker.terminate();
  });

  test('is gone once withdrawn', async () => {
    const { worker, index, ticket } = await offeringThread();
    worker.postMessage('withdraw');
    await once(worker, 'message');
    expect(peerCopy.take(index, ticket, new Float64Array(1), 0, WIDTH)).toBe(false);
    await worker.terminate();
  });

  test('is whole or gone while its thread is terminated', { timeout: 30_000 }, async () => {
    for (let run = 0; run < 10; run++) {
      const { worker, index, ticket, length } = await offeringThread();
      const target = new Float64Array(length);
      const ended = worker.terminate();
      // The thread ends while this one copies without a pause.
      for (let copies = 0; ; copies++) {
        target.fill(0);
        const there = peerCopy.take(index, ticket, target, 0, length * WIDTH);
        expect(target.every((value) => value === (there ? 3 : 0))).toBe(true);
        if (!there) break;
        if (copies % 16 === 15) await new Promise(setImmediate);
      }
      await ended;
    }
  });
});

describe.skipIf(native === null)('another process', () => {
  const peerCopy = native as PeerCopy;

  test.runIf(process.platform === 'linux')('can be read where it has memory, and not where it has none', () => {
    const source = new Float64Array(1_000).fill(5);
    const target = new Float64Array(1_000);
    // A process may always read itself.
    expect(peerCopy.read(process.pid, peerCopy.addressOf(source), target, 0, target.byteLength)).toBe(true);
    expect(target).toEqual(source);
    expect(peerCopy.read(process.pid, 4096, target, 0, target.byteLength)).toBe(false);
    expect(peerCopy.read(2 ** 22 + 1, peerCopy.addressOf(source), target, 0, target.byteLength)).toBe(false);
  });
});

describe.each(BACKENDS.filter(({ name }) => name.startsWith('shm')))('large payloads on $name', (backend) => {
  test.each(some(['Float64Array', 'Int8Array', 'Uint16Array'], 1))('of %s arrive, wherever they lie', async (kind) => {
    for (const size of [2, 3]) {
      const results = await backend.run<{ wrong: number; sums: number[] }>('large-payloads', size, { kind });
      expect(results.map(({ wrong }) => wrong)).toEqual(new Array(size).fill(0));
      for (const { sums } of results) expect(sums).toEqual(results[0].sums);
    }
  });
});
