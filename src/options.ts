import type { Comm } from './comm/communicator.js';
import type { Policy } from './results/policy.js';
import type { IterationRecord, RankIterationRecord, SimulationOutcome, TerminationReason } from './sddp/outcome.js';

/** What happens while a run goes on. Fields that a phase does not have are `null`. */
export interface ProgressEvent {
  readonly phase: 'training' | 'simulation';
  /** One-based iteration of training. */
  readonly iteration: number | null;
  readonly lowerBound: number | null;
  readonly upperBound: number | null;
  /**
   * Sample standard deviation of the iteration's trajectory costs, and the standard error of their mean; that is `null`
   * where there is one trajectory of many that could be.
   */
  readonly upperBoundStd: number | null;
  readonly upperBoundStdError: number | null;
  /**
   * Relative gap, `(upper - lower) / lower`, or `null` when the lower bound is not positive, and where the mean cost of the
   * trajectories is no upper bound: under a risk measure, in an endless horizon, of other scenarios than those of the lower
   * bound, and of one trajectory.
   */
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
  /**
   * Number of ranks. 1 (default) computes in the calling thread: no child, no shared memory. With more, the caller only
   * starts, watches and joins them.
   */
  readonly numWorkers?: number;
  /**
   * What the ranks talk through. `shm`: shared memory. `tcp`: loopback sockets between processes; where `COBRE_TCP_RANK`
   * and `COBRE_TCP_SIZE` are set, the sockets of a job on several hosts, in which this process is one rank and every other
   * makes the same call. `local`: one worker. `auto` (default): `tcp` if `COBRE_TCP_COORDINATOR` is set and `startMethod` is
   * not `thread`, else `shm`.
   */
  readonly backend?: 'auto' | 'shm' | 'tcp' | 'local';
  /** `thread` (default where ranks share memory) or `spawn`: fresh processes. */
  readonly startMethod?: 'thread' | 'spawn';
  /**
   * Makes this process one rank of those that the communicator connects; all of them make the same call, and all get the
   * result. Rank 0 reads the case and writes the results. It stays the caller's to close, also after a failure.
   */
  readonly communicator?: Comm;
  /**
   * A rank that waits longer than this for the others gives up [ms]. Default: a day, or over `tcp` what
   * `COBRE_TCP_TIMEOUT_SECS` says. Ranks that throw, die or are stopped are noticed without it.
   */
  readonly timeoutMs?: number;
  /** Merged deeply over `config.json`, then validated as if it had stood there. */
  readonly configOverrides?: Readonly<Record<string, unknown>>;
  /**
   * Called in iteration order per rank. What it throws is reported once as a process warning and ignored; what it
   * promises is not waited for. Ranks are not held up by it; without workers it shares their only thread.
   */
  readonly onProgress?: (event: ProgressEvent) => void;
  /** Ends the run cleanly: what is complete so far is kept, saved and returned (`terminationReason: 'interrupted'`). */
  readonly signal?: AbortSignal;
  /** Directory for results; nothing is written without it. Earlier results there are replaced only on success. */
  readonly outputDirectory?: string;
}

/**
 * What is under way: a promise of the result, and its progress to iterate over (`for await (const event of run)`). An
 * iteration begins with the next event, so begin it at once; to leave it leaves the run alone.
 */
export type Run<T> = Promise<T> & AsyncIterable<ProgressEvent>;

export interface WorkerInfo {
  readonly rank: number;
  /** From the start of the rank's computation to its end; the start of its thread or process is not in it. */
  readonly wallTimeMs: number;
  /** What `auto` came to. */
  readonly backend: 'local' | 'shm' | 'tcp' | 'mpi';
}

/** What a training began with. */
export interface TrainingOrigin {
  readonly mode: 'fresh' | 'warm_start' | 'resume';
  /** Iterations that were complete already. */
  readonly iterations: number;
  /** The policy directory or checkpoint, or `null`. */
  readonly directory: string | null;
  /**
   * Whether it began with cuts of another problem: other data, openings, or cost after the last stage. The lower bound then
   * holds only if these cuts do.
   */
  readonly foreignCuts: boolean;
}

/**
 * Convergence history as columns, one entry an iteration, iterations before a resumption included. Typed arrays of equal
 * length under their names: what `tableFromArrays` of Apache Arrow takes as it is.
 */
export interface ConvergenceHistory {
  readonly iteration: Int32Array;
  readonly lowerBound: Float64Array;
  readonly upperBound: Float64Array;
  readonly upperBoundStd: Float64Array;
  /** NaN where there is one trajectory an iteration, of many that could be. */
  readonly upperBoundStdError: Float64Array;
  /** Half width of the 95 % confidence interval of the upper bound. */
  readonly ci95: Float64Array;
  /** Relative gap, NaN where an event has `null`. */
  readonly gap: Float64Array;
  /** Time of the iteration, and of it with all before it. */
  readonly iterationTimeMs: Float64Array;
  readonly wallTimeMs: Float64Array;
}

export interface TrainingResult<P = Policy> {
  readonly policy: P;
  readonly convergenceHistory: ConvergenceHistory;
  readonly records: readonly IterationRecord[];
  readonly rankRecords: readonly RankIterationRecord[];
  readonly iterations: number;
  readonly finalLowerBound: number;
  /** Mean cost of the last iteration's trajectories: an upper bound, in expectation, where there is a gap (`ProgressEvent`). */
  readonly finalUpperBound: number;
  readonly finalUpperBoundStdError: number | null;
  /** Of `finalUpperBound`, the policy's own cost-to-go after the end of the trajectories in an endless horizon; else `null`. */
  readonly finalCostToGo: number | null;
  readonly finalGap: number | null;
  readonly terminationReason: TerminationReason;
  readonly origin: TrainingOrigin;
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
  /** Of `meanCost`, the policy's own cost-to-go after the last stage of an endless horizon; else `null`. */
  readonly meanCostToGo: number | null;
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
