import { runRanks } from '#cobre/comm/index';
import { socketsAreNative } from '#cobre/comm/tcp/sockets';
import { FLAVOURS, type Flavour, MPI, MpiJob } from './mpi/job.js';
import { packageWithoutNative } from './package-without-native.js';
import { programUrl } from './program-url.js';
import { ShmGang, WHY_NOT } from './shm-gang.js';
import { runTcp } from './tcp/spawn-ranks.js';

/** A way to run a rank program. Every promise of a communicator is tested on each of these. */
export interface Backend {
  readonly name: string;
  readonly sizes: readonly number[];
  /** True where ranks see each other's writes to a region. */
  readonly sharesMemory: boolean;
  /** False where ranks that do not call the same thing lose their communicator. */
  readonly staysInStep: boolean;
  run<R>(program: string, size: number, args?: unknown, options?: { maxSharedBytes?: number }): Promise<R[]>;
}

/** The caller itself. */
const LOCAL: Backend = {
  name: 'local',
  sizes: [1],
  sharesMemory: false,
  staysInStep: true,
  run: (program, size, args, options) => runRanks(programUrl(program), { size, backend: 'local', args, ...options }),
};

/** Threads over one memory. */
const THREADS: Backend = {
  name: 'shm threads',
  sizes: [1, 2, 3, 4, 8],
  sharesMemory: true,
  staysInStep: true,
  run: (program, size, args, options) => runRanks(programUrl(program), { size, backend: 'shm', args, ...options }),
};

const gangs = new Map<number, ShmGang>();

/** Processes over a POSIX segment. Starting them takes long, so each gang serves all its runs. */
const PROCESSES: Backend = {
  name: 'shm processes',
  sizes: [1, 2, 3, 4],
  sharesMemory: true,
  staysInStep: true,
  async run<R>(program: string, size: number, args?: unknown, options?: { maxSharedBytes?: number }): Promise<R[]> {
    const gang = gangs.get(size) ?? new ShmGang(size);
    gangs.set(size, gang);
    return gang.run<R>(program, args, options);
  },
};

/** Processes over sockets of the loopback device. */
const TCP: Backend = {
  name: 'tcp',
  sizes: [2, 3, 4],
  sharesMemory: false,
  staysInStep: false,
  run: (program, size, args) => runTcp(program, size, args),
};

let portable: string | undefined;

/** The same where nobody has built the native module for sockets. */
const TCP_PORTABLE: Backend = {
  ...TCP,
  name: 'tcp without native code',
  sizes: [2, 3],
  run: (program, size, args) => {
    portable ??= packageWithoutNative();
    return runTcp(program, size, args, { root: portable });
  },
};

/** Ranks under `mpiexec`. One job at a time, kept as long as its size is asked for. */
function mpi(flavour: Flavour): Backend {
  let job: MpiJob | undefined;
  return {
    name: `mpi-${flavour}`,
    sizes: [1, 2, 3, 4],
    sharesMemory: false,
    staysInStep: true,
    run: (program, size, args) => {
      if (job?.size !== size) {
        job?.end();
        job = new MpiJob(flavour, size);
      }
      return job.run(programUrl(program), args, {});
    },
  };
}

/** All ways to come by a communicator. Whether those that are missing here may be is for their own tests to say. */
export const BACKENDS: readonly Backend[] = [
  LOCAL,
  THREADS,
  ...(WHY_NOT === null ? [PROCESSES] : []),
  TCP,
  ...(socketsAreNative() ? [TCP_PORTABLE] : []),
  ...FLAVOURS.filter((flavour) => 'launcher' in MPI[flavour]).map(mpi),
];

/** Every backend at every size it is tested with: rows for `describe.each`. */
export const CASES = BACKENDS.flatMap((backend) =>
  backend.sizes.map((size) => ({ name: backend.name, size, backend })),
);
