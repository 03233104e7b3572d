import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { BACKENDS, type Case } from './backends.js';
import { allgatherv, allreduce, encode, isBig, KINDS, type Kind, type Op, type Value } from './model.js';

const MOST_RANKS = Math.max(...BACKENDS.flatMap(({ sizes }) => sizes));
/** Elements: on both sides of what travels inline, and now and then more than one exchange slot of doubles. */
const SHORT = 12;
const LONG = 40_000;

type Step =
  | { operation: 'barrier' }
  | { operation: 'broadcast'; kind: Kind; root: number; sends: Value[][] }
  | { operation: 'allreduce'; kind: Kind; op: Op; sends: Value[][] }
  | { operation: 'allgatherv'; kind: Kind; sends: Value[][]; displs: number[]; length: number }
  | { operation: 'allocate'; kind: Kind; counts: number[] }
  | { operation: 'gather'; which: number; seed: number }
  | { operation: 'release'; which: number };

/** A gather buffer as the model has it: its last view. */
interface Held {
  readonly kind: Kind;
  readonly counts: readonly number[];
  view: Uint8Array;
}

function elementOf(kind: Kind): fc.Arbitrary<Value> {
  if (kind === 'BigInt64Array') return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  if (kind === 'BigUint64Array') return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  if (kind === 'Float64Array') return fc.double();
  if (kind === 'Float32Array') return fc.float();
  return fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
}

/** Data of the largest gang; smaller ones take the first ranks' share. */
const sendsOf = (kind: Kind, lengths: readonly number[]): fc.Arbitrary<Value[][]> =>
  fc
    .array(elementOf(kind), { minLength: 1, maxLength: 24 })
    // Long arrays repeat a few values, shifted by rank: generating each would take the test's whole time.
    .map((seed) => lengths.map((n, rank) => Array.from({ length: n }, (_, i) => seed[(i + rank) % seed.length])));

const lengthArb = fc.oneof(
  { weight: 20, arbitrary: fc.nat(SHORT) },
  { weight: 1, arbitrary: fc.integer({ min: SHORT, max: LONG }) },
);

const stepArb: fc.Arbitrary<Step> = fc.constantFrom(...KINDS).chain((kind) =>
  fc.oneof(
    fc.constant<Step>({ operation: 'barrier' }),
    fc.record({
      operation: fc.constant('allocate' as const),
      kind: fc.constant(kind),
      counts: fc.array(lengthArb, { minLength: MOST_RANKS, maxLength: MOST_RANKS }),
    }),
    {
      weight: 3,
      arbitrary: fc.record({ operation: fc.constant('gather' as const), which: fc.nat(9), seed: fc.nat(127) }),
    },
    fc.record({ operation: fc.constant('release' as const), which: fc.nat(9) }),
    lengthArb.chain((n) =>
      fc.record({
        operation: fc.constant('broadcast' as const),
        kind: fc.constant(kind),
        root: fc.nat(MOST_RANKS - 1),
        sends: sendsOf(kind, new Array(MOST_RANKS).fill(n)),
      }),
    ),
    lengthArb.chain((n) =>
      fc.record({
        operation: fc.constant('allreduce' as const),
        kind: fc.constant(kind),
        op: fc.constantFrom<Op>('sum', 'min', 'max'),
        sends: sendsOf(kind, new Array(MOST_RANKS).fill(n)),
      }),
    ),
    fc
      .record({
        counts: fc.array(lengthArb, { minLength: MOST_RANKS, maxLength: MOST_RANKS }),
        gaps: fc.array(fc.nat(3), { minLength: MOST_RANKS, maxLength: MOST_RANKS }),
        order: fc.shuffledSubarray(
          Array.from({ length: MOST_RANKS }, (_, r) => r),
          { minLength: MOST_RANKS },
        ),
      })
      .chain(({ counts, gaps, order }) => {
        const displs = new Array<number>(MOST_RANKS);
        let length = 0;
        for (const r of order) {
          displs[r] = length + gaps[r];
          length = displs[r] + counts[r];
        }
        return fc.record({
          operation: fc.constant('allgatherv' as const),
          kind: fc.constant(kind),
          sends: sendsOf(kind, counts),
          displs: fc.constant(displs),
          length: fc.constant(length + 1),
        });
      }),
  ),
);

/** What ranks put into gather buffers, as test/comm/programs/random-program.mjs has it. */
function filling(kind: Kind, seed: number, rank: number, length: number): Value[] {
  const values = Array.from({ length }, (_, i) => (seed + 31 * rank + 7 * i) % 128);
  return isBig(kind) ? values.map(BigInt) : values;
}

/** What each rank must end up with after a step. */
function expectedOf(step: Step, size: number, buffers: Held[]): Uint8Array {
  switch (step.operation) {
    case 'barrier':
      return new Uint8Array(0);
    case 'broadcast':
      return encode(step.kind, step.sends[step.root % size]);
    case 'allreduce':
      return encode(step.kind, allreduce(step.kind, step.op, step.sends.slice(0, size)));
    case 'allgatherv': {
      const blank = new Array<Value>(step.length).fill(isBig(step.kind) ? 0n : 0);
      return encode(step.kind, allgatherv(step.sends.slice(0, size), step.displs, blank));
    }
    case 'allocate':
      buffers.push({ kind: step.kind, counts: step.counts.slice(0, size), view: new Uint8Array(0) });
      return new Uint8Array(0);
    case 'gather': {
      if (buffers.length === 0) return new Uint8Array(0);
      const one = buffers[step.which % buffers.length];
      const before = one.view;
      const parts = one.counts.map((count, rank) => filling(one.kind, step.seed, rank, count));
      one.view = encode(one.kind, parts.flat());
      return Buffer.concat([before, one.view]);
    }
    case 'release':
      return buffers.splice(step.which % Math.max(1, buffers.length), 1)[0]?.view ?? new Uint8Array(0);
  }
}

export interface RandomPrograms {
  /** Collectives in a program, at most. */
  readonly maxLength: number;
  /** Programs that a gang runs one after another, at most, since starting it takes longer than they do. */
  readonly batch: number;
  readonly batches: number;
}

/** Random programs, the same on all ranks, checked byte for byte. */
export function describeRandomPrograms(cases: readonly Case[], { maxLength, batch, batches }: RandomPrograms): void {
  const batchArb = fc.array(fc.array(stepArb, { maxLength }), { minLength: 1, maxLength: batch });
  describe.each(cases)('random programs on $name, size $size', ({ backend, size }) => {
    afterAll(() => backend.end());

    test('leave the bytes that a sequential model leaves', async () => {
      await fc.assert(
        fc.asyncProperty(batchArb, async (programs) => {
          const results = await backend.run<Uint8Array[][]>('random-program', size, programs);
          programs.forEach((program, p) => {
            const buffers: Held[] = [];
            program.forEach((step, s) => {
              const expected = Buffer.from(expectedOf(step, size, buffers));
              results.forEach((mine, rank) => {
                // Buffers first: comparing long arrays element by element is slow.
                if (!expected.equals(mine[p][s])) expect(mine[p][s], `rank ${rank}, step ${s}`).toEqual(expected);
              });
            });
          });
        }),
        { numRuns: batches, endOnFailure: true },
      );
    });
  });
}
