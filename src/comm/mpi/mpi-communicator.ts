import { ARRAY_KINDS, FLOAT64_KIND } from '../array-kind.js';
import { checkAllgatherv, checkAllocate, checkAllreduce, checkBroadcast, checkRegion } from '../checks.js';
import type {
  CommArray,
  CommArrayConstructor,
  Communicator,
  Counts,
  GatherBuffer,
  NumericArray,
  ReduceOp,
  SharedMemoryProvider,
  SharedRegion,
} from '../communicator.js';
import { copyElements } from '../copy-elements.js';
import { allocationFailed, invalidCommunicator } from '../errors.js';
import { contiguous, GatherHalves, halvesBytes, privateHalves } from '../gather-halves.js';
import { HeapRegion } from '../local/heap-region.js';
import { reduceInRankOrder } from '../reduce.js';
import {
  ALLGATHERV,
  ALLOCATE,
  ALLREDUCE,
  BARRIER,
  BROADCAST,
  CREATE_SHARED_REGION,
  digestCounts,
  FENCE,
  GATHER_BUFFER,
  OPERATIONS,
  operatorCode,
  packSignature,
  SPLIT_LOCAL,
} from '../signature.js';
import { LINE_BYTES, LineExchange } from './line-exchange.js';
import type { NativeComm, NativeMpi } from './load-native.js';

/** Up to so many bytes a rank, an allreduce gathers everything everywhere: one message delay instead of two. */
const GATHER_BYTES = 8 * 1024;
/** Larger ones go through in pieces of so many bytes, so that memory does not double. */
const PIECE_BYTES = 4 * 1024 * 1024;

/** How a communicator waits and counts. */
interface MpiSettings {
  readonly timeoutMs: number;
  /** Most elements in one call of the library. */
  readonly countLimit: number;
}

/**
 * Ranks are processes that an MPI launcher started.
 *
 * Every collective begins with an exchange of lines (see `LineExchange`), which is all that a barrier or a small payload
 * needs. Larger data goes through the library's own MPI_Bcast, MPI_Allgatherv, MPI_Allgather and MPI_Alltoallv, straight
 * from and into the caller's arrays. Never through MPI_Allreduce: a library may add up in any order, and ours is that of
 * the ranks.
 */
export class MpiCommunicator implements Communicator, SharedMemoryProvider {
  readonly rank: number;
  readonly size: number;
  readonly backend = 'mpi';
  /** Regions are private, so every rank fills its own, as the leader of a node would. */
  readonly isLeader = true;
  /** First line of what the library says of itself (MPI_Get_library_version). */
  readonly libraryName: string;
  /** Version of the MPI standard that the library implements (MPI_Get_version). */
  readonly standardVersion: string;

  readonly #native: NativeMpi;
  readonly #comm: NativeComm;
  readonly #settings: MpiSettings;
  readonly #lines: LineExchange;
  /** Counts, then displacements: what the native allgatherv takes. */
  readonly #extents: Float64Array;
  readonly #children = new Set<MpiCommunicator>();
  /** Gather buffers so far, counted alike on all ranks. */
  #gatherBuffers = 0;
  #scratch = new ArrayBuffer(0);
  readonly #scratchViews: (CommArray | undefined)[] = new Array(ARRAY_KINDS.length).fill(undefined);
  #closed = false;
  #endedTogether = false;

  private constructor(native: NativeMpi, comm: NativeComm, settings: MpiSettings) {
    this.rank = comm.rank;
    this.size = comm.size;
    this.#native = native;
    this.#comm = comm;
    this.#settings = settings;
    this.#lines = new LineExchange(native, comm, settings.timeoutMs);
    this.#extents = new Float64Array(2 * comm.size);
    this.libraryName = native.libraryVersion().split('\n', 1)[0].replace(/\s+/g, ' ').trim();
    this.standardVersion = native.standardVersion().join('.');
  }

  /** All ranks of the job. Collective. Returns the library's error code when it fails. */
  static world(native: NativeMpi, settings: MpiSettings): MpiCommunicator | number {
    const world = native.world(LINE_BYTES);
    if (typeof world === 'number') return world;
    return new MpiCommunicator(native, world, settings);
  }

  /** True once all ranks have closed it together. */
  get endedTogether(): boolean {
    return this.#endedTogether;
  }

  /** True when the library still has a collective under way, or has failed in one. */
  get lost(): boolean {
    return this.#lines.lost || [...this.#children].some((child) => child.lost);
  }

  allgatherv<T extends CommArray>(send: T, recv: T, counts: Counts, displs: Counts): void {
    this.#refuseClosed(ALLGATHERV);
    const kind = checkAllgatherv(send, recv, counts, displs, this.rank, this.size);
    this.#allgatherv(ALLGATHERV, kind, digestCounts(counts), send, recv, counts, displs);
  }

