/** What ranks over TCP do when something goes wrong; `act` picks one. */
const cell = new Int32Array(new SharedArrayBuffer(4));
const sleep = (ms) => Atomics.wait(cell, 0, 0, ms);

const calls = {
  barrier: (comm) => comm.barrier(),
  allreduce: (comm) => comm.allreduce(new Float64Array(4), new Float64Array(4), 'sum'),
  allgatherv: (comm, { elements = 1000 }) => {
    const counts = new Array(comm.size).fill(elements);
    comm.allgatherv(
      new Float64Array(elements),
      new Float64Array(elements * comm.size),
      counts,
      counts.map((n, r) => n * r),
    );
  },
  broadcast: (comm, { root = 0, elements = 1000 }) => comm.broadcast(new Float64Array(elements), root),
};

const timed = (action) => {
  const start = performance.now();
  try {
    action();
    return { error: null, ms: performance.now() - start };
  } catch (error) {
    const { name, commKind, message, details } = error;
    return { error: { name, commKind, message, ...details }, ms: performance.now() - start };
  }
};

const acts = {
  /** Until somebody dies. Says when it is under way. */
  loop(comm, { operation, busy, ...args }, context) {
    const idle = busy ?? [];
    comm.barrier();
    for (let i = 0; ; i++) {
      if (i === 20) {
        context.post('under way');
        // These compute on while the others wait.
        if (idle.includes(comm.rank)) sleep(args.busyMs);
      }
      const { error, ms } = timed(() => calls[operation](comm, args));
      if (error !== null) return { error, ms, at: Date.now() };
    }
  },
  /** One rank contributes more than the others expect. */
  uneven(comm, { culprit, elements, more }) {
    const counts = Array.from({ length: comm.size }, (_, r) =>
      r === culprit && comm.rank === culprit ? elements + more : elements,
    );
    const distance = elements + Math.abs(more);
    const displs = counts.map((_, r) => r * distance);
    const send = new Float64Array(counts[comm.rank]);
    const recv = new Float64Array(comm.size * distance);
    return timed(() => comm.allgatherv(send, recv, counts, displs));
  },
  /** One rank does not come. */
  late(comm, { operation, culprit, ms, ...args }) {
    comm.barrier();
    if (comm.rank === culprit) {
      sleep(ms);
      return null;
    }
    return timed(() => calls[operation](comm, args));
  },
  /** One rank leaves in an orderly way while the others wait. */
  leaves(comm, { culprit }) {
    comm.barrier();
    if (comm.rank === culprit) {
      comm.close();
      return null;
    }
    return { first: timed(() => comm.barrier()), second: timed(() => comm.barrier()) };
  },
  /** The root of a last broadcast may leave without waiting for who receives it. */
  lastBroadcast(comm, { root, elements }) {
    const buf = new Float64Array(elements).fill(comm.rank === root ? 7 : 0);
    if (comm.rank === 0) sleep(500);
    comm.broadcast(buf, root);
    return buf.every((value) => value === 7);
  },
  forgets(comm) {
    comm.barrier();
    comm.close = () => {};
    return comm.rank;
  },
  rounds(comm, { count, pause }, context) {
    let wrong = 0;
    for (let i = 0; i < count; i++) {
      if (i === 1) context.post('under way');
      if (pause) sleep(pause);
      const sum = new Float64Array(1);
      comm.allreduce(new Float64Array([comm.rank + i]), sum, 'sum');
      if (sum[0] !== (comm.size * (comm.size - 1)) / 2 + comm.size * i) wrong++;
    }
    return wrong;
  },
  /** Memory beside the caller's own arrays that a large allgatherv takes, in bytes. */
  memory(comm, { elements }) {
    const counts = new Array(comm.size).fill(elements);
    const displs = counts.map((n, r) => n * r);
    const send = new Float64Array(elements).fill(comm.rank);
    const recv = new Float64Array(elements * comm.size).fill(-1);
    comm.barrier();
    const before = process.resourceUsage().maxRSS;
    comm.allgatherv(send, recv, counts, displs);
    const grown = (process.resourceUsage().maxRSS - before) * 1024;
    return { grown, right: recv.every((value, i) => value === Math.floor(i / elements)) };
  },
  idle(comm, { ms }) {
    comm.barrier();
    const before = process.cpuUsage();
    if (comm.rank === comm.size - 1) sleep(ms);
    comm.barrier();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / ms;
  },
};

export default function tcpFaults(comm, { act, ...args }, context) {
  return acts[act](comm, args, context);
}
