import { runRanks } from '#cobre/comm/index';
import { loadSockets } from '#cobre/comm/tcp/sockets';
import { FLAVOURS, type Flavour, MPI, MpiJob } from './mpi/job.js';
import { packageWithoutNative } from './package-without-native.js';
import { ProcessGang } from './process-gang.js';
import { programUrl } from './program-url.js';
import { WHY_NOT } from './shm-gang.js';
import { runTcp } from './tcp/spawn-ranks.js';

export interface RunOptions {
  readonly maxSharedBytes?: number;
  /** How long a rank waits in a collective [ms]. */
  readonly timeoutMs?: number;
  /** How long the whole program may take before its ranks are ended [ms]. */
  readonly boundMs?: number;
}

/** A way to run a rank program. Every promise of a communicator is tested on each of these. */
export interface Backend {
  readonly name: string;
  readonly sizes: readonly number[];
  /** True where ranks see each other's writes to a region. */
  readonly sharesMemory: boolean;
  /** False where ranks that do not call the same thing lose their communicator. */
  readonly staysInStep: boolean;
  /** True where the ranks are one process, whose memory is theirs together. */
  readonly isOneProcess: boolean;
  run<R>(program: string, size: number, args?: unknown, options?: RunOptions): Promise<R[]>;
  /** Ends ranks that stayed for the next run. They wait by looking again and again, at others' expense. */
  end(): Promise<void>;
}

const WIDTH = [1, 2, 3, 4, 8] as const;
/** Above the 60 s after which a rank gives up by itself, and below what a test may take. */
const BOUND_MS = 100_000;

/** Ranks that `runRanks` starts anew each time, threads or the caller itself. */
function started(backend: 'local' | 'shm'): Pick<Backend, 'run' | 'end'> {
  const run: Backend['run'] = async (program, size, args, { boundMs = BOUND_MS, ...options } = {}) => {
    const controller = new AbortController();
    const late = new Error(`${backend}, size ${size}: ${program} did not end within ${boundMs} ms`);
    const timer = setTimeout(() => controller.abort(late), boundMs);
    try {
      return await runRanks(programUrl(program), { size, backend, args, signal: controller.signal, ...options });
    } finally {
      clearTimeout(timer);
    }
  };
  return { run, end: async () => {} };
}

/** Ranks that stay from run to run: one gang at a time, kept as long as its size is asked for and all of it lives. */
function kept(
  run: <R>(gang: ProcessGang, program: string, args: unknown, settings: object, boundMs: number) => Promise<R[]>,
): Pick<Backend, 'run' | 'end'> {
  let gang: ProcessGang | undefined;
  const end = async () => {
    await gang?.end();
    gang = undefined;
  };
  return {
    run: async (program, size, args, { boundMs = BOUND_MS, ...settings } = {}) => {
      if (gang?.size !== size || !gang.alive) {
        await end();
        gang = new ProcessGang(size);
      }
      return run(gang, program, args, settings, boundMs);
    },
    end,
  };
}

/** The caller itself. */
const LOCAL: Backend = {
  name: 'local',
  sizes: [1],
  sharesMemory: false,
  staysInStep: true,
  isOneProcess: true,
  ...started('local'),
};

/** Threads over one memory. */
const THREADS: Backend = {
  name: 'shm threads',
  sizes: WIDTH,
  sharesMemory: true,
  staysInStep: true,
  isOneProcess: true,
  ...started('shm'),
};

/** Processes over a POSIX segment. */
const PROCESSES: Backend = {
  name: 'shm processes',
  sizes: WIDTH,
  sharesMemory: true,
  staysInStep: true,
  isOneProcess: false,
  ...kept((gang, program, args, settings, boundMs) => gang.overShm(program, args, settings, boundMs)),
};

/** Processes over sockets of the loopback device. */
const TCP: Backend = {
  name: 'tcp',
  sizes: WIDTH,
  sharesMemory: false,
  staysInStep: false,
  isOneProcess: false,
  ...kept((gang, program, args, { maxSharedBytes: _, ...settings }: RunOptions, boundMs) =>
    gang.overTcp(program, args, settings, boundMs),
  ),
};

let portable: string | undefined;

/** The same where nobody has built the native module for sockets. */
const TCP_PORTABLE: Backend = {
  ...TCP,
  name: 'tcp without native code',
  sizes: [2, 3],
  run: (program, size, args, { timeoutMs } = {}) => {
    portable ??= packageWithoutNative();
    return runTcp(program, size, args, {
      root: portable,
      ...(timeoutMs === undefined ? {} : { config: { timeoutMs } }),
    });
  },
  end: async () => {},
};

/** Ranks under `mpiexec`. One job at a time, kept as long as its size is asked for. */
function mpi(flavour: Flavour): Backend {
  let job: MpiJob | undefined;
  const end = async () => {
    job?.end();
    job = undefined;
  };
  return {
    name: `mpi-${flavour}`,
    sizes: WIDTH,
    sharesMemory: false,
    staysInStep: true,
    isOneProcess: false,
    end,
    run: async (program, size, args, { boundMs = BOUND_MS, timeoutMs } = {}) => {
      if (job?.size !== size || !job.alive) {
        await end();
        job = new MpiJob(flavour, size);
      }
      return job.run(programUrl(program), args, timeoutMs === undefined ? {} : { timeoutMs }, boundMs);
    },
  };
}

/** All ways to come by a communicator. Whether those that are missing here may be is for their own tests to say. */
export const BACKENDS: readonly Backend[] = [
  LOCAL,
  THREADS,
  ...(WHY_NOT === null ? [PROCESSES] : []),
  TCP,
  ...(loadSockets().wait === undefined ? [] : [TCP_PORTABLE]),
  ...FLAVOURS.filter((flavour) => 'launcher' in MPI[flavour]).map(mpi),
];

export interface Case {
  readonly name: string;
  readonly size: number;
  readonly backend: Backend;
}

/** Every backend at every size: rows for `describe.each`. */
export const CASES: readonly Case[] = BACKENDS.flatMap((backend) =>
  backend.sizes.map((size) => ({ name: backend.name, size, backend })),
);

/** Backends whose ranks disturb everything else on few cores, or start anew for each test. */
const COSTLY = ['tcp without native code', 'mpi-mpich'];

/**
 * Rows for tests of every day: three ranks, which differ from two and from powers of two. `npm run test:sweep` has the time
 * for all.
 */
export const QUICK_CASES: readonly Case[] = CASES.filter(
  ({ name, backend, size }) => !COSTLY.includes(name) && (size === 3 || backend.sizes.length === 1),
);
