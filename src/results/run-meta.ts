import type { TrainingOutcome } from '../sddp/outcome.js';

/** On what a run's ranks were, and through what they talked. */
export interface Topology {
  readonly backend: 'local' | 'shm' | 'tcp' | 'mpi';
  /** Number of ranks. */
  readonly worldSize: number;
  /** How the run started its ranks, or `null` where it was started as them. */
  readonly startMethod: 'thread' | 'spawn' | null;
  readonly hosts: readonly { readonly hostname: string; readonly ranks: readonly number[] }[];
  readonly mpi: { readonly library: string; readonly standard: string } | null;
}

/** Where, when and with what a run was made. Never enters a number. */
export interface RunMeta {
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly completedAt: string;
  readonly topology: Topology;
  readonly hostname: string;
  /** Version of this package: `cobreVersion`. */
  readonly cobreVersion: string;
  /** As the user gave it. */
  readonly caseDirectory: string;
}

/** The `distribution` object of manifests and metadata. */
export function distribution({ topology }: RunMeta): Readonly<Record<string, unknown>> {
  const { backend, worldSize, startMethod, hosts, mpi } = topology;
  return {
    backend,
    world_size: worldSize,
    ranks_participated: worldSize,
    num_nodes: hosts.length,
    threads_per_rank: 1,
    mpi_library: mpi?.library ?? null,
    mpi_standard: mpi?.standard ?? null,
    thread_level: mpi === null ? null : 'Funneled',
    slurm_job_id: process.env.SLURM_JOB_ID ?? null,
    // Beyond the format.
    start_method: startMethod,
    hosts,
  };
}

/** Whether training ended because its bounds had settled, not because it ran into a limit. */
export function hasConverged(outcome: TrainingOutcome, rules: readonly { readonly type: string }[]): boolean {
  const { terminationReason } = outcome;
  if (terminationReason === 'all_rules') {
    return rules.some(({ type }) => type === 'bound_stalling' || type === 'simulation');
  }
  return terminationReason === 'bound_stalling' || terminationReason === 'simulation_based';
}
