/** Backends that a build can have or lack, in the order in which `auto` tries them. */
export const OPTIONAL_BACKENDS = ['mpi', 'tcp', 'shm'] as const;

/** What `npm run build -- --features ...` names. */
export type Feature = (typeof OPTIONAL_BACKENDS)[number];

export type BackendName = Feature | 'local';

/** One rank of ranks that talk through a star of TCP connections. */
export interface TcpConfig {
  /** Host name or address of rank 0. Rank 0 itself does not use it. */
  readonly coordinator: string;
  /** Port on which rank 0 listens, the same for all ranks. Default 29500. */
  readonly port?: number;
  readonly rank: number;
  readonly size: number;
  /** Local address on which rank 0 listens. Default `0.0.0.0`. */
  readonly bindAddr?: string;
  /** How long a rank tries to reach the coordinator, and the coordinator waits for ranks. Default 30 000 ms. */
  readonly connectTimeoutMs?: number;
  /** A rank that waits longer than this in a collective gives up with `CollectiveFailed`. Default 60 000 ms. */
  readonly timeoutMs?: number;
  /**
   * Secret that all ranks share: each side proves to the other that it knows it. Without one any process that reaches
   * the port may join.
   */
  readonly token?: string;
}

/** One rank of processes that share a POSIX segment. */
export interface ShmConfig {
  /** Name of the segment, the same for all ranks and for nobody else: a slash and up to 254 other characters. */
  readonly name: string;
  /** 0..size-1. Rank 0 creates the segment. */
  readonly rank: number;
  readonly size: number;
  /** How long to wait for the other ranks to attach. Default 30 000 ms. */
  readonly connectTimeoutMs?: number;
  /** A rank that waits longer than this in a collective gives up with `CollectiveFailed`. Default 60 000 ms. */
  readonly timeoutMs?: number;
  /** Upper limit of the shared memory in bytes; rank 0's counts. Default 1 GiB; it is reserved, not committed. */
  readonly maxSharedBytes?: number;
}

/** A backend chosen by the program. Kinds without settings may be given as their name alone. */
export type BackendKind =
  /** The chain mpi > tcp > shm > local, each with its precondition. */
  | { readonly type: 'auto' }
  /** The world of `mpiexec` or `srun`. */
  | { readonly type: 'mpi' }
  | { readonly type: 'tcp'; readonly config: TcpConfig }
  | { readonly type: 'shm'; readonly config: ShmConfig }
  /** One rank, on the calling thread. */
  | { readonly type: 'local' }
  | 'auto'
  | 'mpi'
  | 'local';
