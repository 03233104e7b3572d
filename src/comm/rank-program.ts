import type { ResourceLimits } from 'node:worker_threads';
import type { Comm } from './communicator.js';

/** What a rank can do beside collectives. */
export interface RankContext {
  /** Sends a structured-cloneable message to the caller of `runRanks`. Never blocks, also not in a tight loop. */
  post(message: unknown): void;
  /**
   * True once the caller asked the ranks to finish early (`RunRanksOptions.stop`). One shared flag, cheap to
   * read; ranks may see it at different times, so act on it only after agreeing (broadcast from rank 0).
   */
  readonly stopRequested: boolean;
}

/** The default export of a module given to `runRanks`. */
export type RankProgram<A = unknown, R = unknown> = (comm: Comm, args: A, context: RankContext) => R | Promise<R>;

export interface RunRanksOptions<A = unknown> {
  /** Number of ranks, at least 1. */
  readonly size: number;
  /** `shm` (default): ranks are worker threads over one shared memory. `local`: one rank on the calling thread. */
  readonly backend?: 'shm' | 'local';
  readonly startMethod?: 'thread';
  /** Structured-cloneable; each rank gets a clone (shared memory and compiled WebAssembly modules stay shared). */
  readonly args?: A;
  /** Called on the caller's thread for each message that a rank posts, in order per rank. */
  readonly onMessage?: (rank: number, message: unknown) => void;
  /** Ends the ranks at once: the promise rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
  /** Asks the ranks to finish early: sets `context.stopRequested`. */
  readonly stop?: AbortSignal;
  /** A rank that waits longer than this in a collective gives up with `CollectiveFailed`. Default 60 000 ms. */
  readonly timeoutMs?: number;
  /** Upper limit of the shared memory, in bytes. Default 1 GiB; it is reserved, not committed. */
  readonly maxSharedBytes?: number;
  /** Limits of the JavaScript engine of each rank's thread, as in `new Worker(file, { resourceLimits })`. */
  readonly resourceLimits?: ResourceLimits;
}