  allreduce<T extends NumericArray>(send: T, recv: T, op: ReduceOp): void {
    this.#refuseClosed(ALLREDUCE);
    const kind = checkAllreduce(send, recv, op);
    const { size } = this;
    const count = send.length;
    const signature = packSignature(ALLREDUCE, kind, operatorCode(op));
    const { elements, length, own, first, stride } = this.#lines.payload(kind);
    if (count <= length) {
      copyElements(kind, elements, own, send, 0, count);
      this.#lines.exchange(ALLREDUCE, signature, count);
      reduceInRankOrder(kind, op, elements, first, stride, size, recv, 0, count);
      return;
    }
    this.#lines.exchange(ALLREDUCE, signature, count);
    if (send.byteLength <= GATHER_BYTES) {
      const gathered = this.#scratchOf(kind, size * count);
      this.#lines.check(ALLREDUCE, this.#native.allgather(this.#comm.handle, send, gathered));
      reduceInRankOrder(kind, op, gathered, 0, count, size, recv, 0, count);
      return;
    }
    const perPiece = PIECE_BYTES / send.BYTES_PER_ELEMENT;
    for (let done = 0; done < count; done += perPiece) {
      this.#reducePiece(kind, op, send, recv, done, Math.min(perPiece, count - done));
    }
  }

  broadcast<T extends CommArray>(buf: T, root: number): void {
    this.#refuseClosed(BROADCAST);
    const { rank, size } = this;
    const kind = checkBroadcast(buf, root, size);
    const count = buf.length;
    const signature = packSignature(BROADCAST, kind, root);
    const { elements, length, own, first, stride } = this.#lines.payload(kind);
    if (count <= length) {
      if (rank === root) copyElements(kind, elements, own, buf, 0, count);
      this.#lines.exchange(BROADCAST, signature, count);
      if (rank !== root) copyElements(kind, buf, 0, elements, first + root * stride, count);
      return;
    }
    this.#lines.exchange(BROADCAST, signature, count);
    this.#lines.check(BROADCAST, this.#native.broadcast(this.#comm.handle, buf, root));
  }

  barrier(): void {
    this.#refuseClosed(BARRIER);
    this.#lines.exchange(BARRIER, BARRIER, 0);
  }

