/** Any typed array can travel through a collective. */
export type CommArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** Arrays that can be reduced: all of the above. 64-bit integers included. */
export type NumericArray = CommArray;

/** Constructor of one kind of typed array. */
export interface CommArrayConstructor<T extends CommArray> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
  new (length: number): T;
}

/** Elements per rank, or element offsets per rank: one entry a rank. */
export type Counts = readonly number[] | Int32Array | Uint32Array;

export type ReduceOp = 'sum' | 'min' | 'max';

/**
 * What ranks use to talk. Synchronous, like MPI: a rank blocks until the collective is done. Every rank
 * calls the same collectives in the same order.
 */
export interface Communicator {
  /** This rank's number, 0..size-1 (MPI 4.0, section 7.4.1, MPI_Comm_rank). */
  readonly rank: number;
  /** How many ranks there are (MPI_Comm_size). */
  readonly size: number;
  /** What the ranks talk through. */
  readonly backend: 'mpi' | 'tcp' | 'shm' | 'local';
  /**
   * Gathers `send` of every rank into `recv` of every rank: rank r's elements land at
   * `recv[displs[r] .. displs[r] + counts[r])` (MPI 4.0, section 6.7, MPI_Allgatherv). Gaps between the
   * regions are left as they were; overlapping regions are refused; zero counts are fine. `send` may lie in `recv`,
   * at its own place or elsewhere.
   * @throws CommError `InvalidBufferSize` when `send.length !== counts[rank]` or `recv` is too short.
   */
  allgatherv<T extends CommArray>(send: T, recv: T, counts: Counts, displs: Counts): void;
  /**
   * Element-wise reduction over ranks 0, 1, ..., size-1 in that order, so the bits do not depend on timing
   * (MPI 4.0, section 6.9.6, MPI_Allreduce). `sum` is `+` (integers wrap), `min` and `max` are `Math.min` and
   * `Math.max` (NaN wins, -0 is below 0).
   */
  allreduce<T extends NumericArray>(send: T, recv: T, op: ReduceOp): void;
  /** Copies `root`'s `buf` into every rank's `buf` (MPI 4.0, section 6.4, MPI_Bcast). */
  broadcast<T extends CommArray>(buf: T, root: number): void;
  /** Returns once every rank has called it (MPI 4.0, section 6.3, MPI_Barrier). */
  barrier(): void;
  /** Collective and idempotent. Afterwards every other call throws `InvalidCommunicator`. */
  close(): void;
}

/** A region of memory that ranks on the same node share, or a private copy where they cannot. */
export interface SharedRegion<T extends CommArray> {
  /** The elements. On `shared` regions all ranks see the same memory. */
  readonly data: T;
  /** True when every rank's `data` is the same memory; false when each rank has its own copy. */
  readonly shared: boolean;
  /** Makes every rank's writes before it visible to all after it. Collective. */
  fence(): void;
  /** Gives the memory back. Collective and idempotent; `data` must not be used afterwards. */
  release(): void;
}

/**
 * Memory for an allgatherv that copies nothing where ranks share memory: each rank writes what it sends where the others
 * will read it. It has two halves, used in turn.
 *
 * The view that `allgatherv()` returns stays valid and unchanged until this rank calls `allgatherv()` on the same buffer
 * again, whatever the others do meanwhile and however far ahead they are; collectives on other buffers do not matter. It
 * is for reading: on `shared` buffers all ranks look at the same elements.
 */
export interface GatherBuffer<T extends CommArray> {
  /** Elements of each rank, as they were given to `allocate`. */
  readonly counts: readonly number[];
  /** Where each rank's elements begin in the view: without gaps, in rank order. */
  readonly displs: readonly number[];
  /** True when all ranks see the same memory; false when each rank has its own copy. */
  readonly shared: boolean;
  /**
   * Where this rank writes what it sends next, `counts[rank]` elements. Another array after each `allgatherv()`, so take
   * it anew every time: the former one is part of the view that everybody is reading. Begins as zeros; later its contents
   * are what is left of an earlier gather, so write all of it.
   * @throws CommError `InvalidCommunicator` once the communicator is closed; `CollectiveFailed` when this rank has given up
   * waiting for others, who may be reading what it sent
   * @throws CobreError `InvalidArgument` after `release()`
   */
  readonly send: T;
  /**
   * Returns everybody's elements, rank r's at `displs[r]` (MPI 4.0, section 6.7, MPI_Allgatherv with MPI_IN_PLACE).
   * Collective, all ranks on the same buffer.
   * @throws CommError `CollectiveFailed`; the buffer then stays as it was, and so does the last view. `InvalidCommunicator`
   * @throws CobreError `InvalidArgument` after `release()`
   */
  allgatherv(): T;
  /** Gives the memory back. Collective and idempotent; neither `send` nor a view may be used afterwards. */
  release(): void;
}

/** Allocation of shared memory. A separate interface on purpose: its lifetimes differ from a collective's. */
export interface SharedMemoryProvider {
  /**
   * Allocates `count` elements, zero-filled, on every rank (MPI 4.0, section 12.2.3,
   * MPI_Win_allocate_shared). Collective, all ranks with the same arguments.
   * @throws CommError `AllocationFailed`
   */
  createSharedRegion<T extends CommArray>(ctor: CommArrayConstructor<T>, count: number): SharedRegion<T>;
  /**
   * Allocates the memory of allgathervs of `counts[r]` elements from rank r: twice the sum of `counts`, zero-filled.
   * Collective, all ranks with the same arguments.
   * @throws CommError `InvalidBufferSize` when there is not one count a rank, or one is no whole number;
   * `CollectiveFailed` on all ranks when their arguments differ; `AllocationFailed` on all ranks
   */
  allocate<T extends CommArray>(ctor: CommArrayConstructor<T>, counts: Counts): GatherBuffer<T>;
  /** The ranks on this node as a communicator of their own (MPI_Comm_split_type, shared). */
  splitLocal(): Communicator;
  /** True on the rank that fills shared regions: the first of each node; every rank where regions are private copies. */
  readonly isLeader: boolean;
}

/** What a rank program is given: both faces of a backend. */
export type Comm = Communicator & SharedMemoryProvider;
