import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runRanks } from '#cobre/comm/index';
import { CobreError, WorkerError } from '#cobre/errors';
import { isAlive } from './is-alive.js';
import { programUrl } from './program-url.js';
import { WHY_NOT } from './shm-gang.js';

// Far below the 60 s that stuck ranks would take.
const BOUNDED = { timeout: 40_000 };

const BACKENDS = [
  { backend: 'shm', whyNot: WHY_NOT },
  { backend: 'tcp', whyNot: null },
] as const;

/** Segments of runs that this process has started. */
function segments(): string[] {
  try {
    return readdirSync('/dev/shm').filter((name) => name.startsWith(`cobre-${process.pid}-`));
  } catch {
    return [];
  }
}

// Whether the native module may be missing is for shm-processes.test.ts to say.
describe.each(BACKENDS.filter(({ whyNot }) => whyNot === null))(
  'runRanks starts processes over $backend',
  BOUNDED,
  ({ backend }) => {
    const spawned = { backend, startMethod: 'spawn' } as const;

    test.each([1, 2, 3])('%i of them, which talk and return in rank order', async (size) => {
      const sends = Array.from({ length: size }, (_, rank) => [2 ** rank, -rank]);
      const args = [{ check: 'identity' }, { check: 'reduce', kind: 'Float64Array', op: 'sum', sends }];
      const results = await runRanks<[{ rank: number; size: number }, Uint8Array]>(programUrl('conformance'), {
        ...spawned,
        size,
        args,
      });
      expect(results.map(([place]) => [place.rank, place.size])).toEqual(sends.map((_, rank) => [rank, size]));
      const total = new Float64Array([2 ** size - 1, -(size * (size - 1)) / 2]);
      for (const [, bytes] of results) expect(bytes).toEqual(new Uint8Array(total.buffer));
      expect(segments()).toEqual([]);
    });

    test('and delivers all that they post, in order', async () => {
      const seen: unknown[][] = [[], []];
      const onMessage = (rank: number, message: unknown) => seen[rank].push(message);
      await runRanks(programUrl('faults'), { ...spawned, size: 2, args: { act: 'posts', count: 200 }, onMessage });
      const expected = Array.from({ length: 200 }, (_, i) => i);
      expect(seen).toEqual([expected, expected]);
    });

    test('and hands over what a rank returns of a shared region', async () => {
      const args = { act: 'returnsRegion' };
      const results = await runRanks<Float64Array>(programUrl('processes'), { ...spawned, size: 2, args });
      expect(results).toEqual([new Float64Array([0, 1, 2]), new Float64Array([0, 1, 2])]);
      // Not the whole memory that it is a part of.
      for (const { buffer } of results) expect(buffer.byteLength).toBeLessThan(10_000);
    });

    test.each([0, 1, 2])('and names rank %i when it is killed, and leaves nothing behind', async (victim) => {
      const pids = new Map<number, number>();
      const error = await runRanks(programUrl('processes'), {
        ...spawned,
        size: 3,
        args: { act: 'talks' },
        onMessage: (rank, pid) => {
          pids.set(rank, pid as number);
          if (pids.size === 3) process.kill(pids.get(victim) as number, 'SIGKILL');
        },
      }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(WorkerError);
      expect(error).toMatchObject({ rank: victim, signal: 'SIGKILL', exitCode: null, inner: null });
      expect([...pids.values()].filter(isAlive)).toEqual([]);
      expect(segments()).toEqual([]);
    });

    test('and lets them go on where SIGINT and SIGTERM reach all of them, until the caller stops them', async () => {
      const controller = new AbortController();
      const pids: number[] = [];
      const signalAll = async () => {
        for (let time = 0; time < 20; time++) {
          for (const pid of pids) process.kill(pid, time % 2 === 0 ? 'SIGINT' : 'SIGTERM');
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        controller.abort();
      };
      const results = await runRanks(programUrl('processes'), {
        ...spawned,
        size: 3,
        args: { act: 'talksUntilStopped' },
        stop: controller.signal,
        onMessage: (_rank, pid) => {
          if (pids.push(pid as number) === 3) void signalAll();
        },
      });
      expect(results).toEqual(['stopped', 'stopped', 'stopped']);
    });

    test('and names a rank that throws while the others wait for it', async () => {
      const args = { act: 'throwWhileOthersWait', culprit: 1, error: 'cobre' };
      const error = await runRanks(programUrl('faults'), { ...spawned, size: 3, args }).catch((e: unknown) => e);
      expect(error).toMatchObject({ rank: 1, exitCode: 1, inner: { message: 'too much' } });
      expect((error as WorkerError).inner).toBeInstanceOf(CobreError);
      expect(segments()).toEqual([]);
    });

    test('and ends them when it is aborted before they have found each other', async () => {
      const controller = new AbortController();
      const run = runRanks(programUrl('faults'), {
        ...spawned,
        size: 2,
        args: { act: 'echo' },
        signal: controller.signal,
      });
      setTimeout(() => controller.abort(new Error('enough')), 100);
      await run.catch((reason: Error) => expect(reason.message).toBe('enough'));
      expect(segments()).toEqual([]);
    });
  },
);
