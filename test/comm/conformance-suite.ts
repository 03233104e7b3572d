import { afterAll, describe, expect, test } from 'vitest';
import type { Backend, Case, RunOptions } from './backends.js';
import { edgesOf } from './edges.js';
import { describeGatherBuffers } from './gather-buffers-suite.js';
import { allgatherv, allreduce, encode, isBig, KINDS, type Op } from './model.js';

const OPS: readonly Op[] = ['sum', 'min', 'max'];
/** As long as a million barriers take where ranks outnumber cores. */
const LONG_TEST = { timeout: 280_000 };

/** How much is done of what has no natural end. */
export interface Effort {
  /** Barriers in a row. */
  barriers(at: Case): number;
  /** Collectives back to back. */
  readonly rounds: number;
  /** Bytes of each rank's large array. */
  largeBytes(at: Case): number;
}

/** What a rank may take beside its arrays to move a large one: a part of it, far from all of it. */
const MOST_EXTRA_MEMORY = 1 / 4;
/** So little that noise of the JavaScript engine is as much [bytes]. */
const SMALL_BYTES = 50e6;
const TIMEOUT_MS = 2_000;
/** When whoever waits must have been told [ms]. */
const TOLD_MS = 3_000;
const ABSENT_MS = 4_000;

/** More ranks than this, of all backends at once, would not all have started before the first of them lose patience. */
const MOST_RANKS_SIDE_BY_SIDE = 4;

/** Ranks that wait in vain. The backends do so side by side: it is time that passes here, not work that is done. */
export function describeTimeouts(backends: readonly Backend[]): void {
  const OPERATIONS = ['barrier', 'allreduce', 'allgatherv', 'broadcast', 'fence'];
  // Every operation at one size, and one at every size.
  const rows = [
    ...OPERATIONS.map((operation) => ({ operation, size: 2 })),
    ...[3, 4, 8].map((size, i) => ({ operation: OPERATIONS[i + 1], size })),
  ];
  afterAll(() => Promise.all(backends.map((backend) => backend.end())));
  test.each(rows)(
    `ranks that wait in $operation for one that never comes are told in time, size $size`,
    async (row) => {
      const culprit = row.size - 1;
      const args = [{ check: 'neverComes', operation: row.operation, culprit, absentMs: ABSENT_MS }];
      const waitInVain = async ({ name, run }: Backend): Promise<void> => {
        const results = await run<({ error: object; ms: number } | null)[]>('conformance', row.size, args, {
          timeoutMs: TIMEOUT_MS,
        });
        expect(results[culprit], name).toEqual([null]);
        for (const [result] of results.slice(0, culprit)) {
          expect(result?.error, name).toMatchObject({ name: 'CommError', commKind: 'CollectiveFailed' });
          expect(result?.ms, name).toBeGreaterThan(TIMEOUT_MS / 2);
          expect(result?.ms, name).toBeLessThan(TOLD_MS);
        }
      };
      // Those that stay have started before the clock runs.
      for (const { run } of backends) await run('conformance', row.size, []);
      if (row.size <= MOST_RANKS_SIDE_BY_SIDE) await Promise.all(backends.map(waitInVain));
      else for (const backend of backends) await waitInVain(backend);
    },
  );
}

/** The promises of a communicator, at each of the cases. */
export function describeConformance(cases: readonly Case[], effort: Effort): void {
  describe.each(cases)('$name, size $size', (at) => conformance(at, effort));
}

