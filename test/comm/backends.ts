import { runRanks } from '#cobre/comm/index';
import { programUrl } from './program-url.js';
import { ShmGang, WHY_NOT } from './shm-gang.js';

export { programUrl } from './program-url.js';

/** A way to run a rank program. */
export interface Backend {
  readonly name: string;
  readonly sizes: readonly number[];
  /** True where ranks see each other's writes to a region. */
  readonly sharesMemory: boolean;
  run<R>(program: string, size: number, args?: unknown, options?: { maxSharedBytes?: number }): Promise<R[]>;
}

/** What `runRanks` offers. */
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
];

const gangs = new Map<number, ShmGang>();

/** Processes that attach to a POSIX segment by themselves. Starting them takes long, so each gang serves all its runs. */
const SHM_PROCESSES: Backend = {
  name: 'shm processes',
  // `npm run test:faults` goes further.
  sizes: process.env.COBRE_LONG_TESTS === undefined ? [1, 2, 3, 4] : [1, 2, 3, 4, 8],
  sharesMemory: true,
  async run<R>(program: string, size: number, args?: unknown, options?: { maxSharedBytes?: number }): Promise<R[]> {
    const gang = gangs.get(size) ?? new ShmGang(size);
    gangs.set(size, gang);
    return gang.run<R>(program, args, options);
  },
};

/** All ways to come by a communicator. Every promise of a communicator is tested on each of these. */
const LAUNCHERS: readonly Backend[] = [...BACKENDS, ...(WHY_NOT === null ? [SHM_PROCESSES] : [])];

/** Every launcher at every size it is tested with: rows for `describe.each`. */
export const CASES = LAUNCHERS.flatMap((backend) =>
  backend.sizes.map((size) => ({ name: backend.name, size, backend })),
);
