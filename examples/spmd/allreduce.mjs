// allreduce: every rank computes a part of a sum, and all of them get the whole.
import { strict as assert } from 'node:assert';
import { runStandalone } from './standalone.mjs';

const STRIPS = 100_000;

export default function allreduce(comm) {
  // Pi as the area under 4 / (1 + x^2) from 0 to 1, in strips that are dealt out like cards.
  let area = 0;
  for (let i = comm.rank; i < STRIPS; i += comm.size) {
    const x = (i + 0.5) / STRIPS;
    area += 4 / (1 + x * x) / STRIPS;
  }
  const pi = new Float64Array(1);
  comm.allreduce(new Float64Array([area]), pi, 'sum');

  // The same call finds the largest and the smallest of something.
  const largest = new Float64Array(1);
  const smallest = new Float64Array(1);
  comm.allreduce(new Float64Array([area]), largest, 'max');
  comm.allreduce(new Float64Array([area]), smallest, 'min');

  console.log(`rank ${comm.rank} of ${comm.size}: my part ${area.toFixed(6)}, pi = ${pi[0].toFixed(9)}`);
  assert(Math.abs(pi[0] - Math.PI) < 1e-9);
  assert(smallest[0] <= area && area <= largest[0]);
  // Terms are added in the order of ranks, whatever the timing: all ranks hold the same bits.
  return pi[0];
}

await runStandalone(import.meta.url, allreduce);
