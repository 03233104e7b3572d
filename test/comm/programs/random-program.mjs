/** Runs lists of collectives given as data. Returns, for each list, the bytes that each collective left behind. */
const bytesOf = (array) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice();

function perform(comm, step) {
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
    default:
      throw new Error(`unknown operation ${step.operation}`);
  }
}

export default function randomProgram(comm, programs) {
  return programs.map((program) => program.map((step) => perform(comm, step)));
}
