/** What a rank is told about calls that cannot work. */
const attempt = (call) => {
  try {
    call();
    return null;
  } catch (error) {
    const { name, message, details } = error;
    return { name, message, ...details };
  }
};

const doubles = (length) => new Float64Array(length);

function alone(comm) {
  const { size } = comm;
  const region = comm.createSharedRegion(Float64Array, 1);
  const twos = new Array(size).fill(2);
  const errors = {
    send: attempt(() => comm.allreduce(doubles(4), doubles(3), 'sum')),
    recv: attempt(() =>
      comm.allgatherv(
        doubles(2),
        doubles(2 * size - 1),
        twos,
        twos.map((n, rank) => n * rank),
      ),
    ),
    root: attempt(() => comm.broadcast(doubles(1), 5)),
    // More than any machine has.
    region: attempt(() => comm.createSharedRegion(Float64Array, 2 ** 50)),
  };
  comm.close();
  return { ...errors, closed: attempt(() => comm.barrier()), fence: attempt(() => region.fence()) };
}

const together = {
  operation: (comm) => (comm.rank === 0 ? comm.barrier() : comm.allreduce(doubles(1), doubles(1), 'sum')),
  length: (comm) => comm.allreduce(doubles(2 + comm.rank), doubles(2 + comm.rank), 'sum'),
  late(comm) {
    comm.barrier();
    if (comm.rank === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3_500);
    else comm.barrier();
  },
};

export default function errorWords(comm, { act }) {
  if (act === 'alone') return alone(comm);
  const start = performance.now();
  return { error: attempt(() => together[act](comm)), ms: performance.now() - start };
}
