/**
 * Talks until it cannot any more, and tells why. Ranks that are computing, spinning and parked all occur. The `culprit`
 * leaves by itself when `leavesAfterMs` are over.
 */
function sleep(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

export default function untilFailure(
  comm,
  { rounds = Number.POSITIVE_INFINITY, pause = 0, culprit, leavesAfterMs },
  context,
) {
  const { rank, size } = comm;
  const long = new Float64Array(50_000).fill(rank);
  const counts = new Array(size).fill(long.length);
  const all = new Float64Array(size * long.length);
  const short = new Float64Array(4);
  let leavesAt = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    if (round === 2) {
      context.post('talking');
      if (rank === culprit) leavesAt = performance.now() + leavesAfterMs;
    }
    try {
      comm.barrier();
      if (pause > 0 && round % size === rank) sleep(pause);
      comm.allreduce(short, new Float64Array(4), 'sum');
      if (performance.now() >= leavesAt) {
        context.post({ leaves: Date.now() });
        process.exit(9);
      }
      comm.allgatherv(
        long,
        all,
        counts,
        counts.map((n, r) => n * r),
      );
      comm.broadcast(long, round % size);
    } catch (error) {
      const failure = { commKind: error.commKind, message: error.message, ...error.details, at: Date.now() };
      context.post({ failure });
      return failure;
    }
  }
  return 'done';
}