function conformance(at: Case, effort: Effort): void {
  const { backend, size } = at;
  afterAll(() => backend.end());
  /** Results of several checks in one run: one list a check, each in rank order. */
  const runAll = async <R>(
    checks: readonly ({ check: string } & object)[],
    options: RunOptions = {},
  ): Promise<R[][]> => {
    const perRank = await backend.run<R[]>('conformance', size, checks, options);
    return checks.map((_, i) => perRank.map((results) => results[i]));
  };
  const run = async <R>(check: string, args: object = {}, options: RunOptions = {}): Promise<R[]> =>
    (await runAll<R>([{ check, ...args }], options))[0];
  const ranks = Array.from({ length: size }, (_, r) => r);

  test('each rank knows its number, the size, and whether it leads', async () => {
    // Where regions are private, every rank fills its own as a leader would.
    const leads = (rank: number) => rank === 0 || !backend.sharesMemory;
    expect(await run('identity')).toEqual(ranks.map((rank) => ({ rank, size, isLeader: leads(rank) })));
  });

  test('allgatherv places regions of different and zero length, and leaves gaps alone', async () => {
    const counts = ranks.map((r) => (r % 3 === 1 ? 0 : 2 * r + 3));
    // Regions stand in reverse rank order with a gap of two before each.
    const displs = new Array<number>(size);
    let at = 0;
    for (const r of [...ranks].reverse()) {
      displs[r] = at + 2;
      at += 2 + counts[r];
    }
    const length = at + 1;
    const calls = KINDS.map((kind) => {
      const sends = ranks.map((r) => edgesOf(kind, r, counts[r]));
      return { check: 'gather', kind, counts, displs, length, sends, sentinel: isBig(kind) ? 42n : 42 };
    });
    const results = await runAll<Uint8Array>(calls);
    calls.forEach(({ kind, sends, sentinel }, i) => {
      const expected = encode(kind, allgatherv(sends, displs, new Array(length).fill(sentinel)));
      for (const bytes of results[i]) expect(bytes, kind).toEqual(expected);
    });
  });

  test('allgatherv works in place, and with what is sent anywhere in what is received', async () => {
    const checks = [3, 700, 100_000].flatMap((count) =>
      [0, 1, count, count + 1].map((shift) => ({ check: 'gatherInPlace', count, shift })),
    );
    const results = await runAll(checks);
    checks.forEach((check, i) => {
      expect(results[i], JSON.stringify(check)).toEqual(ranks.map(() => true));
    });
  });

  test('allreduce gives the bits of a reduction in rank order, for every kind, operator and edge value', async () => {
    const calls = KINDS.flatMap((kind) =>
      OPS.flatMap((op) => [
        // Long enough to leave the inline path for every kind, and short enough to take it for most.
        { check: 'reduce', kind, op, sends: ranks.map((r) => edgesOf(kind, r, 60)), inPlace: op === 'max' },
        { check: 'reduce', kind, op, sends: ranks.map((r) => edgesOf(kind, r, 6)), inPlace: op === 'min' },
        { check: 'reduce', kind, op, sends: ranks.map((r) => edgesOf(kind, r, 14).slice(8)) },
      ]),
    );
    const results = await runAll<Uint8Array>(calls);
    calls.forEach(({ kind, op, sends }, i) => {
      const expected = encode(kind, allreduce(kind, op, sends));
      for (const bytes of results[i]) expect(bytes, `${kind} ${op}`).toEqual(expected);
    });
  });

  test('collectives of nothing are allowed', async () => {
    const none = ranks.map(() => []);
    expect(await run('reduce', { kind: 'Float64Array', op: 'sum', sends: none })).toEqual(
      ranks.map(() => new Uint8Array(0)),
    );
    const zeros = ranks.map(() => 0);
    const args = { kind: 'Int32Array', counts: zeros, displs: zeros, length: 0, sends: none, sentinel: 0 };
    expect(await run('gather', args)).toEqual(ranks.map(() => new Uint8Array(0)));
  });

  test('broadcast delivers from every root, for every kind', async () => {
    const calls = KINDS.map((kind) => {
      const values = ranks.map((r) => edgesOf(kind, r, 1 + 9 * (r % 3)));
      return { check: 'broadcast', kind, values };
    });
    const results = await runAll<Uint8Array[]>(calls);
    calls.forEach(({ kind, values }, i) => {
      const expected = values.map((list) => encode(kind, list));
      for (const received of results[i]) expect(received, kind).toEqual(expected);
    });
  });

  test('no rank passes a barrier before all have arrived', LONG_TEST, async () => {
    const boundMs = LONG_TEST.timeout;
    const count = effort.barriers(at);
    // Where no memory is shared, some rank is late for some barriers: a few hundred of them, for each costs a nap.
    const args = { count, lateEvery: Math.ceil(count / 250) };
    expect(await run('barriers', args, { boundMs })).toEqual(ranks.map(() => 0));
  });

  test('collectives back to back stay right when a rank is late', async () => {
    const args = { rounds: effort.rounds, seed: 12345 + size, inlineLength: 4, slotLength: 700 };
    expect(await run('delays', args)).toEqual(ranks.map(() => 0));
  });

  test('regions begin as zeros, are seen by all ranks where shared, and can be released and had again', async () => {
    // The long one lies beyond the memory that a gang begins with.
    for (const length of [10, 2_000_000]) {
      for (const result of await run<Record<string, unknown>>('regions', { length })) {
        expect(result).toEqual({
          shared: backend.sharesMemory,
          length,
          zero: true,
          complete: backend.sharesMemory || size === 1,
          zeroAgain: true,
        });
      }
    }
  });

  test('regions hold every kind of element', async () => {
    expect(await run('regionKinds')).toEqual(ranks.map(() => []));
  });

  test.runIf(backend.sharesMemory || size === 1)('atomic tickets in a region are drawn once each', async () => {
    const results = await run<{ mine: number; onceEach: boolean }>('tickets', { tickets: 20_000 });
    expect(results.reduce((total, { mine }) => total + mine, 0)).toBe(20_000);
    expect(results.every(({ onceEach }) => onceEach)).toBe(true);
  });

  test('data in shared regions can be sent, received, and changed right after', async () => {
    // On both sides of what travels inline, and longer than an exchange slot.
    const checks = [5, 700, 40_000].map((length) => ({ check: 'regionTransfers', length }));
    for (const perRank of await runAll(checks)) expect(perRank).toEqual(ranks.map(() => []));
  });

  test('released memory is used again', async () => {
    const maxSharedBytes = 64 * 1024 * 1024;
    const results = await run('recycling', { rounds: 20, bytes: 16 * 1024 * 1024 }, { maxSharedBytes });
    expect(results).toEqual(ranks.map(() => true));
  });

  test.runIf(backend.sharesMemory)('a region beyond the limit fails on every rank, and nothing is lost', async () => {
    const maxSharedBytes = 32 * 1024 * 1024;
    for (const result of await run<Record<string, unknown>>(
      'exhaustion',
      { elements: 8_000_000 },
      { maxSharedBytes },
    )) {
      expect(result).toMatchObject({
        error: { name: 'CommError', kind: 'CommError', commKind: 'AllocationFailed', requestedBytes: 64_000_000 },
        seen: 7,
        untouched: 0,
        usable: true,
      });
    }
  });

  test('splitLocal gives a communicator of its own', async () => {
    const results = await run('split');
    for (const [rank, result] of results.entries()) {
      expect(result).toMatchObject({
        rank,
        size,
        max: size - 1,
        root: size - 1,
        closed: { commKind: 'InvalidCommunicator' },
        usable: true,
      });
    }
  });

  test('large payloads arrive whole, and take little memory beside the arrays', async () => {
    // Not a multiple of any buffer size.
    const elements = Math.ceil(effort.largeBytes(at) / Float64Array.BYTES_PER_ELEMENT) + 13;
    const bytes = elements * Float64Array.BYTES_PER_ELEMENT;
    for (const { extra, ...right } of await run<{ extra: number | null }>('large', { elements })) {
      expect(right).toEqual({ gathered: true, reduced: true, sent: true });
      if (extra !== null && bytes >= SMALL_BYTES) expect(extra).toBeLessThan(bytes * MOST_EXTRA_MEMORY);
    }
  });

  test('a region that no machine has memory for fails on every rank, and nothing is lost', async () => {
    for (const { error, usable } of await run<{ error: object; usable: boolean }>('oversize')) {
      expect(error).toMatchObject({ name: 'CommError', commKind: 'AllocationFailed' });
      expect(usable).toBe(true);
    }
  });

  test('a bad call fails on its caller alone, with its kind, and the communicator stays usable', async () => {
    const caller = size - 1;
    const results = await run<{ errors: Record<string, object>; usable: boolean }>('badCalls', { caller });
    expect(results.map(({ usable }) => usable)).toEqual(ranks.map(() => true));
    const comm = (commKind: string, fields: object) =>
      expect.objectContaining({ name: 'CommError', commKind, ...fields });
    const size_ = (operation: string, expected: number, actual: number) =>
      comm('InvalidBufferSize', { operation, expected, actual });
    expect(results[caller].errors).toEqual({
      sendTooShort: size_('allgatherv', 2, 1),
      recvTooShort: size_('allgatherv', 2 * size, 2 * size - 1),
      countsTooShort: size_('allgatherv', size, size - 1),
      displsTooLong: size_('allgatherv', size, size + 1),
      negativeCount: size_('allgatherv', 0, -1),
      fractionalDispl: size_('allgatherv', 0, 0.5),
      reduceLengths: size_('allreduce', 2, 3),
      reduceKinds: expect.objectContaining({ name: 'CobreError', kind: 'TypeMismatch' }),
      reduceOperator: expect.objectContaining({ name: 'CobreError', kind: 'InvalidArgument' }),
      rootTooLarge: comm('InvalidRoot', { root: size, size }),
      rootNegative: comm('InvalidRoot', { root: -1, size }),
      rootFractional: comm('InvalidRoot', { root: 0.5, size }),
      notAnArray: expect.objectContaining({ kind: 'TypeMismatch' }),
      regionNegative: size_('createSharedRegion', 0, -1),
      ...(size > 1 ? { overlap: size_('allgatherv', 2, 1) } : {}),
    });
  });

  test('a closed communicator refuses everything, and may be closed again', async () => {
    for (const errors of await run<object[]>('closed')) {
      expect(errors).toHaveLength(7);
      for (const error of errors) expect(error).toMatchObject({ commKind: 'InvalidCommunicator' });
    }
  });

  test.runIf(size > 1 && backend.staysInStep)(
    'ranks that call different things all get an error and stay in step',
    async () => {
      const results = await run<{ errors: Record<string, object>; usable: boolean }>('mismatch');
      for (const { errors, usable } of results) {
        expect(usable).toBe(true);
        for (const [name, error] of Object.entries(errors)) {
          const commKind = name === 'length' ? 'InvalidBufferSize' : 'CollectiveFailed';
          expect(error, name).toMatchObject({ name: 'CommError', commKind });
        }
      }
    },
  );

  test
    .runIf(size > 1 && !backend.staysInStep)
    .each(['operation', 'operator', 'root', 'length', 'kind', 'region', 'regionKind', 'regionLength'])(
    'ranks that do not call the same %s all get an error, then or in the next collective',
    async (name) => {
      const failure = expect.objectContaining({
        name: 'CommError',
        commKind: expect.toBeOneOf(['CollectiveFailed', 'InvalidBufferSize']),
      });
      for (const { error, after } of await run<Record<string, object | null>>('oneMismatch', { name })) {
        // A broadcast is one way: who only sends cannot know.
        const atOnce = !['root', 'length', 'kind'].includes(name);
        if (atOnce) expect(error).toEqual(failure);
        else expect(error ?? after).toEqual(failure);
        if (name.startsWith('region')) expect(after).toBeNull();
        else expect(after).toEqual(failure);
      }
    },
  );

  describeGatherBuffers(at);
}
