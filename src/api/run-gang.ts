import type { ResourceLimits } from 'node:worker_threads';
import { runRanks } from '../comm/run-ranks.js';
import type { RunOptions } from '../options.js';
import type { Layout } from './check-options.js';

/** All that the shared memory can address: what a run needs is committed as it is used, and grows with its cuts. */
export const SHARED_BYTES = 2 ** 32;

/** Runs a rank program of ours on ranks of its own, as a run's options lay it out. */
export function runGang<R, A>(
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
  return runRanks<R, A>(program, {
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
}
