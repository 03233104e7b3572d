import { describe, expect, test } from 'vitest';
import type { Case } from './backends.js';
import { edgesOf } from './edges.js';
import { allgatherv, encode, isBig, KINDS } from './model.js';

/** The promises of gather buffers: a part of the conformance suite. */
export function describeGatherBuffers({ backend, size }: Case): void {
  const ranks = Array.from({ length: size }, (_, r) => r);

  describe('gather buffers', () => {
    const { sharesMemory, staysInStep } = backend;
    const runAll = async <R>(checks: readonly ({ check: string } & object)[], options = {}): Promise<R[][]> => {
      const perRank = await backend.run<R[]>('gather-buffers', size, checks, options);
      return checks.map((_, i) => perRank.map((results) => results[i]));
    };
    const run = async <R>(check: string, args: object = {}, options = {}): Promise<R[]> =>
      (await runAll<R>([{ check, ...args }], options))[0];
    const failed = (operation: string) =>
      expect.objectContaining({ name: 'CommError', commKind: 'CollectiveFailed', operation });

    test('hold parts of different and zero length, of every kind, in rank order', async () => {
      const layouts = [ranks.map((r) => (r % 3 === 1 ? 0 : 2 * r + 3)), ranks.map((r) => 50 * r), ranks.map(() => 0)];
      const calls = KINDS.flatMap((kind, k) =>
        layouts.map((counts) => ({
          check: 'gathers',
          kind,
          counts,
          rounds: Array.from({ length: 4 }, (_, i) => ranks.map((r) => edgesOf(kind, r + i + k, counts[r]))),
        })),
      );
      const results = await runAll<Record<string, unknown>>(calls);
      calls.forEach(({ kind, counts, rounds }, i) => {
        const displs = counts.map((_, r) => counts.slice(0, r).reduce((a, b) => a + b, 0));
        const blank = new Array(counts.reduce((a, b) => a + b, 0)).fill(isBig(kind) ? 0n : 0);
        const views = rounds.map((sends) => encode(kind, allgatherv(sends, displs, blank)));
        results[i].forEach((result, rank) => {
          const lengths = rounds.map(() => counts[rank]);
          const rest = { shared: sharesMemory, zero: [true, true], fresh: true };
          expect(result, kind).toEqual({ counts, displs, lengths, views, ...rest });
        });
      });
    });

    test('keep a view as it is until the next gather, however far ahead the others are', async () => {
      const checks = [2, 700, 20_000].map((count, i) => ({
        check: 'heldViews',
        counts: ranks.map((r) => count + r),
        rounds: 60,
        seed: 77 * size + i,
      }));
      for (const perRank of await runAll(checks)) expect(perRank).toEqual(ranks.map(() => ({ wrong: 0, changed: 0 })));
    });

    test('do not disturb each other', async () => {
      expect(await run('interleaved', { steps: 200, seed: 5 * size })).toEqual(ranks.map(() => []));
    });

    test('can be given to the other collectives', async () => {
      const checks = [3, 700, 40_000].map((count) => ({ check: 'asArguments', count }));
      for (const perRank of await runAll(checks)) expect(perRank).toEqual(ranks.map(() => []));
    });

    test(`are ${sharesMemory ? 'memory that all ranks see: nothing is copied' : 'private copies, gathered in place'}`, async () => {
      const results = await run('memory');
      for (const [rank, result] of results.entries()) {
        expect(result).toEqual({
          shared: sharesMemory,
          // The last rank writes; it sees that in any case.
          seen: sharesMemory || rank === size - 1,
          sameBuffer: sharesMemory,
          sharedArrayBuffer: backend.name === 'shm threads',
          inPlace: true,
          released: 2,
        });
      }
    });

    test('can be released while others still read them', async () => {
      for (const { wrong, places } of await run<{ wrong: string[]; places: number }>('earlyRelease', {
        rounds: 20,
        count: 1000,
      })) {
        expect(wrong).toEqual([]);
        if (sharesMemory) expect(places).toBe(1);
      }
    });

    test.runIf(sharesMemory && size > 1)('are not taken from a rank that has not released them', async () => {
      for (const result of await run('unreleased', { count: 100 })) {
        expect(result).toEqual({ error: failed('allocate'), intact: true, usable: true });
      }
    });

    test('refuse misuse on the rank alone that commits it', async () => {
      const caller = size - 1;
      const results = await run<{ errors: object; usable: boolean; empty: unknown }>('badCalls', { caller });
      expect(results.map(({ usable, empty }) => ({ usable, empty }))).toEqual(
        ranks.map(() => ({ usable: true, empty: null })),
      );
      const length = (expected: number, actual: number) =>
        expect.objectContaining({ commKind: 'InvalidBufferSize', operation: 'allocate', expected, actual });
      const released = (of: string) =>
        expect.objectContaining({
          name: 'CobreError',
          kind: 'InvalidArgument',
          message: expect.stringMatching(`^${of}.* been released$`),
        });
      expect(results[caller].errors).toEqual({
        negative: length(0, -1),
        fractional: length(0, 0.5),
        notANumber: length(0, Number.NaN),
        tooMany: length(size, size + 1),
        tooFew: length(size, size - 1),
        noKind: expect.objectContaining({ kind: 'TypeMismatch' }),
        send: released('GatherBuffer.send'),
        gather: released('GatherBuffer.allgatherv'),
        ...(sharesMemory
          ? {
              gatherSend: released('allgatherv: send'),
              gatherRecv: released('allgatherv: recv'),
              reduceSend: released('allreduce: send'),
              reduceRecv: released('allreduce: recv'),
              broadcast: released('broadcast: buf'),
              part: released('broadcast: buf'),
            }
          : {}),
      });
    });

    test('refuse everything once the communicator is closed', async () => {
      for (const errors of await run('closed')) {
        expect(errors).toEqual([1, 2, 3].map(() => expect.objectContaining({ commKind: 'InvalidCommunicator' })));
      }
    });

    test('that are larger than memory fail on every rank, and nothing is lost', async () => {
      // No backend has memory for the one; the other is beyond the limit where there is one.
      const hopeless = { check: 'exhaustion', each: 2 ** 45 };
      const tooMuch = { check: 'exhaustion', each: Math.ceil(4_000_000 / size) };
      const maxSharedBytes = 32 * 1024 * 1024;
      const checks = sharesMemory ? [hopeless, tooMuch, hopeless] : [hopeless];
      const results = await runAll(checks, { maxSharedBytes });
      checks.forEach(({ each }, i) => {
        const requestedBytes = 2 * Math.ceil((each * size * 8) / 128) * 128;
        const error = expect.objectContaining({ name: 'CommError', commKind: 'AllocationFailed', requestedBytes });
        for (const result of results[i]) expect(result).toEqual({ error, usable: true });
      });
    });

    test.runIf(size > 1 && staysInStep)('stay as they are when ranks do not call the same thing', async () => {
      const names = ['buffer', 'operation', 'plain', 'counts', 'kind', 'region'];
      for (const result of await run<Record<string, unknown>>('mismatch', { names })) {
        expect(result).toEqual({
          errors: names.map(() => expect.objectContaining({ name: 'CommError', commKind: 'CollectiveFailed' })),
          held: true,
          usable: true,
        });
      }
    });

    test.runIf(size > 1 && !staysInStep)('are allocated only by ranks that agree on them', async () => {
      const names = ['counts', 'kind', 'counts'];
      for (const result of await run('mismatch', { names })) {
        expect(result).toEqual({ errors: names.map(() => failed('allocate')), held: true, usable: true });
      }
    });

    test.runIf(size > 1 && !staysInStep).each(['operation', 'region'])(
      'keep their views when ranks do not call the same %s',
      async (name) => {
        for (const result of await run('mismatch', { names: [name] })) {
          expect(result).toEqual({
            errors: [
              expect.objectContaining({
                name: 'CommError',
                commKind: expect.toBeOneOf(['CollectiveFailed', 'InvalidBufferSize']),
              }),
            ],
            held: true,
            usable: false,
          });
        }
      },
    );
  });
}
