import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { BackendError } from '#cobre/comm/backend-error';
import type { Comm } from '#cobre/comm/communicator';
import { connectTcp, type TcpConfig } from '#cobre/comm/tcp/connect-tcp';
import { LONG, some } from '../../support/long.js';
import { within } from '../../support/within.js';
import { packageWithoutNative } from '../package-without-native.js';
import { killTcpRank, type Timed } from './kill-rank.js';
import { RawPeer } from './raw-peer.js';
import { freePort, runTcp, type SpawnedRank, spawnRanks, valuesOf } from './spawn-ranks.js';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

const joined = (config: Partial<TcpConfig> & { rank: number; size: number }): Promise<Comm> =>
  connectTcp({ coordinator: '127.0.0.1', bindAddr: '127.0.0.1', ...config }).then((comm) => {
    cleanups.push(() => comm.close());
    return comm;
  });

/** Ranks whose processes are ended with the test, whatever becomes of it. */
function spawned<R>(...args: Parameters<typeof spawnRanks>): SpawnedRank<R>[] {
  const ranks = spawnRanks<R>(...args);
  cleanups.push(() => {
    for (const { process } of ranks) process.kill('SIGKILL');
  });
  return ranks;
}

const refusal = (promise: Promise<unknown>): Promise<BackendError> =>
  promise.then(
    () => expect.unreachable('it was taken'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(BackendError);
      return error as BackendError;
    },
  );

const u32 = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const frame = (tag: number, payload: Iterable<number> = []): number[] => {
  const bytes = [...payload];
  return [...u32(bytes.length + 1), tag, ...bytes];
};
const doubles = (...values: number[]): number[] => [...new Uint8Array(Float64Array.from(values).buffer)];

describe('on the wire', () => {
  test('a worker that speaks the documented bytes takes part in every collective', async () => {
    const port = await freePort();
    const coordinator = joined({ rank: 0, size: 2, port });
    const peer = await RawPeer.reach(port);
    peer.write([0, 0, 0, 9, 0x08, 0, 0, 0, 1, 0, 0, 0, 2]);
    expect([...(await peer.read(9))]).toEqual([0, 0, 0, 5, 0x09, 0, 0, 0, 2]);
    const comm = await coordinator;

    peer.write([0, 0, 0, 1, 0x06]);
    await delay(20);
    comm.barrier();
    expect([...(await peer.read(5))]).toEqual([0, 0, 0, 1, 0x07]);

    peer.write(frame(0x01, doubles(3, 4, 5)));
    await delay(20);
    const all = new Float64Array(5);
    comm.allgatherv(Float64Array.of(1, 2), all, [2, 3], [0, 2]);
    expect([...all]).toEqual([1, 2, 3, 4, 5]);
    expect([...(await peer.read(45))]).toEqual(frame(0x02, doubles(1, 2, 3, 4, 5)));

    for (const [code, op, expected] of [
      [0, 'sum', 9],
      [1, 'min', 2],
      [2, 'max', 7],
    ] as const) {
      peer.write(frame(0x03, [code, ...doubles(7)]));
      await delay(20);
      const result = new Float64Array(1);
      comm.allreduce(Float64Array.of(2), result, op);
      expect([...result]).toEqual([expected]);
      expect([...(await peer.read(13))]).toEqual(frame(0x04, doubles(expected)));
    }

    comm.broadcast(Float64Array.of(8, 9), 0);
    expect([...(await peer.read(21))]).toEqual(frame(0x05, doubles(8, 9)));
    peer.write(frame(0x05, [1, 2, 3]));
    await delay(20);
    const bytes = new Uint8Array(3);
    comm.broadcast(bytes, 1);
    expect([...bytes]).toEqual([1, 2, 3]);

    comm.close();
    expect([...(await peer.rest())]).toEqual([0, 0, 0, 1, 0x0a]);
  });

  test('a coordinator that speaks the documented bytes is understood, and told nothing else', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanups.push(() => server.close());
    const { port } = server.address() as { port: number };
    const worker = joined({ rank: 2, size: 3, port });
    const [socket] = await once(server, 'connection');
    const peer = new RawPeer(socket);
    expect([...(await peer.read(13))]).toEqual([0, 0, 0, 9, 0x08, 0, 0, 0, 2, 0, 0, 0, 3]);
    peer.write([0, 0, 0, 5, 0x09, 0, 0, 0, 3]);
    const comm = await worker;

    peer.write([0, 0, 0, 1, 0x07]);
    await delay(20);
    comm.barrier();
    peer.write(frame(0x02, doubles(1, 2, 3)));
    await delay(20);
    const all = new Float64Array(5).fill(-1);
    comm.allgatherv(Float64Array.of(3), all, [1, 1, 1], [4, 0, 2]);
    expect([...all]).toEqual([2, -1, 3, -1, 1]);
    peer.write(frame(0x04, doubles(11)));
    await delay(20);
    const sum = new Float64Array(1);
    comm.allreduce(Float64Array.of(5), sum, 'sum');
    expect(sum[0]).toBe(11);
    comm.broadcast(Uint8Array.of(4), 2);
    comm.close();
    expect([...(await peer.rest())]).toEqual([
      ...frame(0x06),
      ...frame(0x01, doubles(3)),
      ...frame(0x03, [0, ...doubles(5)]),
      ...frame(0x05, [4]),
    ]);
  });
});

