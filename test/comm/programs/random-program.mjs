/** Runs lists of collectives given as data. Returns, for each list, the bytes that each collective left behind. */
const bytesOf = (array) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice();

/** What ranks put into gather buffers: rank r's element i of a round. Fits every kind. */
function filling(kind, seed, rank, length) {
  const values = Array.from({ length }, (_, i) => (seed + 31 * rank + 7 * i) % 128);
  return kind.startsWith('Big') ? values.map(BigInt) : values;
}

/** @param buffers Gather buffers that have not been released, each with its kind and its last view. */
function perform(comm, buffers, step) {
  const ctor = globalThis[step.kind ?? 'Uint8Array'];
  switch (step.operation) {
    case 'barrier':
      comm.barrier();
      return new Uint8Array(0);
    case 'broadcast': {
      const root = step.root % comm.size;
      const buf = comm.rank === root ? ctor.from(step.sends[root]) : new ctor(step.sends[root].length);
      comm.broadcast(buf, root);
      return bytesOf(buf);
    }
    case 'allreduce': {
      const send = ctor.from(step.sends[comm.rank]);
      const recv = new ctor(send.length);
      comm.allreduce(send, recv, step.op);
      return bytesOf(recv);
    }
    case 'allgatherv': {
      const recv = new ctor(step.length);
      const counts = step.sends.slice(0, comm.size).map((values) => values.length);
      comm.allgatherv(ctor.from(step.sends[comm.rank]), recv, counts, step.displs.slice(0, comm.size));
      return bytesOf(recv);
    }
    case 'allocate': {
      const buffer = comm.allocate(ctor, step.counts.slice(0, comm.size));
      buffers.push({ kind: step.kind, buffer, view: new ctor(0) });
      return new Uint8Array(0);
    }
    case 'gather': {
      if (buffers.length === 0) return new Uint8Array(0);
      const one = buffers[step.which % buffers.length];
      one.buffer.send.set(filling(one.kind, step.seed, comm.rank, one.buffer.counts[comm.rank]));
      // As late as possible: the others may have written what they send next long ago.
      const held = bytesOf(one.view);
      one.view = one.buffer.allgatherv();
      return Buffer.concat([held, bytesOf(one.view)]);
    }
    case 'release': {
      if (buffers.length === 0) return new Uint8Array(0);
      const [{ buffer, view }] = buffers.splice(step.which % buffers.length, 1);
      const held = bytesOf(view);
      buffer.release();
      return held;
    }
    default:
      throw new Error(`unknown operation ${step.operation}`);
  }
}

export default function randomProgram(comm, programs) {
  return programs.map((program) => {
    const buffers = [];
    const results = program.map((step) => perform(comm, buffers, step));
    for (const { buffer } of buffers) buffer.release();
    return results;
  });
}
