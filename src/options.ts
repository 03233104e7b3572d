import type { Policy } from './results/policy.js';
import type { IterationRecord, RankIterationRecord, SimulationOutcome, TerminationReason } from './sddp/outcome.js';

/** What happens while a run goes on. Fields that a phase does not have are `null`. */
export interface ProgressEvent {
  readonly phase: 'training' | 'simulation';
  /** One-based iteration of training. */
  readonly iteration: number | null;
  readonly lowerBound: number | null;
  readonly upperBound: number | null;
  /** Sample standard deviation of the iteration's trajectory costs, and the standard error of their mean. */
  readonly upperBoundStd: number | null;
  readonly upperBoundStdError: number | null;
  /** Relative gap, `(upper - lower) / lower`, or `null` when the lower bound is not positive. */
  readonly gap: number | null;
  /** Since the phase began [ms]. */
  readonly wallTimeMs: number;
  readonly iterationTimeMs: number | null;
  readonly scenariosComplete: number | null;
  readonly scenariosTotal: number | null;
  /** Rank that reports, or `null` in a run without workers. */
  readonly workerId: number | null;
}

/** Options common to `train` and `simulate`. */
export interface RunOptions {
  /** Number of ranks; 1 (default) runs in the calling thread's own process without shared memory. */
  readonly numWorkers?: number;
  /** `auto` (default) and `shm` use worker threads over shared memory; `local` allows one worker only. */
  readonly backend?: 'auto' | 'shm' | 'local';
  readonly startMethod?: 'thread';
  /** Merged deeply over `config.json`, then validated as if it had stood there. */
  readonly configOverrides?: Readonly<Record<string, unknown>>;
  /** Called in iteration order per rank. What it throws is reported once as a process warning and ignored. */
  readonly onProgress?: (event: ProgressEvent) => void;
  /** Ends the run cleanly: what is complete so far is kept, saved and returned (`terminationReason: 'interrupted'`). */
  readonly signal?: AbortSignal;
  /** Directory for results; nothing is written without it. Earlier results there are replaced only on success. */
  readonly outputDirectory?: string;
}

export interface WorkerInfo {
  readonly rank: number;
  readonly wallTimeMs: number;
  readonly backend: 'local' | 'shm';
}

/** Convergence history as columns, one entry an iteration. */
export interface ConvergenceHistory {
  readonly iteration: Int32Array;
  readonly lowerBound: Float64Array;
  readonly upperBound: Float64Array;
  readonly upperBoundStd: Float64Array;
  readonly upperBoundStdError: Float64Array;
  /** Relative gap, NaN where the lower bound is not positive. */
  readonly gap: Float64Array;
  readonly timeMs: Float64Array;
}

export interface TrainingResult<P = Policy> {
  readonly policy: P;
  readonly convergenceHistory: ConvergenceHistory;
  readonly records: readonly IterationRecord[];
  readonly rankRecords: readonly RankIterationRecord[];
  readonly iterations: number;
  readonly finalLowerBound: number;
  readonly finalUpperBound: number;
  readonly finalUpperBoundStdError: number;
  readonly finalGap: number | null;
  readonly terminationReason: TerminationReason;
  readonly totalCuts: number;
  readonly wallTimeMs: number;
  readonly outputDirectory: string | null;
  /** `null` when the run had no workers. */
  readonly workers: readonly WorkerInfo[] | null;
}

export interface SimulationResult {
  /** How many were simulated. */
  readonly scenarios: number;
  /** Mean and sample standard deviation of the simulated scenarios' costs [$]. */
  readonly meanCost: number;
  readonly stdCost: number;
  /** Total discounted cost by scenario [$]; NaN for those that an interrupted run did not come to. */
  readonly totalCost: SimulationOutcome['totalCost'];
  /** False when the run was interrupted before all scenarios were simulated; nothing is then written. */
  readonly complete: boolean;
  readonly outputDirectory: string | null;
  readonly outputFiles: readonly string[];
  readonly wallTimeMs: number;
  readonly workers: readonly WorkerInfo[] | null;
}
