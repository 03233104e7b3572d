import { CobreError } from '../errors.js';
import type { RunOptions } from '../options.js';

/** How a run is laid out, after its options were checked. */
export interface Layout {
  readonly workers: number;
  /** `local` for a single worker: no child, no shared memory. */
  readonly backend: 'local' | 'shm';
}

const WORKERS_ADVICE = 'Use 1 for a run without workers, or the number of cores for the fastest one.';
/** More ranks than this only wait for each other, whatever the machine. */
export const MAX_WORKERS = 256;

/** Checks what can be checked of the options before anything is read or started. @throws CobreError */
export function checkOptions(options: RunOptions): Layout {
  if (typeof options !== 'object' || options === null) throw notA('options', options, 'an object');
  const { onProgress, outputDirectory, signal } = options;
  if (onProgress !== undefined && typeof onProgress !== 'function') throw notA('onProgress', onProgress, 'a function');
  if (outputDirectory !== undefined && typeof outputDirectory !== 'string') {
    throw notA('outputDirectory', outputDirectory, 'a path');
  }
  if (signal !== undefined && typeof signal?.addEventListener !== 'function')
    throw notA('signal', signal, 'an AbortSignal');
  const { numWorkers = 1, backend = 'auto', startMethod = 'thread' } = options;
  if (!Number.isInteger(numWorkers) || numWorkers < 1) {
    throw new CobreError(
      'InvalidArgument',
      `numWorkers must be a whole number of at least 1, not ${shown(numWorkers)}`,
      {
        field: 'numWorkers',
        value: numWorkers,
        suggestion: WORKERS_ADVICE,
      },
    );
  }
  if (numWorkers > MAX_WORKERS) {
    throw new CobreError('InvalidArgument', `numWorkers may be ${MAX_WORKERS} at most, not ${numWorkers}`, {
      field: 'numWorkers',
      value: numWorkers,
      suggestion: `${WORKERS_ADVICE} More than ${MAX_WORKERS} would only wait for each other.`,
    });
  }
  if (!['auto', 'shm', 'local'].includes(backend)) {
    throw new CobreError('IncompatibleSettings', `there is no backend ${shown(backend)}`, {
      field: 'backend',
      value: backend,
      suggestion: 'Use "auto", "shm" or "local".',
    });
  }
  if (startMethod !== 'thread') {
    throw new CobreError('IncompatibleSettings', `workers cannot be started by ${shown(startMethod)}`, {
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
  if (signal?.aborted) {
    throw new CobreError('Cancelled', 'the run was cancelled before it began', { cause: signal.reason });
  }
  return { workers: numWorkers, backend: numWorkers === 1 ? 'local' : 'shm' };
}

/** A value inside a sentence: text in quotes, so that '2' is told from 2. */
function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

function notA(field: string, value: unknown, what: string): CobreError {
  return new CobreError('InvalidArgument', `${field} must be ${what}, not ${shown(value)}`, {
    field,
    value,
    suggestion: `Give ${what}, or leave it out.`,
  });
}
