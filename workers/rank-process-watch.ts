import { rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { DOWN_FD, UP_FD } from '../src/comm/process/rank-start.js';
import { UpPipe } from '../src/comm/process/up-pipe.js';
import { RUNG, STOP_REQUESTED, type WatchTask } from '../src/comm/process/watch-thread.js';

/**
 * Talks to the parent on behalf of a rank, whose own thread may be in a collective or a loop for hours. From the parent
 * a byte is the request to finish early; the end of the pipe means that nobody is left who would take the result.
 */
const { words, frames, leftovers, heartbeatMs } = workerData as WatchTask;
const up = new UpPipe(UP_FD, frames, words, leave);
const down = new Socket({ fd: DOWN_FD, readable: true, writable: false });
down.on('data', () => Atomics.store(words, STOP_REQUESTED, 1));
down.on('error', leave);
down.on('end', leave);
parentPort?.on('message', () => {
  // Before looking: whoever hands over a frame after the look must ring again.
  Atomics.store(words, RUNG, 0);
  up.pump();
});
up.beat();
setInterval(() => up.beat(), heartbeatMs);
parentPort?.postMessage('ready');

function leave(): void {
  for (const file of leftovers) rmSync(file, { force: true });
  process.kill(process.pid, 'SIGKILL');
}
