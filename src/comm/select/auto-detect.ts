import type { BackendName, Feature } from './backend-kind.js';
import { type Environment, isSet } from './environment.js';

/** Variables that MPI launchers set for the processes they start. Any one of them tells. */
export const MPI_LAUNCH_VARIABLES = [
  // MPICH, Intel MPI, Cray MPI
  'PMI_RANK',
  'PMI_SIZE',
  // Open MPI
  'OMPI_COMM_WORLD_RANK',
  'OMPI_COMM_WORLD_SIZE',
  // Intel MPI
  'MPI_LOCALRANKID',
  // srun
  'SLURM_PROCID',
] as const;

/** What must hold for `auto` to take a backend. */
const PRECONDITIONS: Readonly<Record<Feature, (env: Environment) => boolean>> = {
  mpi: (env) => MPI_LAUNCH_VARIABLES.some((name) => isSet(env, name)),
  tcp: (env) => isSet(env, 'COBRE_TCP_COORDINATOR'),
  shm: (env) => isSet(env, 'COBRE_SHM_NAME'),
};

/** The first available backend whose precondition is met. */
export function autoDetect(available: readonly BackendName[], env: Environment): BackendName {
  return available.find((name) => name === 'local' || PRECONDITIONS[name](env)) ?? 'local';
}

/** What `auto` means to a library that starts its ranks itself: it is not an MPI process, and nothing need exist yet. */
export function autoForGang(env: Environment): 'tcp' | 'shm' {
  return PRECONDITIONS.tcp(env) ? 'tcp' : 'shm';
}