describe('a handshake', () => {
  test.each([
    { what: 'another size', bytes: frame(0x08, [...u32(1), ...u32(4)]), says: 'started with size 4' },
    { what: 'the rank of the coordinator', bytes: frame(0x08, [...u32(0), ...u32(3)]), says: 'rank 0 is not' },
    { what: 'a rank beyond the size', bytes: frame(0x08, [...u32(3), ...u32(3)]), says: 'rank 3 is not' },
    { what: 'a rank that is taken', bytes: frame(0x08, [...u32(1), ...u32(3)]), says: 'rank 1 already' },
    {
      what: 'a token nobody asked for',
      bytes: frame(0x08, [...u32(2), ...u32(3), ...new Array(16).fill(0)]),
      says: 'TOKEN',
    },
  ])('with $what is refused with a reason', async ({ bytes, says }) => {
    const port = await freePort();
    const coordinator = joined({ rank: 0, size: 3, port });
    await joined({ rank: 1, size: 3, port });
    const peer = await RawPeer.reach(port);
    peer.write(bytes);
    const answer = await peer.rest();
    expect(answer[4]).toBe(0x0a);
    expect(answer.subarray(5).toString()).toContain(says);
    await joined({ rank: 2, size: 3, port });
    await coordinator;
  });

  test('refused is a BackendError on the worker, at once', async () => {
    const port = await freePort();
    const coordinator = joined({ rank: 0, size: 2, port });
    const error = await refusal(joined({ rank: 1, size: 5, port }));
    expect(error.toJSON()).toMatchObject({
      kind: 'MpiError',
      context: { operation: 'handshake', backend: 'tcp', coordinator: `127.0.0.1:${port}` },
      suggestion: expect.stringContaining('COBRE_TCP_SIZE'),
    });
    expect(error.context.detail).toContain('started with size 5');
    await joined({ rank: 1, size: 2, port });
    await coordinator;
  });

  test('of a worker that went away is forgotten when another takes its place', async () => {
    const port = await freePort();
    const coordinator = joined({ rank: 0, size: 3, port });
    (await joined({ rank: 1, size: 3, port })).close();
    await joined({ rank: 1, size: 3, port });
    await joined({ rank: 2, size: 3, port });
    expect((await coordinator).size).toBe(3);
  });
});

