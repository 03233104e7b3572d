import { runRanks } from '#cobre/comm/index';
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

export const BACKENDS: readonly Backend[] = [
  {
    name: 'local',
    sizes: [1],
    sharesMemory: false,
    staysInStep: true,
    run: (program, size, args, options) => runRanks(programUrl(program), { size, backend: 'local', args, ...options }),
  },
  {
    name: 'shm',
    sizes: [1, 2, 3, 4, 8],
    sharesMemory: true,
    staysInStep: true,
    run: (program, size, args, options) => runRanks(programUrl(program), { size, backend: 'shm', args, ...options }),
  },
  {
    name: 'tcp',
    sizes: [2, 3, 4],
    sharesMemory: false,
    staysInStep: false,
    run: (program, size, args) => runTcp(program, size, args),
  },
];

/** Every backend at every size it is tested with: rows for `describe.each`. */
export const CASES = BACKENDS.flatMap((backend) =>
  backend.sizes.map((size) => ({ name: backend.name, size, backend })),
);

export function programUrl(name: string): URL {
  return new URL(`./programs/${name}.mjs`, import.meta.url);
}
