import { CobreError } from '../errors.js';
import type { RunOptions } from '../options.js';

/** Cuts and bases of a large study need room: all that 32-bit shared memory can have. Reserved, not committed. */
export const MAX_SHARED_BYTES = 2 ** 32;

/** How a run is laid out, after its options were checked. */
export interface Layout {
  readonly workers: number;
  /** `local` for a single worker: no child, no shared memory. */
  readonly backend: 'local' | 'shm';
}

/** Checks what can be checked of the options before anything is read or started. @throws CobreError */
export function checkOptions(options: RunOptions): Layout {
  const { numWorkers = 1, backend = 'auto', startMethod = 'thread' } = options;
  if (!Number.isInteger(numWorkers) || numWorkers < 1) {
    throw new CobreError('InvalidArgument', `numWorkers must be a whole number of at least 1, not ${numWorkers}`, {
      field: 'numWorkers',
      value: numWorkers,
      suggestion: 'Use 1 for a run without workers, or the number of cores for the fastest one.',
    });
  }
  if (!['auto', 'shm', 'local'].includes(backend)) {
    throw new CobreError('IncompatibleSettings', `there is no backend "${backend}"`, {
      field: 'backend',
      value: backend,
      suggestion: 'Use "auto", "shm" or "local".',
    });
  }
  if (startMethod !== 'thread') {
    throw new CobreError('IncompatibleSettings', `workers cannot be started by "${startMethod}"`, {
      field: 'startMethod',
      value: startMethod,
      suggestion: 'Use "thread".',
    });
  }
  if (backend === 'local' && numWorkers > 1) {
    throw new CobreError('IncompatibleSettings', `the local backend has one worker, not ${numWorkers}`, {
      field: 'numWorkers',
      value: numWorkers,
      suggestion: 'Use backend "auto" or "shm" for several workers.',
    });
  }
  if (options.signal?.aborted) {
    throw new CobreError('Cancelled', 'the run was cancelled before it began', { cause: options.signal.reason });
  }
  return { workers: numWorkers, backend: numWorkers === 1 ? 'local' : 'shm' };
}
