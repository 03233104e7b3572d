/** Environment variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Libraries that the native module is built against; those derived from MPICH (Intel MPI, Cray MPICH) count as it. */
export type MpiFlavour = 'openmpi' | 'mpich';

/** Whose launcher started this process; `null` where it cannot be told, as under `srun --mpi=pmix`. */
export function launcherFlavour(env: Environment): MpiFlavour | null {
  // Open MPI first: an `mpiexec` of its own inside a job that another launcher started inherits that one's variables.
  if (env.OMPI_COMM_WORLD_RANK !== undefined || env.OMPI_COMM_WORLD_SIZE !== undefined) return 'openmpi';
  if (env.PMI_RANK !== undefined || env.PMI_SIZE !== undefined || env.MPI_LOCALRANKID !== undefined) return 'mpich';
  return null;
}

/** Ranks that the launcher says it started; `null` where it says nothing. */
export function launchedSize(env: Environment): number | null {
  const size = Number(env.OMPI_COMM_WORLD_SIZE ?? env.PMI_SIZE ?? env.SLURM_STEP_NUM_TASKS);
  return Number.isSafeInteger(size) && size > 0 ? size : null;
}
