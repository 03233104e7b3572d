import { describe, expect, test } from 'vitest';
import { runRanks } from '#cobre/comm/index';
import { some } from '../../support/long.js';
import { within } from '../../support/within.js';
import { BACKENDS } from '../backends.js';
import { programUrl } from '../program-url.js';
import { WHY_NOT } from '../shm-gang.js';

// What is missing here, and whether it may be, is for the tests of each backend to say.
const SIZED = BACKENDS.map((backend) => ({ name: backend.name, backend, size: backend.sizes.includes(2) ? 2 : 1 }));
const GANGS = SIZED.filter(({ size }) => size === 2);
const BYTES = 2 ** 50 * Float64Array.BYTES_PER_ELEMENT;

test.each(SIZED)(
  '$name: a call that cannot work is told apart by its kind and its words',
  async ({ backend, size }) => {
    const last = size - 1;
    const needed = 2 * size;
    for (const errors of await backend.run<Record<string, object>>('error-words', size, { act: 'alone' })) {
      expect(errors).toEqual({
        send: {
          name: 'CommError',
          message: 'allreduce: length of recv: expected 4, got 3',
          ...{ commKind: 'InvalidBufferSize', operation: 'allreduce', expected: 4, actual: 3 },
        },
        recv: {
          name: 'CommError',
          message: `allgatherv: recv is too short for rank ${last}'s elements: expected ${needed}, got ${needed - 1}`,
          ...{ commKind: 'InvalidBufferSize', operation: 'allgatherv', expected: needed, actual: needed - 1 },
        },
        root: {
          name: 'CommError',
          message: `root 5 is not a rank of a communicator of size ${size}`,
          ...{ commKind: 'InvalidRoot', root: 5, size },
        },
        region: {
          name: 'CommError',
          message: expect.stringMatching(`^cannot allocate a shared region of ${BYTES} bytes: \\w+`),
          ...{ commKind: 'AllocationFailed', requestedBytes: BYTES },
        },
        closed: {
          name: 'CommError',
          message: 'barrier: the communicator is closed',
          commKind: 'InvalidCommunicator',
        },
        fence: { name: 'CommError', message: 'fence: the communicator is closed', commKind: 'InvalidCommunicator' },
      });
    }
  },
);

describe.each(GANGS)('$name: ranks that do not call the same', ({ backend }) => {
  const seen = (act: string) => backend.run<{ error: object }>('error-words', 2, { act });

  test('operation are told which called what', async () => {
    for (const [rank, { error }] of (await seen('operation')).entries()) {
      const operation = rank === 0 ? 'barrier' : 'allreduce';
      const words = `^${operation} failed: rank (1 called allreduce|0 called barrier) where `;
      const message = expect.stringMatching(words);
      expect(error).toMatchObject({ name: 'CommError', commKind: 'CollectiveFailed', operation, message });
    }
  });

  test('length are told both', async () => {
    for (const { error } of await seen('length')) {
      expect(error).toMatchObject({ name: 'CommError', commKind: 'InvalidBufferSize', operation: 'allreduce' });
      const { expected, actual, message } = error as { expected: number; actual: number; message: string };
      expect([expected, actual].sort()).toEqual([2, 3]);
      expect(message).toMatch(/^allreduce: .*expected [23], got [23]$/);
    }
  });
});

const STARTED = [
  { name: 'threads', backend: 'shm', startMethod: 'thread', whyNot: null },
  { name: 'processes over shm', backend: 'shm', startMethod: 'spawn', whyNot: WHY_NOT },
  { name: 'processes over tcp', backend: 'tcp', startMethod: 'spawn', whyNot: null },
] as const;

test.each(
  some(
    STARTED.filter(({ whyNot }) => whyNot === null),
    1,
  ),
)(
  '$name: with a limit of 2 s, a rank that does not come is an error within 3 s',
  { timeout: 20_000 },
  async ({ backend, startMethod }) => {
    const options = { size: 2, backend, startMethod, args: { act: 'late' }, timeoutMs: 2_000 };
    const [{ error, ms }] = await runRanks<{ error: object; ms: number }>(programUrl('error-words'), options);
    expect(error).toMatchObject({
      name: 'CommError',
      message: expect.stringMatching(/^barrier failed: rank 1 .* within 2000 ms/),
      ...{ commKind: 'CollectiveFailed', operation: 'barrier', failedRank: 1 },
    });
    expect(ms).toBeGreaterThan(1_950);
    expect(ms).toBeLessThan(within(3_000));
  },
);
