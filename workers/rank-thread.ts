import { receiveMessageOnPort } from 'node:worker_threads';
import { packError } from '../src/comm/error-transfer.js';
import { LinePrefix, rankPrefix } from '../src/comm/line-prefix.js';
import { loadProgram } from '../src/comm/load-program.js';
import type { RankArguments, RankMessage } from '../src/comm/rank-message.js';
import type { RankContext, RankProgram } from '../src/comm/rank-program.js';
import { gangWords, stopRequested } from '../src/comm/shm/gang-memory.js';
import { poison } from '../src/comm/shm/poison.js';
import type { RankTask } from '../src/comm/shm/rank-task.js';
import { ShmCommunicator } from '../src/comm/shm/shm-communicator.js';

/** Runs one rank from beginning to end. Never rejects: how it ended is told through the port. */
export default async function runRank({ url, rank, gang, port, prefixOutput }: RankTask): Promise<void> {
  const lines = prefixOutput ? [process.stdout, process.stderr].map((stream) => prefixLines(stream, rank)) : [];
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
  for (const each of lines) each.end();
  await drained(process.stdout);
  await drained(process.stderr);
}

/** Threads print into the streams of their process, so the prefix has to come before. */
function prefixLines(stream: NodeJS.WriteStream, rank: number): LinePrefix {
  const write = stream.write.bind(stream);
  const lines = new LinePrefix(rankPrefix(rank), (text) => write(text));
  stream.write = (chunk: Uint8Array | string, ...rest: unknown[]): boolean => {
    lines.push(
      typeof chunk === 'string' && typeof rest[0] === 'string' ? Buffer.from(chunk, rest[0] as BufferEncoding) : chunk,
    );
    const done = rest.at(-1);
    return typeof done === 'function' ? write('', done as () => void) : write('');
  };
  return lines;
}

/** The thread is ended once its task is done; what it printed must be out by then. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return stream.writableLength === 0 ? Promise.resolve() : new Promise((resolve) => stream.write('', () => resolve()));
}