  /**
   * Waits until every other rank closes too or calls a collective, which then fails there with `CollectiveFailed`. So
   * a rank may close in a `finally` while an error takes it out of the program: nobody waits for it afterwards.
   */
  close(): void {
    if (this.#closed) return;
    // Told to all at once, as another rank may be waiting in any of them.
    const family = this.#openFamily();
    for (const member of family) member.#closed = true;
    const told = family.filter((member) => member.#lines.postClose());
    for (const member of told) {
      if (!member.#lines.awaitClose()) continue;
      member.#endedTogether = this.#native.free(member.#comm.handle) === 0;
    }
  }

  createSharedRegion<T extends CommArray>(ctor: CommArrayConstructor<T>, count: number): SharedRegion<T> {
    this.#refuseClosed(CREATE_SHARED_REGION);
    const kind = checkRegion(ctor, count);
    const bytes = count * ctor.BYTES_PER_ELEMENT;
    let region: SharedRegion<T> | undefined;
    try {
      region = new HeapRegion(ctor, count, () => this.#fence());
    } catch {
      // Told to the others first: where one rank has no memory, all fail alike.
    }
    const refused = this.#agree(
      CREATE_SHARED_REGION,
      packSignature(CREATE_SHARED_REGION, kind, 0),
      bytes,
      region === undefined ? 1 : 0,
    );
    if (region === undefined || refused !== 0) {
      throw allocationFailed(
        bytes,
        region === undefined ? 'there is not enough memory' : 'another rank has not enough memory',
        'make the region smaller, or run fewer ranks on a node',
      );
    }
    return region;
  }

  allocate<T extends CommArray>(ctor: CommArrayConstructor<T>, counts: Counts): GatherBuffer<T> {
    this.#refuseClosed(ALLOCATE);
    const kind = checkAllocate(ctor, counts, this.size);
    const own = Array.from(counts);
    const { total } = contiguous(own);
    const halves = privateHalves(ctor, total);
    const signature = packSignature(ALLOCATE, kind, 0);
    const refused = this.#agree(ALLOCATE, signature, digestCounts(own), halves === null ? 1 : 0);
    if (halves === null || refused !== 0) {
      throw allocationFailed(
        halvesBytes(ctor, total),
        halves === null ? 'there is not enough memory' : 'another rank has not enough memory',
        'gather less at a time, or run fewer ranks on a node',
      );
    }
    const number = this.#gatherBuffers++;
    return new GatherHalves(halves, own, {
      rank: this.rank,
      shared: false,
      gather: (send, half, all, displs) => this.#allgatherv(GATHER_BUFFER, kind, number, send, half, all, displs),
      refuseUnusable: (operation) => {
        if (this.#closed) throw invalidCommunicator(operation);
      },
      free: () => {},
    });
  }

  splitLocal(): Communicator {
    this.#refuseClosed(SPLIT_LOCAL);
    this.#lines.exchange(SPLIT_LOCAL, SPLIT_LOCAL, 0);
    const node = this.#native.split(this.#comm.handle);
    if (typeof node === 'number') {
      this.#lines.check(SPLIT_LOCAL, node);
      throw allocationFailed(LINE_BYTES, 'the library gave no communicator');
    }
    const child = new MpiCommunicator(this.#native, node, this.#settings);
    for (const earlier of this.#children) if (earlier.#endedTogether) this.#children.delete(earlier);
    this.#children.add(child);
    return child;
  }

  /** @param extent Must be the same on all ranks. */
  #allgatherv(
    operation: number,
    kind: number,
    extent: number,
    send: CommArray,
    recv: CommArray,
    counts: Counts,
    displs: Counts,
  ): void {
    const { rank, size } = this;
    const signature = packSignature(operation, kind, 0);
    let largest = 0;
    for (let r = 0; r < size; r++) largest = Math.max(largest, counts[r]);
    const { elements, length, own, first, stride } = this.#lines.payload(kind);
    if (largest <= length) {
      copyElements(kind, elements, own, send, 0, counts[rank]);
      this.#lines.exchange(operation, signature, extent);
      for (let r = 0; r < size; r++) copyElements(kind, recv, displs[r], elements, first + r * stride, counts[r]);
      return;
    }
    const extents = this.#extents;
    let inPieces = 0;
    for (let r = 0; r < size; r++) {
      extents[r] = counts[r];
      extents[size + r] = displs[r];
      if (counts[r] + displs[r] > this.#settings.countLimit) inPieces = 1;
    }
    // Displacements may differ between ranks; the way to send may not.
    inPieces = this.#agree(operation, signature, extent, inPieces);
    this.#lines.check(operation, this.#native.allgatherv(this.#comm.handle, send, recv, extents, inPieces !== 0));
  }

  /**
   * Reduces one piece in rank order: each rank receives its slice of every rank's data, reduces it, and gives the result
   * to the others.
   */
  #reducePiece(kind: number, op: ReduceOp, send: CommArray, recv: CommArray, done: number, count: number): void {
    const { rank, size } = this;
    const slice = Math.ceil(count / size);
    const parts = this.#scratchOf(kind, size * slice);
    this.#lines.check(ALLREDUCE, this.#native.scatterSlices(this.#comm.handle, send, done, count, slice, parts));
    const extents = this.#extents;
    for (let r = 0; r < size; r++) {
      const at = Math.min(r * slice, count);
      extents[r] = Math.min(slice, count - at);
      extents[size + r] = at;
    }
    const at = extents[size + rank];
    const mine = extents[rank];
    const piece = recv.subarray(done, done + count);
    reduceInRankOrder(kind, op, parts, 0, slice, size, piece, at, mine);
    this.#lines.check(
      ALLREDUCE,
      this.#native.allgatherv(this.#comm.handle, piece.subarray(at, at + mine), piece, extents, false),
    );
  }

  /** Exchanges lines that carry one number each; returns the largest. */
  #agree(operation: number, signature: number, extent: number, value: number): number {
    const { elements, own, first, stride } = this.#lines.payload(FLOAT64_KIND);
    elements[own] = value;
    this.#lines.exchange(operation, signature, extent);
    let largest = 0;
    for (let r = 0; r < this.size; r++) largest = Math.max(largest, elements[first + r * stride] as number);
    return largest;
  }

  #fence(): void {
    this.#refuseClosed(FENCE);
    this.#lines.exchange(FENCE, FENCE, 0);
  }

  #openFamily(): MpiCommunicator[] {
    if (this.#closed) return [];
    return [this, ...[...this.#children].flatMap((child) => child.#openFamily())];
  }

  #scratchOf(kind: number, length: number): CommArray {
    const ctor = ARRAY_KINDS[kind];
    if (this.#scratch.byteLength < length * ctor.BYTES_PER_ELEMENT) {
      this.#scratch = new ArrayBuffer(Math.ceil(length / 8) * 8 * ctor.BYTES_PER_ELEMENT);
      this.#scratchViews.fill(undefined);
    }
    const existing = this.#scratchViews[kind];
    if (existing !== undefined) return existing;
    const created = new ctor(this.#scratch, 0, Math.floor(this.#scratch.byteLength / ctor.BYTES_PER_ELEMENT));
    this.#scratchViews[kind] = created;
    return created;
  }

  #refuseClosed(operation: number): void {
    if (this.#closed) throw invalidCommunicator(OPERATIONS[operation]);
  }
}
