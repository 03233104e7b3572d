// allocate: an allgatherv that copies nothing where ranks share memory, repeated in a loop.
import { strict as assert } from 'node:assert';
import { runStandalone } from './standalone.mjs';

/** A rod in so many pieces, hot at one end and cold at the other. */
const PIECES = 20;
const SWEEPS = 2_000;

export default function zeroCopy(comm) {
  const begin = (rank) => Math.floor((rank * PIECES) / comm.size);
  const counts = Array.from({ length: comm.size }, (_, rank) => begin(rank + 1) - begin(rank));
  const buffer = comm.allocate(Float64Array, counts);
  const first = buffer.displs[comm.rank];

  // Memory begins as zeros: a cold rod.
  let rod = buffer.allgatherv();
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    // Every piece takes the mean of its neighbours. `rod` is what all ranks had after the sweep before, and stays so until
    // this rank gathers again; `send` is another array each time.
    const { send } = buffer;
    for (let i = 0; i < send.length; i++) {
      const piece = first + i;
      const left = piece === 0 ? 1 : rod[piece - 1];
      const right = piece === PIECES - 1 ? 0 : rod[piece + 1];
      send[i] = (left + right) / 2;
    }
    rod = buffer.allgatherv();
  }

  // What is needed beyond the next gather, or beyond the release, is copied.
  const temperatures = rod.slice();
  buffer.release();

  console.log(
    `rank ${comm.rank} of ${comm.size}: computed ${counts[comm.rank]} pieces ` +
      `${buffer.shared ? 'in shared memory' : 'of a copy of its own'}, the middle has ${temperatures[PIECES / 2].toFixed(6)}`,
  );
  // Heat conduction settles in a straight line from one end to the other.
  assert(temperatures.every((t, i) => Math.abs(t - (1 - (i + 1) / (PIECES + 1))) < 1e-9));
  return temperatures;
}

await runStandalone(import.meta.url, zeroCopy);
