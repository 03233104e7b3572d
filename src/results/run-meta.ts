import type { TrainingOutcome } from '../sddp/outcome.js';

/** Where, when and with what a run was made. Never enters a number. */
export interface RunMeta {
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly completedAt: string;
  readonly backend: 'local' | 'shm';
  /** Number of ranks. */
  readonly worldSize: number;
  readonly hostname: string;
  /** Version of this package: `cobreVersion`. */
  readonly cobreVersion: string;
  /** As the user gave it. */
  readonly caseDirectory: string;
  /** Version of the LP solver, where known. */
  readonly solverVersion?: string;
}

/** The `distribution` object of manifests and metadata. */
export function distribution(meta: RunMeta): Readonly<Record<string, string | number | null>> {
  return {
    backend: meta.backend,
    world_size: meta.worldSize,
    ranks_participated: meta.worldSize,
    num_nodes: 1,
    threads_per_rank: 1,
    mpi_library: null,
    mpi_standard: null,
    thread_level: null,
    slurm_job_id: process.env.SLURM_JOB_ID ?? null,
  };
}

/** Whether training ended because its bounds had settled, not because it ran into a limit. */
export function hasConverged(outcome: TrainingOutcome, rules: readonly { readonly type: string }[]): boolean {
  const { terminationReason } = outcome;
  if (terminationReason === 'all_rules') return rules.some(({ type }) => type === 'bound_stalling');
  return terminationReason === 'bound_stalling';
}
