import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { BackendError } from '#cobre/comm/backend-error';
import { attachShm } from '#cobre/comm/shm/attach-shm';
import { PAGE_BYTES } from '#cobre/comm/shm/control-region';
import { MappedSegment } from '#cobre/comm/shm/mapped-segment';
import { loadPosixShm, systemErrorName } from '#cobre/comm/shm/posix-shm';
import type { ShmConfig } from '#cobre/comm/shm/shm-config';
import { CobreError } from '#cobre/errors';
import { killShmProcess } from '../faults/kill-rank.js';
import { runSync } from '../support/child.js';
import { freshName, ShmGang, ShmRank, segmentNames, WHY_NOT } from './shm-gang.js';

/** Far below the 30 s and 60 s after which a rank gives up by itself: whoever waits that long fails the test. */
const BOUNDED = { timeout: 20_000 };
const LINUX = process.platform === 'linux';

// Where everything should be there, what is missing is a failure.
if (WHY_NOT !== null) {
  if (process.env.CI === 'true') test('processes can share memory here', () => expect.fail(WHY_NOT as string));
  else test.skip(`processes cannot share memory here: ${WHY_NOT}`, () => {});
}

/** Removes the name of a segment; true when there was one. */
function removeSegmentName(name: string): boolean {
  try {
    loadPosixShm().unlink(name);
    return true;
  } catch (error) {
    if (systemErrorName(error) === 'ENOENT') return false;
    throw error;
  }
}

const echo = { act: 'echo', value: 5 };
const echoes = (size: number) => Array.from({ length: size }, (_, rank) => ({ rank, value: 5 }));

/** As it comes out of a rank's process. */
function initializationFailed(words: RegExp): unknown {
  return expect.objectContaining({
    kind: 'MpiError',
    context: expect.objectContaining({ backend: 'shm', detail: expect.stringMatching(words) }),
    suggestion: expect.any(String),
  });
}

