// createSharedRegion: a table that is computed and stored once, and read by all ranks of a machine.
import { strict as assert } from 'node:assert';
import { runStandalone } from './standalone.mjs';

const LENGTH = 1000;

export default function sharedRegion(comm) {
  const table = comm.createSharedRegion(Float64Array, LENGTH);

  // Where ranks share the memory, one of them fills it. Where they cannot, each has a copy of its own to fill.
  const fills = comm.isLeader || !table.shared;
  if (fills) for (let i = 0; i < LENGTH; i++) table.data[i] = Math.sqrt(i);
  // What was written before the fence is visible to all after it.
  table.fence();
  let sum = 0;
  for (let i = 0; i < LENGTH; i++) sum += table.data[i] ** 2;

  console.log(`rank ${comm.rank} of ${comm.size}: ${fills ? 'filled' : 'only read'} the table, sum ${sum.toFixed(3)}`);
  assert(Math.abs(sum - (LENGTH * (LENGTH - 1)) / 2) < 1e-6);

  // All have read before the memory is given back.
  table.fence();
  table.release();
  return { fills, shared: table.shared };
}

await runStandalone(import.meta.url, sharedRegion);