describe('a token', () => {
  test('lets those in who share it', async () => {
    const results = await runTcp<number>('tcp-faults', 3, { act: 'rounds', count: 5 }, { config: { token: 'secret' } });
    expect(results).toEqual([0, 0, 0]);
  });

  test.each([
    { ours: 'secret', theirs: 'other', says: 'tokens differ' },
    { ours: 'secret', theirs: undefined, says: 'asks for COBRE_TCP_TOKEN' },
    { ours: undefined, theirs: 'secret', says: 'without COBRE_TCP_TOKEN' },
  ])('keeps the others out: $says', async ({ ours, theirs, says }) => {
    const port = await freePort();
    const token = (value: string | undefined) => (value === undefined ? {} : { token: value });
    const coordinator = joined({ rank: 0, size: 2, port, ...token(ours) });
    const error = await refusal(joined({ rank: 1, size: 2, port, ...token(theirs) }));
    expect(error.context.detail).toContain(says);
    expect(JSON.stringify(error)).not.toContain('secret');
    await joined({ rank: 1, size: 2, port, ...token(ours) });
    await coordinator;
  });

  test('never travels, and a recorded handshake opens nothing', async () => {
    // A relay between worker and coordinator records both directions.
    const port = await freePort();
    const said: Buffer[] = [];
    const heard: Buffer[] = [];
    const relay = createServer((socket) => {
      void RawPeer.reach(port).then(({ socket: onward }) => {
        socket.on('data', (chunk) => said.push(chunk));
        onward.on('data', (chunk) => heard.push(chunk));
        socket.pipe(onward).pipe(socket);
        onward.on('error', () => {});
        socket.on('error', () => {});
      });
    }).listen(0, '127.0.0.1');
    await once(relay, 'listening');
    cleanups.push(() => relay.close());
    const relayPort = (relay.address() as { port: number }).port;
    const first = joined({ rank: 0, size: 2, port, token: 'secret' });
    const worker = await joined({ rank: 1, size: 2, port: relayPort, token: 'secret' });
    (await first).close();
    worker.close();
    const recorded = Buffer.concat(said);
    expect(recorded).toHaveLength(5 + 8 + 16 + 5 + 8 + 32);
    expect(Buffer.concat([recorded, ...heard]).toString('latin1')).not.toContain('secret');

    const again = joined({ rank: 0, size: 2, port, token: 'secret' });
    const replay = await RawPeer.reach(port);
    replay.write(recorded);
    const answer = await replay.rest();
    // Ack with a new nonce, then the refusal.
    expect(answer[4]).toBe(0x09);
    expect(answer[5 + 4 + 16 + 4]).toBe(0x0a);
    // Answering with what the coordinator said to the worker is of no use either.
    const mirror = await RawPeer.reach(port);
    mirror.write(recorded.subarray(0, 29));
    const challenge = await mirror.read(25);
    mirror.write(frame(0x08, [...u32(1), ...u32(2), ...challenge.subarray(9), ...challenge.subarray(9)]));
    expect((await mirror.rest())[4]).toBe(0x0a);
    await joined({ rank: 1, size: 2, port, token: 'secret' });
    await again;
  });
});

describe('strangers on the port', () => {
  const strange: Record<string, number[]> = {
    'random bytes': Array.from({ length: 200 }, (_, i) => (i * 151 + 77) & 255),
    'a length of 4 GiB': [255, 255, 255, 255, 0x08],
    'an empty frame': [0, 0, 0, 0],
    'a frame that is no handshake': frame(0x06),
    'a handshake that is too short': frame(0x08, [0, 0, 0, 1]),
    'an HTTP request': [...Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
  };

  test('are dropped, and the gang forms around them', async () => {
    const port = await freePort();
    const coordinator = joined({ rank: 0, size: 2, port });
    for (const [what, bytes] of Object.entries(strange)) {
      const peer = await RawPeer.reach(port);
      peer.write(bytes);
      expect([...(await peer.rest())], what).toEqual([]);
    }
    // A thousand that say nothing, and half a handshake.
    const half = await RawPeer.reach(port);
    half.write([0, 0, 0, 9, 0x08, 0, 0]);
    const silent = await Promise.all(Array.from({ length: 1000 }, () => RawPeer.reach(port)));
    cleanups.push(() => {
      for (const { socket } of silent) socket.destroy();
    });
    await joined({ rank: 1, size: 2, port });
    expect((await coordinator).size).toBe(2);
  });

  test('who say nothing have a deadline', async () => {
    const port = await freePort();
    const coordinator = joined({ rank: 0, size: 2, port });
    const silent = await RawPeer.reach(port);
    const start = performance.now();
    expect(await silent.rest()).toHaveLength(0);
    expect(performance.now() - start).toBeGreaterThan(1_000);
    await joined({ rank: 1, size: 2, port });
    await coordinator;
  });

  test('find nobody listening once all ranks are there, and the job goes on', async () => {
    const port = await freePort();
    let underWay: () => void = () => {};
    const started = new Promise<void>((resolve) => {
      underWay = resolve;
    });
    const options = { onMessage: () => underWay() };
    const ranks = spawned<number>('tcp-faults', 2, port, { act: 'rounds', count: 60, pause: 10 }, options);
    await started;
    const probe = new RawPeer((await import('node:net')).connect(port, '127.0.0.1'));
    expect(await probe.rest()).toHaveLength(0);
    expect(await valuesOf(ranks)).toEqual([0, 0]);
  });
});

describe('a gang that cannot form', () => {
  test('because nobody listens', async () => {
    const port = await freePort();
    const error = await refusal(joined({ rank: 1, size: 2, port, connectTimeoutMs: 300 }));
    expect(error.toJSON()).toEqual({
      kind: 'MpiError',
      message: `TCP backend failed to connect to coordinator at 127.0.0.1:${port}`,
      context: {
        operation: 'connect',
        backend: 'tcp',
        coordinator: `127.0.0.1:${port}`,
        // ECONNREFUSED is 111 on Linux, 61 on macOS.
        error_code: expect.toBeOneOf([111, 61]),
        detail: expect.stringContaining('ECONNREFUSED'),
      },
      suggestion:
        `Verify that the TCP coordinator is running at 127.0.0.1:${port} ` +
        'and that the port is accessible from this host.',
    });
  });

  test('because nobody listens at any address of the name', async () => {
    const port = await freePort();
    const error = await refusal(joined({ rank: 1, size: 2, coordinator: 'localhost', port, connectTimeoutMs: 300 }));
    expect(error.context).toMatchObject({ operation: 'connect', detail: expect.stringContaining('ECONNREFUSED') });
  });

  test('because there is no such host', async () => {
    const error = await refusal(
      joined({ rank: 1, size: 2, coordinator: 'no-such-host.invalid', connectTimeoutMs: 300 }),
    );
    expect(error.backendKind).toBe('InitializationFailed');
    expect(error.context.coordinator).toBe('no-such-host.invalid:29500');
  });

  test('because the port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanups.push(() => server.close());
    const { port } = server.address() as { port: number };
    const error = await refusal(joined({ rank: 0, size: 2, port }));
    expect(error.context).toMatchObject({ operation: 'listen', backend: 'tcp', error_code: expect.any(Number) });
    expect(error.suggestion).toContain(`Port ${port} is taken`);
  });

  test('because somebody else answers on the port', async () => {
    const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanups.push(() => server.close());
    const { port } = server.address() as { port: number };
    const error = await refusal(joined({ rank: 1, size: 2, port }));
    expect(error.context.detail).toContain('no coordinator');
  });

  test('because a rank does not come: the coordinator names it, and those who came learn of it', async () => {
    const port = await freePort();
    const coordinator = refusal(joined({ rank: 0, size: 3, port, connectTimeoutMs: 500 }));
    const worker = await joined({ rank: 1, size: 3, port });
    const error = await coordinator;
    expect(error.context.detail).toBe('rank 2 did not connect within 500 ms');
    expect(() => worker.barrier()).toThrow(/rank 2 did not connect/);
  });
});

