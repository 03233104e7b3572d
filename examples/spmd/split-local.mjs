// splitLocal: the ranks of this machine as a communicator of their own, and a sum in two steps.
import { strict as assert } from 'node:assert';
import { runStandalone } from './standalone.mjs';

export default function splitLocal(comm) {
  const node = comm.splitLocal();

  // Sum within the machine first, then over machines: only the first rank of each contributes.
  const leads = node.rank === 0;
  const onNode = new Float64Array(1);
  node.allreduce(Float64Array.of(comm.rank), onNode, 'sum');
  const total = new Float64Array(1);
  comm.allreduce(Float64Array.of(leads ? onNode[0] : 0), total, 'sum');

  const nodes = new Int32Array(1);
  comm.allreduce(Int32Array.of(leads ? 1 : 0), nodes, 'sum');

  console.log(
    `rank ${comm.rank} of ${comm.size}: rank ${node.rank} of ${node.size} here, ${nodes[0]} machine(s), ` +
      `sum of ranks ${total[0]}`,
  );
  assert.equal(total[0], (comm.size * (comm.size - 1)) / 2);
  // The parts can be closed one by one; the whole stays usable.
  node.close();
  comm.barrier();
  return { rank: node.rank, size: node.size, nodes: nodes[0] };
}

await runStandalone(import.meta.url, splitLocal);
