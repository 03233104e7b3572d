import type { ResourceLimits } from 'node:worker_threads';
import { runRanks } from '../comm/run-ranks.js';
import { WorkerError } from '../errors.js';
import type { RunOptions } from '../options.js';
import { cancelled, type Layout } from './check-options.js';

/** All that the shared memory can address: what a run needs is committed as it is used, and grows with its cuts. */
export const SHARED_BYTES = 2 ** 32;

/**
 * Runs a rank program of ours on ranks of its own, as a run's options lay it out.
 * @throws CobreError `Cancelled` where the signal that asked for the end has ended a rank that was not there yet
 */
export async function runGang<R, A>(
  program: URL,
  { workers, backend, startMethod, timeoutMs }: Extract<Layout, { type: 'gang' }>,
  { signal }: RunOptions,
  {
    args,
    onMessage,
    resourceLimits,
  }: {
    readonly args: A;
    readonly onMessage: (rank: number, message: unknown) => void;
    readonly resourceLimits?: ResourceLimits;
  },
): Promise<R[]> {
  try {
    return await runRanks<R, A>(program, {
      size: workers,
      backend,
      startMethod,
      timeoutMs,
      maxSharedBytes: SHARED_BYTES,
      args,
      onMessage,
      ...(resourceLimits === undefined ? {} : { resourceLimits }),
      ...(signal === undefined ? {} : { stop: signal }),
    });
  } catch (error) {
    throw signal?.aborted && endedInItsStart(error) ? cancelled(signal.reason) : error;
  }
}

/** Ctrl-C at a terminal goes to all processes; a rank does not heed it, but for the moment in which its process starts. */
function endedInItsStart(error: unknown): boolean {
  return error instanceof WorkerError && (error.signal === 'SIGINT' || error.signal === 'SIGTERM');
}
