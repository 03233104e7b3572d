import { rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { workerData } from 'node:worker_threads';
import { DOWN_FD, type WatchTask } from '../src/comm/process/rank-start.js';

/**
 * Listens to the parent on behalf of a rank, whose own thread may be in a collective or a loop for hours. A byte is
 * the request to finish early; the end of the pipe means that nobody is left who would take the result.
 */
const { flags, leftovers } = workerData as WatchTask;
const parent = new Socket({ fd: DOWN_FD, readable: true, writable: false });
parent.on('data', () => Atomics.store(flags, 0, 1));
parent.on('error', leave);
parent.on('end', leave);

function leave(): void {
  for (const file of leftovers) rmSync(file, { force: true });
  process.kill(process.pid, 'SIGKILL');
}
