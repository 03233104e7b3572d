/**
 * A rank that somebody else starts. Prints one line of JSON: why it got no communicator, or its place once it has met
 * the others, or, told `late`, what rank 0 sees of rank 1 that does not come to a barrier.
 */
import { createCommunicator } from '#cobre/comm/index';
import { initMpi } from '#cobre/comm/mpi/init-mpi';

const LATE_MS = 3_500;
const [act, timeoutMs] = process.argv.slice(2);
const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
// All at once, and before the process ends: whoever reads it may have started other ranks.
const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

function meeting(comm) {
  const { rank, size } = comm;
  comm.barrier();
  return { rank, size };
}

function lateness(comm) {
  comm.barrier();
  if (comm.rank === 1) {
    sleep(LATE_MS);
    return null;
  }
  const start = performance.now();
  try {
    comm.barrier();
    return null;
  } catch (error) {
    return { ...error.toJSON(), commKind: error.commKind, ms: performance.now() - start };
  }
}

const start = performance.now();
try {
  const comm = timeoutMs === undefined ? await createCommunicator() : await initMpi({ timeoutMs: Number(timeoutMs) });
  print(act === 'late' ? lateness(comm) : meeting(comm));
  comm.close();
} catch (error) {
  print({ name: error.name, backendKind: error.backendKind, ...error.toJSON(), ms: performance.now() - start });
}
