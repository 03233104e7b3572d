import { receiveMessageOnPort } from 'node:worker_threads';
import { packError } from '../src/comm/error-transfer.js';
import { loadProgram } from '../src/comm/load-program.js';
import type { RankArguments, RankMessage } from '../src/comm/rank-message.js';
import type { RankContext, RankProgram } from '../src/comm/rank-program.js';
import { gangWords, stopRequested } from '../src/comm/shm/gang-memory.js';
import { poison } from '../src/comm/shm/poison.js';
import type { RankTask } from '../src/comm/shm/rank-task.js';
import { ShmCommunicator } from '../src/comm/shm/shm-communicator.js';

/** Runs one rank from beginning to end. Never rejects: how it ended is told through the port. */
export default async function runRank({ url, rank, gang, port }: RankTask): Promise<void> {
  const words = gangWords(gang);
  const send = (message: RankMessage): void => port.postMessage(message);
  let program: RankProgram;
  try {
    program = await loadProgram(url);
  } catch (error) {
    poison(words, rank, 'threw');
    send({ type: 'refused', error: packError(error) });
    return;
  }
  const comm = ShmCommunicator.join(gang, rank);
  const context: RankContext = {
    post: (message) => send({ type: 'post', message }),
    get stopRequested() {
      return stopRequested(words);
    },
  };
  try {
    const given = receiveMessageOnPort(port) as { readonly message: RankArguments };
    send({ type: 'returned', value: await program(comm, given.message.args, context) });
    comm.close();
  } catch (error) {
    // First of all, for the others may be waiting in a collective.
    poison(words, rank, 'threw');
    send({ type: 'failed', error: packError(error) });
  }
  await drained(process.stdout);
  await drained(process.stderr);
}

/** The thread is ended once its task is done; what it printed must be out by then. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return stream.writableLength === 0 ? Promise.resolve() : new Promise((resolve) => stream.write('', () => resolve()));
}
