import type { Study } from '#cobre/case/study';
import { FLAVOURS, type Flavour, MPI, MpiJob } from '../comm/mpi/job.js';
import { GANGS, PROCESS_GANGS } from './gangs.js';
import { BITS_PROGRAM, type Bits, runBits } from './run-bits.js';

/** One way to run a study. */
export interface Way {
  readonly name: string;
  run(study: Study, scenarios: number): Promise<Bits>;
}

export const ALONE: Way = { name: 'one worker', run: (study, scenarios) => runBits(study, 1, scenarios) };

/** Sizes to run on, by kind of rank. */
export interface Sizes {
  readonly threads: readonly number[];
  readonly processes: readonly number[];
  readonly mpi: readonly number[];
}

/** All ways there are here; in CI none may be missing. */
export function waysOf({ threads, processes, mpi }: Sizes): Way[] {
  const gangs = GANGS.flatMap(({ name, options, processes: own }) =>
    (own ? processes : threads).map((numWorkers) => ({
      name: `${numWorkers} ${name}`,
      run: (study: Study, scenarios: number) => runBits(study, { numWorkers, ...options }, scenarios),
    })),
  );
  const launched = FLAVOURS.filter(isThere).flatMap((flavour) =>
    mpi.map((size) => ({
      name: `${size} ranks under mpiexec of ${flavour}`,
      run: (study: Study, scenarios: number) => onMpi(flavour, size, study, scenarios),
    })),
  );
  return [...gangs, ...launched];
}

function isThere(flavour: Flavour): boolean {
  const found = MPI[flavour];
  if ('missing' in found && process.env.CI === 'true') throw new Error(found.missing);
  return 'launcher' in found;
}

/** Why some ways are missing here, for the name of a test; empty where none is. */
export function whatIsMissing(): string {
  const missing = FLAVOURS.flatMap((flavour) => {
    const found = MPI[flavour];
    return 'missing' in found ? [found.missing] : [];
  });
  if (PROCESS_GANGS.length < 2) missing.push('processes cannot share memory here');
  return missing.length === 0 ? '' : ` (not on all: ${missing.join('; ')})`;
}

async function onMpi(flavour: Flavour, size: number, study: Study, scenarios: number): Promise<Bits> {
  const job = new MpiJob(flavour, size);
  try {
    const ranks = await job.run<Bits>(BITS_PROGRAM, { study, scenarios }, {});
    // Every rank gets the result.
    for (const bits of ranks.slice(1)) {
      if (JSON.stringify(bits) !== JSON.stringify(ranks[0])) throw new Error('ranks differ in what they got');
    }
    return ranks[0];
  } finally {
    job.end();
  }
}