describe('a rank that dies', () => {
  // On the coordinator, on a worker; while others wait in each of the collectives.
  test.each([
    { operation: 'barrier', culprit: 1 },
    { operation: 'allreduce', culprit: 2 },
    { operation: 'allgatherv', culprit: 0 },
    { operation: 'allgatherv', culprit: 1, elements: 400_000 },
    { operation: 'broadcast', culprit: 2, root: 1 },
    { operation: 'barrier', culprit: 0 },
  ])('is named to all others within a second: $operation, rank $culprit', async ({ culprit, ...args }) => {
    const { survivors, died } = await killTcpRank(3, culprit, { act: 'loop', ...args });
    for (const { error, at } of survivors) {
      expect(error).toMatchObject({
        name: 'CommError',
        commKind: 'CollectiveFailed',
        operation: args.operation,
        failedRank: culprit,
      });
      expect(at - died).toBeLessThan(within(1_000));
    }
  });

  test.each(['allreduce', 'allgatherv'])('without native code as well: %s', async (operation) => {
    const options = { root: packageWithoutNative() };
    const { survivors } = await killTcpRank(3, 1, { act: 'loop', operation, elements: 300_000 }, options);
    for (const { error } of survivors) expect(error).toMatchObject({ operation, failedRank: 1 });
  });

  test.runIf(LONG)('is noticed while the coordinator computes', async () => {
    const { survivors, died } = await killTcpRank(3, 1, {
      act: 'loop',
      operation: 'barrier',
      busy: [0, 1],
      busyMs: 6_000,
    });
    // Rank 2 waits; rank 0 learns of it when it has done its work.
    expect(survivors[1].error).toMatchObject({ commKind: 'CollectiveFailed', failedRank: 1 });
    expect(survivors[1].at - died).toBeLessThan(5_000);
    expect(survivors[0].error).toMatchObject({ commKind: 'CollectiveFailed', failedRank: 1 });
  });

  test('ten times over leaves nothing behind that disturbs the next gang', async () => {
    for (let i = 0; i < 10; i++) {
      const { survivors } = await killTcpRank(2, i % 2, {
        act: 'loop',
        operation: i % 3 === 0 ? 'barrier' : 'allgatherv',
      });
      for (const { error } of survivors) expect(error).toMatchObject({ failedRank: i % 2 });
    }
  });
});

