// barrier: nobody goes on before everybody has come.
import { strict as assert } from 'node:assert';
import { runStandalone } from './standalone.mjs';

const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

export default function barrier(comm) {
  // Clocks of different machines cannot be compared: each machine looks at its own ranks.
  const node = comm.splitLocal();

  // The higher the rank, the later it comes.
  sleep(20 * comm.rank);
  const came = process.hrtime.bigint();
  comm.barrier();
  const left = process.hrtime.bigint();

  const lastCame = new BigInt64Array(1);
  const firstLeft = new BigInt64Array(1);
  node.allreduce(BigInt64Array.of(came), lastCame, 'max');
  node.allreduce(BigInt64Array.of(left), firstLeft, 'min');

  const waited = Number(left - came) / 1e6;
  console.log(`rank ${comm.rank} of ${comm.size}: waited ${waited.toFixed(1)} ms`);
  assert(firstLeft[0] >= lastCame[0]);
  node.close();
  return waited;
}

await runStandalone(import.meta.url, barrier);
