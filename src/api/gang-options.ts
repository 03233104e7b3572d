import type { RunRanksOptions } from '../comm/index.js';

/**
 * How long a rank may wait for the others [ms]: a day. With fewer trajectories than ranks some wait for as long as the
 * others solve, and no limit tells a long solve from a failure. A rank that throws or dies is noticed at once anyway.
 */
const LONGEST_WAIT_MS = 86_400_000;

/** All that the shared memory can address: what a run needs is committed as it is used, and grows with its cuts. */
const SHARED_BYTES = 2 ** 32;

/** How the ranks of a training or a simulation are run. */
export const GANG_OPTIONS = {
  backend: 'shm',
  timeoutMs: LONGEST_WAIT_MS,
  maxSharedBytes: SHARED_BYTES,
} as const satisfies Partial<RunRanksOptions>;
