import { readSync } from 'node:fs';
import type { Comm } from '../src/comm/communicator.js';
import { packError } from '../src/comm/error-transfer.js';
import { loadProgram } from '../src/comm/load-program.js';
import { decodePayload, LENGTH_BYTES } from '../src/comm/process/frame.js';
import { DOWN_FD, type RankStart } from '../src/comm/process/rank-start.js';
import { WatchThread } from '../src/comm/process/watch-thread.js';
import type { RankContext, RankProgram } from '../src/comm/rank-program.js';
import type { BackendKind } from '../src/comm/select/backend-kind.js';

/** Runs one rank as this process, from beginning to end. How it ended is told through the pipe. */

/** Blocking, and not a byte more than the first message: the rest of the pipe is the watch thread's. */
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

async function runRank(start: RankStart, watch: WatchThread): Promise<number> {
  let program: RankProgram;
  let comm: Comm;
  try {
    const loading = loadProgram(start.url);
    // Awaited below; until then a failure of it is not one that nobody handles.
    loading.catch(() => {});
    await watch.ready;
    program = await loading;
    const { createCommunicator } = (await import(start.commModule)) as {
      createCommunicator: (kind: BackendKind) => Promise<Comm>;
    };
    comm = await createCommunicator(start.kind);
  } catch (error) {
    fail('refused', error);
    return 1;
  }
  const context: RankContext = {
    post: (message) => watch.send({ type: 'post', message }),
    get stopRequested() {
      return watch.stopRequested;
    },
  };
  try {
    watch.send({ type: 'returned', value: await program(comm, start.args, context) });
    comm.close();
    return 0;
  } catch (error) {
    fail('failed', error);
    return 1;
  }
}

// Terminals and schedulers send these to all processes at once. It is the caller who decides what becomes of the run;
// if it ends, so do its ranks.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});

const start = readStart();
const watch = new WatchThread(start);
const fail = (type: 'failed' | 'refused', error: unknown): void =>
  watch.send({ type, error: packError(error), at: process.hrtime.bigint() });

// What nobody catches ends the process as it always does, with its trace on stderr; the parent shall have it as well.
process.on('uncaughtExceptionMonitor', (error) => fail('failed', error));
process.on('exit', () => watch.leave());
// Explicitly, because a program may have left timers or sockets behind.
process.exit(await runRank(start, watch));
