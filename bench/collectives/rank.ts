import type { Comm } from '../../src/comm/index.js';
import { CACHE_LINE_DOUBLES, type Measure, type Plan } from './measures.js';
import { nextCalls } from './sample-calls.js';
import { median } from './statistics.js';

/**
 * Where allgatherv's data lie: `copying`, in private memory; `from-region`, sent from a shared region, where the others
 * read it, and received in private memory; `zero-copy`, in a gather buffer, where all read it.
 */
export type Mode = 'copying' | 'from-region' | 'zero-copy';

/**
 * Medians in microseconds a call, one a measure. The loop is in here and not in a benchmark library because all
 * ranks must make the same number of calls: a library that decides as it goes when to stop would leave the
 * other ranks waiting.
 */
export default function measureCollectives(comm: Comm, { mode, plan }: { mode: Mode; plan: Plan }): number[] {
  const { sampleMs, warmUps, samples } = plan.sampling;
  return plan.measures.map((measure) => {
    const call = prepare(comm, measure, mode);
    const calls = callsPerSample(comm, call, sampleMs);
    for (let i = 0; i < warmUps; i++) sample(comm, call, calls);
    return median(Array.from({ length: samples }, () => (sample(comm, call, calls) * 1000) / calls));
  });
}

/** How long `calls` calls take [ms]. */
function sample(comm: Comm, call: () => void, calls: number): number {
  comm.barrier();
  const start = performance.now();
  for (let i = 0; i < calls; i++) call();
  return performance.now() - start;
}

function callsPerSample(comm: Comm, call: () => void, sampleMs: number): number {
  const next = new Float64Array(1);
  for (let calls = 1; ; calls = next[0]) {
    next[0] = nextCalls(calls, sample(comm, call, calls), sampleMs);
    comm.broadcast(next, 0);
    if (next[0] === calls) return calls;
  }
}

function prepare(comm: Comm, { operation, count }: Measure, mode: Mode): () => void {
  if (operation === 'barrier') return () => comm.barrier();
  if (operation === 'allreduce') {
    const send = new Float64Array(count).fill(comm.rank + 1);
    const recv = new Float64Array(count);
    return () => comm.allreduce(send, recv, 'sum');
  }
  const { sent, gather } = mode === 'zero-copy' ? gatherBuffer(comm, count) : arrays(comm, count, mode);
  if (operation === 'allgatherv') {
    // Twice: a gather buffer has two halves.
    for (let half = 0; half < 2; half++) {
      sent().fill(comm.rank + 1);
      gather();
    }
    return () => void gather();
  }
  return () => {
    sent().fill(comm.rank + 1);
    read(gather());
  };
}

/** Allgatherv of `count` doubles a rank: where what is sent next is to be written, and the call, which returns what came. */
interface Gather {
  sent(): Float64Array;
  gather(): Float64Array;
}

function arrays(comm: Comm, count: number, mode: Mode): Gather {
  const send = mode === 'from-region' ? ownPart(comm, count) : new Float64Array(count);
  const recv = new Float64Array(count * comm.size);
  const counts = new Array<number>(comm.size).fill(count);
  const displs = counts.map((n, r) => n * r);
  return {
    sent: () => send,
    gather: () => {
      comm.allgatherv(send, recv, counts, displs);
      return recv;
    },
  };
}

function ownPart(comm: Comm, count: number): Float64Array {
  const all = comm.createSharedRegion(Float64Array, count * comm.size);
  return all.data.subarray(comm.rank * count, (comm.rank + 1) * count);
}

function gatherBuffer(comm: Comm, count: number): Gather {
  const buffer = comm.allocate(Float64Array, new Array<number>(comm.size).fill(count));
  return { sent: () => buffer.send, gather: () => buffer.allgatherv() };
}

/** Kept, so that the compiler cannot leave the reading out. */
const seen = new Float64Array(1);

function read(received: Float64Array): void {
  let sum = 0;
  for (let i = 0; i < received.length; i += CACHE_LINE_DOUBLES) sum += received[i];
  seen[0] += sum;
}
