// broadcast: one rank knows something, and tells all others.
import { strict as assert } from 'node:assert';
import { runStandalone } from './standalone.mjs';

const SETTINGS = { horizon: 12, name: 'Überlauf', discount: 0.06 };

export default function broadcast(comm) {
  // Say that only rank 0 has read a file. Text travels as bytes, and its length before it.
  const text = comm.rank === 0 ? new TextEncoder().encode(JSON.stringify(SETTINGS)) : null;
  const length = Int32Array.of(text?.length ?? 0);
  comm.broadcast(length, 0);
  const bytes = text ?? new Uint8Array(length[0]);
  comm.broadcast(bytes, 0);
  const settings = JSON.parse(new TextDecoder().decode(bytes));

  // Any rank can be the root; all of them must name the same one.
  const last = comm.size - 1;
  const answer = Float64Array.of(comm.rank === last ? 42 : 0);
  comm.broadcast(answer, last);

  console.log(`rank ${comm.rank} of ${comm.size}: settings '${settings.name}', the last rank says ${answer[0]}`);
  assert.deepEqual(settings, SETTINGS);
  assert.equal(answer[0], 42);
  return settings;
}

await runStandalone(import.meta.url, broadcast);
