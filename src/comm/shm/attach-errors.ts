import { type BackendError, initializationFailed } from '../backend-error.js';
import { allocationFailed } from '../errors.js';
import { poisonSentence, readPoison } from './poison.js';
import type { SystemCallError } from './posix-shm.js';
import { OTHER_SIZE_WORD } from './process-table.js';
import type { CheckedShmConfig } from './shm-config.js';

/** Everything that can go wrong while processes find each other. Settings are named as in the environment. */

const failed = (operation: string, message: string, suggestion: string, cause?: unknown): BackendError =>
  initializationFailed(
    'shm',
    operation,
    {
      message,
      ...(cause === undefined ? {} : { cause }),
      ...(isSystemCallError(cause) ? { errorCode: cause.errno } : {}),
    },
    suggestion,
  );

function isSystemCallError(error: unknown): error is SystemCallError {
  return typeof (error as Partial<SystemCallError> | undefined)?.errno === 'number';
}

/** Rank 0 found the name in use: by a run that was killed before all its ranks had attached, or by a live one. */
export function staleName(name: string, cause: unknown): BackendError {
  return failed(
    'create',
    `a shared memory segment called ${name} exists already: a stale one of a run that was killed, or another run's`,
    `remove the stale segment (on Linux \`rm /dev/shm${name}\`) or choose a different COBRE_SHM_NAME`,
    cause,
  );
}

/** Another rank found a segment whose creator died before all ranks had attached. */
export function abandonedName(name: string): BackendError {
  return failed(
    'attach',
    `rank 0, which created the stale segment ${name}, ended before all ranks had attached`,
    `start all ranks again; where the name is still there, remove it first (on Linux \`rm /dev/shm${name}\`)`,
  );
}

export function noSegment(name: string): BackendError {
  return failed(
    'open',
    `there is no shared memory segment ${name}: rank 0 did not create it in time, or all its ranks are there already`,
    'start rank 0 with the same COBRE_SHM_NAME, and each rank once',
  );
}

export function foreignSegment(name: string): BackendError {
  return failed(
    'attach',
    `the shared memory segment ${name} is not one of this version of cobre`,
    'choose a different COBRE_SHM_NAME, and run the same version of cobre in all ranks',
  );
}

/** The segment is there, but rank 0 has not got to the end of setting it up. */
export function unfinishedSegment(name: string): BackendError {
  return failed(
    'attach',
    `the shared memory segment ${name} is stale: whoever created it did not finish`,
    `remove it (on Linux \`rm /dev/shm${name}\`) and start all ranks again`,
  );
}

export function rankTaken(name: string, rank: number): BackendError {
  return failed(
    'attach',
    `another process is rank ${rank} of ${name}`,
    'give each process a COBRE_SHM_RANK of its own',
  );
}

export function miscounted(name: string, rank: number, theirs: number, ours: number): BackendError {
  return failed(
    'attach',
    `rank ${rank} of ${name} was started for ${theirs} ranks, rank 0 for ${ours}`,
    'give all processes the same COBRE_SHM_SIZE',
  );
}

/** Somebody has said why the gang will not come together. */
export function gangIsBroken(words: Int32Array, { name, size, connectTimeoutMs }: CheckedShmConfig): BackendError {
  const mark = readPoison(words);
  if (mark === null) throw new Error('the gang is whole');
  if (mark.cause === 'miscounted') return miscounted(name, mark.rank, Atomics.load(words, OTHER_SIZE_WORD), size);
  if (mark.cause === 'late') {
    return failed(
      'attach',
      `rank ${mark.rank} did not attach to ${name} within ${connectTimeoutMs} ms`,
      `start ${size} processes with COBRE_SHM_RANK 0 to ${size - 1}`,
    );
  }
  return failed('attach', `${poisonSentence(mark)} while the ranks attached to ${name}`, 'start all ranks again');
}

export function noMemory(name: string, bytes: number): BackendError {
  return failed(
    'create',
    `no memory for the ${bytes} bytes that the ranks of ${name} need to talk`,
    'free memory, or make the file system /dev/shm larger',
    allocationFailed(bytes, 'the system has no more shared memory'),
  );
}

export function systemCallFailed(name: string, cause: unknown): BackendError {
  const { syscall, message } = cause as SystemCallError;
  return failed(
    'attach',
    `${syscall ?? 'mapping'} failed for ${name}: ${message}`,
    'check COBRE_SHM_NAME, the memory available, and who may use the segment',
    cause,
  );
}
