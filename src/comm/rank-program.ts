import type { ResourceLimits } from 'node:worker_threads';
import type { Comm } from './communicator.js';

/** What a rank can do beside collectives. */
export interface RankContext {
  /**
   * Sends a structured-cloneable message to the caller of `runRanks`, also from within a tight loop. It never waits,
   * however busy the caller is: what has not been taken yet is kept in memory, and a rank ends when all is under way.
   * (The rank that `local` has on the calling thread calls `onMessage` itself.)
   */
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
  /**
   * `shm` (default): ranks share memory. `tcp`: ranks are processes of this machine that talk over loopback sockets.
   * `local`: one rank. `auto`: `tcp` if `COBRE_TCP_COORDINATOR` is set, unless `startMethod` is `thread`; else `shm`.
   */
  readonly backend?: 'auto' | 'shm' | 'tcp' | 'local';
  /**
   * `thread` (default where the backend has threads): worker threads; the one rank of `local` runs on the calling
   * thread. `spawn`: fresh processes.
   */
  readonly startMethod?: 'thread' | 'spawn';
  /**
   * Structured-cloneable; each rank gets a clone. Among threads shared memory and compiled WebAssembly modules stay
   * shared; to processes they cannot be sent.
   */
  readonly args?: A;
  /** Called on the caller's thread for each message that a rank posts, in order per rank. */
  readonly onMessage?: (rank: number, message: unknown) => void;
  /**
   * Ends the ranks at once: the promise rejects with `signal.reason`. What processes have posted and nobody has taken yet
   * is dropped.
   */
  readonly signal?: AbortSignal;
  /** Asks the ranks to finish early: sets `context.stopRequested`. */
  readonly stop?: AbortSignal;
  /** A rank that waits longer than this in a collective gives up with `CollectiveFailed`. Default 60 000 ms. */
  readonly timeoutMs?: number;
  /** Upper limit of the shared memory, in bytes. Default 1 GiB; it is reserved, not committed. */
  readonly maxSharedBytes?: number;
  /**
   * Limits of the JavaScript engine of each rank, as in `new Worker(file, { resourceLimits })`. Processes know those
   * of the two generations.
   */
  readonly resourceLimits?: ResourceLimits;
  /** Puts `[rank 1] ` before each line that rank 1 prints. Default: true for processes, false for threads; on the calling thread never. */
  readonly prefixOutput?: boolean;
}
