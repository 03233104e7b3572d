import { runRanks } from '#cobre/comm/index';
import { FLAVOURS, type Flavour, MPI, MpiJob } from './mpi/job.js';

/** A way to run a rank program. Every promise of a communicator is tested on each of these. */
export interface Backend {
  readonly name: string;
  readonly sizes: readonly number[];
  /** True where ranks see each other's writes to a region. */
  readonly sharesMemory: boolean;
  run<R>(program: string, size: number, args?: unknown, options?: { maxSharedBytes?: number }): Promise<R[]>;
}

export const BACKENDS: readonly Backend[] = [
  {
    name: 'local',
    sizes: [1],
    sharesMemory: false,
    run: (program, size, args, options) => runRanks(programUrl(program), { size, backend: 'local', args, ...options }),
  },
  {
    name: 'shm',
    sizes: [1, 2, 3, 4, 8],
    sharesMemory: true,
    run: (program, size, args, options) => runRanks(programUrl(program), { size, backend: 'shm', args, ...options }),
  },
  // Whether those that are missing here may be is for mpi.test.ts to say.
  ...FLAVOURS.filter((flavour) => 'launcher' in MPI[flavour]).map(mpi),
];

/** Ranks under `mpiexec`. One job at a time, kept as long as its size is asked for. */
function mpi(flavour: Flavour): Backend {
  let job: MpiJob | undefined;
  return {
    name: `mpi-${flavour}`,
    sizes: [1, 2, 3, 4],
    sharesMemory: false,
    run: (program, size, args) => {
      if (job?.size !== size) {
        job?.end();
        job = new MpiJob(flavour, size);
      }
      return job.run(programUrl(program), args, {});
    },
  };
}

/** Every backend at every size it is tested with: rows for `describe.each`. */
export const CASES = BACKENDS.flatMap((backend) =>
  backend.sizes.map((size) => ({ name: backend.name, size, backend })),
);

export function programUrl(name: string): URL {
  return new URL(`./programs/${name}.mjs`, import.meta.url);
}
