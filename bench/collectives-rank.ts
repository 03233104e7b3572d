import type { Comm } from '../src/comm/index.js';
import { MEASURES, type Measure, median } from './collectives-measures.js';

interface Options {
  readonly fromRegion: boolean;
  readonly zeroCopy?: boolean;
}

/**
 * Medians in microseconds a call, one a measure. The loop is in here and not in a benchmark library because all
 * ranks must make the same number of calls: a library that decides as it goes when to stop would leave the
 * other rank waiting.
 *
 * `fromRegion`: what is sent lies in a shared region, and is read there by the others.
 * `zeroCopy`: what is sent lies in a gather buffer, and all read it there.
 */
export default function measureCollectives(comm: Comm, { fromRegion, zeroCopy = false }: Options): number[] {
  return MEASURES.map((measure) => {
    const call =
      zeroCopy && measure.operation === 'allgatherv' ? gather(comm, measure) : prepare(comm, measure, fromRegion);
    const { calls, samples } = measure;
    // The first sample warms up caches and the compiler.
    const times: number[] = [];
    for (let sample = 0; sample <= samples; sample++) {
      comm.barrier();
      const start = performance.now();
      for (let i = 0; i < calls; i++) call();
      times.push(((performance.now() - start) * 1000) / calls);
    }
    return median(times.slice(1));
  });
}

function prepare(comm: Comm, { operation, count }: Measure, fromRegion: boolean): () => void {
  const send = fromRegion ? ownPart(comm, count) : new Float64Array(count);
  send.fill(comm.rank + 1);
  if (operation === 'barrier') return () => comm.barrier();
  if (operation === 'allreduce') {
    const recv = new Float64Array(count);
    return () => comm.allreduce(send, recv, 'sum');
  }
  const recv = new Float64Array(count * comm.size);
  const counts = new Array<number>(comm.size).fill(count);
  const displs = counts.map((n, r) => n * r);
  return () => comm.allgatherv(send, recv, counts, displs);
}

/** The gather alone: to fill what is sent, and to read what has come, is the program's work in any form of the call. */
function gather(comm: Comm, { count }: Measure): () => void {
  const buffer = comm.allocate(Float64Array, new Array<number>(comm.size).fill(count));
  for (let half = 0; half < 2; half++) {
    buffer.send.fill(comm.rank + 1);
    buffer.allgatherv();
  }
  return () => {
    buffer.allgatherv();
  };
}

function ownPart(comm: Comm, count: number): Float64Array {
  const all = comm.createSharedRegion(Float64Array, count * comm.size);
  return all.data.subarray(comm.rank * count, (comm.rank + 1) * count);
}