describe('a rank that leaves', () => {
  test.each([0, 1, 2])('fails those who wait for it, at once and ever after: rank %i', async (culprit) => {
    const results = await runTcp<{ first: Timed; second: Timed } | null>('tcp-faults', 3, { act: 'leaves', culprit });
    for (const result of results.filter((each) => each !== null)) {
      for (const { error, ms } of [result.first, result.second]) {
        expect(error).toMatchObject({ commKind: 'CollectiveFailed', failedRank: culprit });
        expect(ms).toBeLessThan(within(5_000));
      }
    }
  });

  test.each([3, 100_000])('after sending the data of a broadcast has done its part (%i elements)', async (elements) => {
    expect(await runTcp('tcp-faults', 3, { act: 'lastBroadcast', root: 1, elements })).toEqual([true, true, true]);
  });
});

// The result of the large one is passed on while contributions come in.
const absent = [
  { culprit: 2, operation: 'allgatherv', elements: 300_000 },
  { culprit: 0, operation: 'allreduce', elements: 4 },
  { culprit: 2, operation: 'allreduce', elements: 4 },
];
test.each(some(absent, 1))(
  'rank $culprit not coming to an $operation is an error on the others after the timeout',
  async (row) => {
    const { culprit, operation } = row;
    const args = { act: 'late', ms: 4_000, ...row };
    const results = await runTcp<Timed | null>('tcp-faults', 3, args, { config: { timeoutMs: 1_000 } });
    results.forEach((result, rank) => {
      if (rank === culprit) return;
      expect(result?.error).toMatchObject({ commKind: 'CollectiveFailed', operation, failedRank: culprit });
      expect(result?.ms).toBeGreaterThan(900);
      expect(result?.ms).toBeLessThan(within(2_500));
    });
  },
);

// Contributions of several frames: that they differ shows when others have been sent parts of the result already.
test.each([
  { culprit: 1, elements: 300_000, more: 100_000 },
  { culprit: 2, elements: 131_071, more: 1 },
  { culprit: 2, elements: 500_000, more: -200_000 },
])('a contribution that does not fit fails on all ranks in the same call: %j', async (args) => {
  for (const { error, ms } of await runTcp<Timed>('tcp-faults', 3, { act: 'uneven', ...args })) {
    expect(error).toMatchObject({ name: 'CommError', operation: 'allgatherv' });
    expect(error?.message).toContain('elements from rank');
    expect(ms).toBeLessThan(within(5_000));
  }
});

test('a large allgatherv takes no memory beside the arrays', async () => {
  const elements = 4_000_000;
  const bytes = 3 * elements * Float64Array.BYTES_PER_ELEMENT;
  const results = await runTcp<{ grown: number; right: boolean }>('tcp-faults', 3, { act: 'memory', elements });
  for (const { grown, right } of results) {
    expect(right).toBe(true);
    expect(grown).toBeLessThan(bytes / 8);
  }
});

test('a rank that waits leaves the processor to others', async () => {
  const shares = await runTcp<number>('tcp-faults', 2, { act: 'idle', ms: 1_500 });
  expect(shares[0]).toBeLessThan(0.25);
});

test('a process whose program is over ends, also if it did not close', async () => {
  const ranks = spawned('tcp-faults', 3, await freePort(), { act: 'forgets' });
  expect(await valuesOf(ranks)).toEqual([0, 1, 2]);
});

test('a gang of one needs nobody', async () => {
  const comm = await joined({ rank: 0, size: 1 });
  const sum = new Float64Array(2);
  comm.allreduce(Float64Array.of(1, Number.NaN), sum, 'sum');
  comm.broadcast(sum, 0);
  comm.barrier();
  expect([...sum]).toEqual([1, Number.NaN]);
});

test.each([
  [{ rank: 2, size: 2 }, 'rank'],
  [{ rank: 0, size: 0 }, 'size'],
  [{ rank: 1, size: 2, coordinator: '' }, 'coordinator'],
  [{ rank: 0, size: 2, port: 70_000 }, 'port'],
  [{ rank: 0, size: 2, timeoutMs: 0 }, 'timeoutMs'],
  [{ rank: 0, size: 2, token: '' }, 'token'],
])('a configuration that cannot work is refused: %j', async (config, field) => {
  await expect(joined(config)).rejects.toMatchObject({ name: 'CobreError', kind: 'InvalidArgument', field });
});
