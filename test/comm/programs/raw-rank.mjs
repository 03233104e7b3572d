/** A rank on a thread that the test itself started, so that it can choose how the gang begins. */
import { parentPort, workerData } from 'node:worker_threads';
import { ShmCommunicator } from '#cobre/comm/shm/shm-communicator';

const { gang, rank, rounds } = workerData;
const comm = ShmCommunicator.join(gang, rank);
const arrivals = comm.createSharedRegion(Int32Array, comm.size);
const child = comm.splitLocal();
let wrong = 0;
for (let i = 1; i <= rounds; i++) {
  Atomics.store(arrivals.data, rank, i);
  comm.barrier();
  for (const arrived of arrivals.data) if (arrived !== i && arrived !== i + 1) wrong++;
  for (const each of [comm, child]) {
    const sum = new Float64Array(2);
    each.allreduce(new Float64Array([rank, i]), sum, 'sum');
    if (sum[0] !== (comm.size * (comm.size - 1)) / 2 || sum[1] !== i * comm.size) wrong++;
    const list = new Int32Array([rank === i % comm.size ? i : -1]);
    each.broadcast(list, i % comm.size);
    if (list[0] !== i) wrong++;
  }
}
parentPort.postMessage(wrong);
