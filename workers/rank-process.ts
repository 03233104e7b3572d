import { readSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Comm } from '../src/comm/communicator.js';
import { packError } from '../src/comm/error-transfer.js';
import { loadProgram } from '../src/comm/load-program.js';
import { decodePayload, LENGTH_BYTES, writeFrameSync } from '../src/comm/process/frame.js';
import type { ProcessMessage } from '../src/comm/process/process-message.js';
import { DOWN_FD, type RankStart, UP_FD, type WatchTask } from '../src/comm/process/rank-start.js';
import type { RankContext, RankProgram } from '../src/comm/rank-program.js';
import type { BackendKind } from '../src/comm/select/backend-kind.js';

/** Runs one rank as this process, from beginning to end. How it ended is told through the pipe. */

const send = (message: ProcessMessage): void => writeFrameSync(UP_FD, message);
const fail = (type: 'failed' | 'refused', error: unknown): void =>
  send({ type, error: packError(error), at: process.hrtime.bigint() });

/** Blocking, and not a byte more than the first message: the rest of the pipe is the watching thread's. */
function readStart(): RankStart {
  return decodePayload(readExactly(Number(readExactly(LENGTH_BYTES).readBigUInt64LE()))) as RankStart;
}

function readExactly(bytes: number): Buffer {
  const buffer = Buffer.allocUnsafeSlow(bytes);
  for (let got = 0; got < bytes; ) {
    const count = readSync(DOWN_FD, buffer, got, bytes - got, null);
    // The parent has gone before it said what to do.
    if (count === 0) process.exit(1);
    got += count;
  }
  return buffer;
}

function watchParent(leftovers: readonly string[]): Int32Array {
  const flags = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const workerData: WatchTask = { flags, leftovers };
  new Worker(new URL('./rank-process-watch.js', import.meta.url), { workerData }).unref();
  return flags;
}

async function runRank(start: RankStart): Promise<number> {
  const flags = watchParent(start.leftovers);
  let program: RankProgram;
  let comm: Comm;
  try {
    program = await loadProgram(start.url);
    const { createCommunicator } = (await import(start.commModule)) as {
      createCommunicator: (kind: BackendKind) => Promise<Comm>;
    };
    comm = await createCommunicator(start.kind);
  } catch (error) {
    fail('refused', error);
    return 1;
  }
  const context: RankContext = {
    post: (message) => send({ type: 'post', message }),
    get stopRequested() {
      return Atomics.load(flags, 0) !== 0;
    },
  };
  try {
    send({ type: 'returned', value: await program(comm, start.args, context) });
    comm.close();
    return 0;
  } catch (error) {
    fail('failed', error);
    return 1;
  }
}

// What nobody catches ends the process as it always does, with its trace on stderr; the parent shall have it as well.
process.on('uncaughtExceptionMonitor', (error) => fail('failed', error));
// Explicitly, because a program may have left timers or sockets behind.
process.exit(await runRank(readStart()));
