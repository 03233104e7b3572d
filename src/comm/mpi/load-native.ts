import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { initializationFailed } from '../backend-error.js';
import type { CommArray } from '../communicator.js';
import { buildCommand, nativeFolder } from '../native-folder.js';
import { type Environment, launcherFlavour, type MpiFlavour } from './detect-launch.js';

/** A communicator inside the native module. */
export interface NativeComm {
  readonly handle: object;
  readonly rank: number;
  readonly size: number;
  /** This rank's line, then one line of each rank: what `exchangeLines` sends and where it receives. */
  readonly lines: ArrayBuffer;
}

/** What native/src/mpi.c exports. Numbers returned are 0, an error code of the MPI library, or `TIMED_OUT`. */
export interface NativeMpi {
  readonly TIMED_OUT: number;
  init(countLimit: number): number;
  atExit(abort: boolean, exitCode: number): void;
  libraryVersion(): string;
  standardVersion(): [number, number];
  errorString(code: number): string;
  world(lineBytes: number): NativeComm | number;
  split(handle: object): NativeComm | number;
  free(handle: object): number;
  postLines(handle: object): number;
  waitLines(handle: object, timeoutSeconds: number): number;
  exchangeLines(handle: object, timeoutSeconds: number): number;
  broadcast(handle: object, buf: CommArray, root: number): number;
  allgather(handle: object, send: CommArray, recv: CommArray): number;
  allgatherv(handle: object, send: CommArray, recv: CommArray, extents: Float64Array, inPieces: boolean): number;
  scatterSlices(handle: object, send: CommArray, first: number, count: number, slice: number, recv: CommArray): number;
}

const FLAVOURS: readonly MpiFlavour[] = ['openmpi', 'mpich'];
const LIBRARY: Readonly<Record<MpiFlavour, string>> = { openmpi: 'Open MPI', mpich: 'MPICH' };

/**
 * For UCX, through which MPICH and Open MPI may talk (nothing reads them elsewhere). It patches the C library's memory
 * functions in place while Node's threads are running them, which broke about one start in thirty (UCX 1.13); without the
 * patches, RDMA networks register memory again for each large transfer. And it takes the signal by which V8 notices that
 * WebAssembly left its memory.
 */
const UCX_SETTINGS = { UCX_MEM_EVENTS: 'no', UCX_ERROR_SIGNALS: '' } as const;

/**
 * Loads the module built against the library whose launcher started this process; without a launcher that can be
 * recognised, the only one there is.
 * @throws BackendError `InitializationFailed`
 */
export function loadNativeMpi(env: Environment, directory = fileURLToPath(nativeFolder())): NativeMpi {
  const present = FLAVOURS.filter((flavour) => existsSync(modulePath(directory, flavour)));
  if (present.length === 0) {
    throw initializationFailed(
      'mpi',
      'load',
      { message: 'the native MPI module is not built' },
      `build it with \`${buildCommand('build-mpi.mjs')}\`; it needs a C compiler and Open MPI or MPICH with its development files`,
    );
  }
  const launcher = launcherFlavour(env);
  if (launcher !== null && !present.includes(launcher)) {
    const built = present.map((flavour) => LIBRARY[flavour]).join(' and ');
    throw initializationFailed(
      'mpi',
      'load',
      { message: `the launcher is that of ${LIBRARY[launcher]}, but the native module is built against ${built} only` },
      `build the other with \`${buildCommand('build-mpi.mjs')} --mpicc mpicc.${launcher}\`, or start with the launcher of ${built}`,
    );
  }
  const path = modulePath(directory, launcher ?? present[0]);
  // Read when the library is loaded. What the user has set stays.
  for (const [name, value] of Object.entries(UCX_SETTINGS)) process.env[name] ??= value;
  try {
    return createRequire(import.meta.url)(path) as NativeMpi;
  } catch (cause) {
    throw initializationFailed(
      'mpi',
      'load',
      { message: (cause as Error).message, cause },
      `install the MPI library that the module was built against, or build it again with \`${buildCommand('build-mpi.mjs')}\``,
    );
  }
}

function modulePath(directory: string, flavour: MpiFlavour): string {
  return `${directory.replace(/\/?$/, '/')}mpi-${flavour}.node`;
}