describe.skipIf(WHY_NOT !== null)('ranks that are processes', BOUNDED, () => {
  afterEach(() => {
    const left = segmentNames();
    // One test that fails must not fail the next.
    for (const name of left) removeSegmentName(`/${name}`);
    expect(left).toEqual([]);
  });

  /** Resolves once the segment has a name and rank 0 has had time to come to wait for the others. */
  const named = async (name: string) => {
    await expect.poll(() => segmentNames(), { timeout: 10_000 }).toContain(name.slice(1));
    await delay(300);
  };

  /** Resolves once the ranks have mapped the segment, and have had time to come to wait for the others. */
  const attached = async (name: string, ranks: readonly ShmRank[]) => {
    await named(name);
    if (LINUX)
      await expect.poll(() => ranks.every(({ child }) => maps(child.pid, name)), { timeout: 10_000 }).toBe(true);
    await delay(300);
  };
  const maps = (pid: number | undefined, name: string) => readFileSync(`/proc/${pid}/maps`, 'utf8').includes(name);

  describe('one that is killed', () => {
    // Many more of them: npm run test:faults.
    test('is named to every survivor, whatever they were doing', { timeout: 60_000 }, async () => {
      for (let time = 0; time < 6; time++) await killShmProcess(time);
    });

    test('before all have attached is named by rank 0, and the name goes', async () => {
      await using gang = new ShmGang(3);
      const outcomes = Promise.allSettled([0, 1].map((rank) => gang.ranks[rank].attach('faults', echo)));
      await attached(gang.name, gang.ranks.slice(0, 2));
      gang.ranks[1].child.kill('SIGKILL');
      expect((await outcomes)[0]).toMatchObject({ reason: initializationFailed(/rank 1 has ended/) });
    });

    test('as rank 0 before all have attached is noticed by the others, who remove the name', async () => {
      await using gang = new ShmGang(3);
      const outcomes = Promise.allSettled([0, 1].map((rank) => gang.ranks[rank].attach('faults', echo)));
      await attached(gang.name, gang.ranks.slice(0, 2));
      gang.ranks[0].child.kill('SIGKILL');
      expect((await outcomes)[1]).toMatchObject({ reason: initializationFailed(/rank 0, .* ended before all ranks/) });
    });
  });

  test('one that returns without closing, or exits, is noticed', async () => {
    await using gang = new ShmGang(2);
    const [first, second] = await gang.perform('faults', { act: 'exit', culprit: 1, code: 7 });
    expect(second).toMatchObject({ reason: { message: 'ended with 7' } });
    expect(first).toMatchObject({
      reason: { commKind: 'CollectiveFailed', details: { operation: 'barrier', failedRank: 1 } },
    });
  });

  test('one that does not come to a collective is named when the others lose patience', async () => {
    await using gang = new ShmGang(2);
    const [first] = await gang.perform('faults', { act: 'neverComes', culprit: 1, how: 'sleeps' }, { timeoutMs: 300 });
    expect(first).toMatchObject({
      reason: {
        commKind: 'CollectiveFailed',
        message: expect.stringMatching(/rank 1 did not arrive within 300 ms/),
        details: { failedRank: 1 },
      },
    });
  });

  describe('a name that is taken', () => {
    test('is reported as stale to rank 0 and to the others, and can be had again once it is removed', async () => {
      await using first = new ShmGang(2);
      const { name } = first;
      const abandoned = first.ranks[0].attach('faults', echo).catch((error: Error) => error.message);
      await named(name);
      await first.ranks[0].end();
      expect(await abandoned).toBe('ended with SIGKILL');
      expect(segmentNames()).toEqual([name.slice(1)]);

      await using second = new ShmGang(2);
      const results = await Promise.allSettled(
        second.ranks.map((rank) => rank.attach('faults', echo, { connectTimeoutMs: 3_000 }, name)),
      );
      for (const result of results) expect(result).toMatchObject({ reason: initializationFailed(/stale/) });
      expect(results[0]).toMatchObject({
        reason: { context: { operation: 'create', backend: 'shm', error_code: 17 } },
      });
      expect(segmentNames()).toEqual([name.slice(1)]);

      expect(removeSegmentName(name)).toBe(true);
      expect(removeSegmentName(name)).toBe(false);
      const again = await Promise.all(second.ranks.map((rank) => rank.attach('faults', echo, {}, name)));
      expect(again).toEqual(echoes(2));
    });

    test('by a segment that was never finished is reported as stale, too', async () => {
      const name = freshName();
      const shm = loadPosixShm();
      shm.close(shm.create(name, 2 * PAGE_BYTES));
      const config = { name, rank: 1, size: 2, connectTimeoutMs: 50 };
      await expect(attachShm(config)).rejects.toEqual(initializationFailed(/stale/));
      expect(removeSegmentName(name)).toBe(true);
    });

    test("is left alone when it is somebody else's", async () => {
      const name = freshName();
      const shm = loadPosixShm();
      const descriptor = shm.create(name, PAGE_BYTES);
      shm.commit(descriptor, 0, PAGE_BYTES);
      const buffer = shm.map(descriptor, PAGE_BYTES);
      new Int32Array(buffer).fill(77);
      try {
        await expect(attachShm({ name, rank: 1, size: 2 })).rejects.toEqual(initializationFailed(/not one of this/));
        await expect(attachShm({ name, rank: 0, size: 2 })).rejects.toEqual(initializationFailed(/exists already/));
        expect(new Int32Array(buffer).every((word) => word === 77)).toBe(true);
      } finally {
        shm.unlink(name);
        shm.unmap(buffer);
        shm.close(descriptor);
      }
    });
  });

  describe('ranks that do not fit together', () => {
    test('because they disagree on their number all learn who was started for how many', async () => {
      const name = freshName();
      await using gang = new ShmGang(3);
      const odd = new ShmRank(name, 1, 2);
      const others = Promise.allSettled([0, 2].map((rank) => gang.ranks[rank].attach('faults', echo, {}, name)));
      await named(name);
      const why = initializationFailed(/rank 1 of .* was started for 2 ranks, rank 0 for 3/);
      await expect(odd.attach('faults', echo)).rejects.toEqual(why);
      const [first, last] = await others;
      expect(first).toMatchObject({ reason: why });
      // It may have come too late to be told.
      expect(last).toMatchObject({ reason: initializationFailed(/started for 2 ranks|there is no/) });
      await odd.end();
    });

    test('because two are the same leave the gang that is complete without the second', async () => {
      await using gang = new ShmGang(3);
      const { name } = gang;
      const early = Promise.all([0, 1].map((rank) => gang.ranks[rank].attach('faults', echo)));
      early.catch(() => {});
      await attached(name, gang.ranks.slice(0, 2));
      const twin = new ShmRank(name, 1, 3);
      await expect(twin.attach('faults', echo)).rejects.toEqual(initializationFailed(/another process is rank 1/));
      await twin.end();
      const last = await gang.ranks[2].attach('faults', echo);
      expect([...(await early), last]).toEqual(echoes(3));
    });

    test('because one never comes are told which', async () => {
      await using gang = new ShmGang(3);
      const connectTimeoutMs = 2_000;
      const results = await Promise.allSettled(
        [0, 1].map((rank) => gang.ranks[rank].attach('faults', echo, { connectTimeoutMs })),
      );
      for (const result of results) {
        expect(result).toMatchObject({ reason: initializationFailed(/rank 2 did not attach .* within 2000 ms/) });
      }
    });

    test('because there is no rank 0 are told so', async () => {
      const config = { name: freshName(), rank: 1, size: 2, connectTimeoutMs: 50 };
      const error = await attachShm(config).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(BackendError);
      expect(error).toEqual(initializationFailed(/there is no shared memory segment/));
      expect(error).toMatchObject({ backendKind: 'InitializationFailed', context: { backend: 'shm' } });
    });
  });

  describe('the name goes when rank 0 is ended while it waits', () => {
    test('by a signal that can be caught, which still ends it', async () => {
      await using gang = new ShmGang(2);
      const waiting = gang.ranks[0].attach('faults', echo);
      await attached(gang.name, gang.ranks.slice(0, 1));
      gang.ranks[0].child.kill('SIGTERM');
      await expect(waiting).rejects.toThrow('ended with SIGTERM');
    });

    test('by process.exit', async () => {
      await using gang = new ShmGang(2);
      const waiting = gang.ranks[0].attach('faults', echo);
      await attached(gang.name, gang.ranks.slice(0, 1));
      gang.ranks[0].child.disconnect();
      await expect(waiting).rejects.toThrow('ended with 0');
    });
  });

  test('a gang can attach again and again, and closing gives back its memory and descriptors', async () => {
    const descriptors = () => (LINUX ? readdirSync('/proc/self/fd').length : 0);
    const name = freshName();
    const before = descriptors();
    for (let i = 0; i < 20; i++) {
      const comm = await attachShm({ name, rank: 0, size: 1 });
      expect(segmentNames()).toEqual([]);
      const region = comm.createSharedRegion(Float64Array, 1000);
      region.data.fill(i);
      expect(region.data[999]).toBe(i);
      comm.close();
      expect(region.data.length).toBe(0);
    }
    expect(descriptors()).toBe(before);
    if (LINUX) expect(readFileSync('/proc/self/maps', 'latin1')).not.toContain(name);
  });

  test('what the system has no memory for is refused, and can be asked for again', () => {
    const shm = loadPosixShm();
    const name = freshName();
    const descriptor = shm.create(name, 4 * PAGE_BYTES);
    shm.unlink(name);
    let full = true;
    const segment = new MappedSegment(
      {
        ...shm,
        commit: (fd, offset, bytes) => {
          if (full && offset + bytes > PAGE_BYTES) throw Object.assign(new Error('No space left'), { errno: 28 });
          shm.commit(fd, offset, bytes);
        },
      },
      descriptor,
      4 * PAGE_BYTES,
    );
    expect(segment.commit(PAGE_BYTES)).toBe(true);
    expect(segment.commit(2 * PAGE_BYTES)).toBe(false);
    full = false;
    expect(segment.commit(2 * PAGE_BYTES)).toBe(true);
    segment.release();
  });

  /** A file system of its own for /dev/shm takes rights that not everybody has. */
  const mountSmall = 'mount -t tmpfs -o size=8m tmpfs /dev/shm';
  const canMount = (): boolean => runSync('unshare', ['-m', 'sh', '-c', mountSmall]).status === 0;

  test.runIf(LINUX && canMount())('a full /dev/shm is an error, not a SIGBUS', async () => {
    const execArgv = ['-m', 'sh', '-c', `${mountSmall} && exec "$0" "$@"`, process.execPath];
    const rank = new ShmRank(freshName(), 0, 1, { execPath: 'unshare', execArgv });
    const [result] = (await rank.attach('conformance', [{ check: 'exhaustion', elements: 2_000_000 }])) as unknown[];
    expect(result).toMatchObject({
      error: { commKind: 'AllocationFailed', requestedBytes: 16_000_000 },
      seen: 7,
      usable: true,
    });
    // There, even the memory that ranks need to talk is too much for eighty of them.
    const eighty = { size: 80, connectTimeoutMs: 1_000 };
    await expect(rank.attach('faults', echo, eighty)).rejects.toEqual(initializationFailed(/no memory for the/));
    await rank.end();
  });

  test.each<[string, Partial<ShmConfig>, string]>([
    ['no slash', { name: 'cobre' }, 'name'],
    ['nothing but a slash', { name: '/' }, 'name'],
    ['two slashes', { name: '/a/b' }, 'name'],
    ['a name that is too long', { name: `/${'x'.repeat(255)}` }, 'name'],
    ['a zero byte', { name: '/a\0b' }, 'name'],
    ['no name', { name: undefined as unknown as string }, 'name'],
    ['a rank beyond the size', { rank: 2 }, 'rank'],
    ['half a rank', { rank: 0.5 }, 'rank'],
    ['a rank that is none', { rank: Number.NaN }, 'rank'],
    ['no ranks', { size: 0, rank: 0 }, 'size'],
    ['no patience', { timeoutMs: 0 }, 'timeoutMs'],
    ['no patience at the start', { connectTimeoutMs: -1 }, 'connectTimeoutMs'],
    ['half a byte', { maxSharedBytes: 0.5 }, 'maxSharedBytes'],
    ['less memory than it takes to talk', { maxSharedBytes: PAGE_BYTES }, 'maxSharedBytes'],
  ])('%s is refused before anything is created', async (_, change, field) => {
    const config = { name: freshName(), rank: 0, size: 2, ...change } as ShmConfig;
    const error = await attachShm(config).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CobreError);
    expect(error).not.toBeInstanceOf(BackendError);
    expect(error).toMatchObject({ kind: 'InvalidArgument', field, suggestion: expect.any(String) });
  });
});
