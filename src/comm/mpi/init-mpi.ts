import { isMainThread } from 'node:worker_threads';
import { CobreError } from '../../errors.js';
import { initializationFailed } from '../backend-error.js';
import type { Comm } from '../communicator.js';
import { buildCommand } from '../native-folder.js';
import { launchedSize } from './detect-launch.js';
import { loadNativeMpi } from './load-native.js';
import { MpiCommunicator } from './mpi-communicator.js';
import { endWithProcess } from './process-exit.js';

const DEFAULT_TIMEOUT_MS = 60_000;

/** An `int` counts the elements of a call (MPI 3.1, section 4.1.11). */
const MOST_ELEMENTS = 2 ** 31 - 1;

export interface MpiOptions {
  /** A rank that waits longer than this for the others to come gives up. Default 60 000 ms; `Infinity` waits as MPI does. */
  readonly timeoutMs?: number;
  /** Most elements in one call of the library. Only tests have a reason to set it. */
  readonly countLimit?: number;
}

/** A communicator of all ranks of an MPI job, with what the library says of itself. */
export type MpiComm = Comm & { readonly libraryName: string; readonly standardVersion: string };

/**
 * Joins the MPI job that `mpiexec` or `srun` started this process for; all its ranks must call this. MPI is initialised
 * with the first call (MPI_Init_thread, MPI_THREAD_FUNNELED) and finalised when the process ends: with exit code 0 all
 * ranks finalise together, with another one while the communicator is open the job is aborted (MPI_Abort).
 * @throws BackendError `InitializationFailed`
 */
export async function initMpi(options: MpiOptions = {}): Promise<MpiComm> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, countLimit = MOST_ELEMENTS } = options;
  if (!(timeoutMs > 0)) {
    throw new CobreError('InvalidArgument', `initMpi: timeoutMs cannot be ${String(timeoutMs)}`, {
      field: 'timeoutMs',
      value: timeoutMs,
      suggestion: 'pass a number of milliseconds above 0, or Infinity',
    });
  }
  if (!isMainThread) {
    throw initializationFailed(
      'mpi',
      'initialize',
      { message: 'MPI runs on the main thread of a process only' },
      'call it on the main thread, or run ranks on threads with the shm backend',
    );
  }
  const native = loadNativeMpi(process.env);
  const failed = (operation: string, code: number) =>
    initializationFailed(
      'mpi',
      operation,
      { message: native.errorString(code), errorCode: code },
      'check that the job was started with the mpiexec or srun of the same MPI library',
    );
  const code = native.init(countLimit);
  if (code !== 0) throw failed('initialize', code);
  const world = MpiCommunicator.world(native, { timeoutMs, countLimit });
  if (typeof world === 'number') throw failed('create the communicator', world);
  endWithProcess(native, world);
  const launched = launchedSize(process.env);
  if (launched !== null && launched !== world.size) {
    const { size, libraryName } = world;
    world.close();
    throw initializationFailed(
      'mpi',
      'initialize',
      { message: `the launcher started ${launched} ranks, but ${libraryName} sees ${size}` },
      'start with the mpiexec of this library, or build against that of the launcher: ' +
        `\`${buildCommand('build-mpi.mjs')} --mpicc MPICC\``,
    );
  }
  return world;
}
