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
import {
  allocationFailed,
  type CommError,
  collectiveFailed,
  invalidBufferSize,
  invalidCommunicator,
} from '../errors.js';
import { alreadyReleased, contiguous, GatherHalves } from '../gather-halves.js';
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
  operationOf,
  operatorCode,
  packSignature,
  SPLIT_LOCAL,
} from '../signature.js';
import {
  blockBytes,
  EXTENT,
  HEADER_BYTES,
  INLINE_OFFSET_BYTES,
  LINE_BYTES,
  LINE_WORDS,
  SIGNATURE,
} from './control-region.js';
import { ExchangeView } from './exchange-view.js';
import type { GangMemory } from './gang-memory.js';
import { GenerationBarrier } from './generation-barrier.js';
import { type Parking, threadParking } from './parking.js';
import { PeerLink } from './peer-link.js';
import { type PeerMemory, type Pointer, threadMemory } from './peer-memory.js';
import { poison, poisonError } from './poison.js';
import { type Segment, WasmSegment } from './segment.js';
import { SharedArena } from './shared-arena.js';
import { ShmRegion } from './shm-region.js';

/** A gang as one of its ranks has it. */
interface Gang {
  readonly segment: Segment;
  readonly parking: Parking;
  /** How the ranks copy from each other's private memory; `null` where they cannot. */
  readonly peers: () => PeerMemory | null;
  readonly size: number;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly initialGeneration: number;
  /** Where the block of the first communicator begins; shared regions follow behind it. */
  readonly blockOffset: number;
  /** Lets go of the segment, once the first communicator is closed. */
  readonly release: () => void;
}

/** Places of data that do not lie in the gang's memory: in the rank's slot, or where a peer may copy them from. */
const IN_SLOT = -1;
const AT_PEER = -2;

/**
 * Ranks over one shared memory: threads over a `WebAssembly.Memory`, or processes over a POSIX segment.
 *
 * Every collective is a number of rounds. In a round each rank writes its part into its own slot, arrives at the
 * barrier, and reads the others' slots. The next round uses the other half of the slots, so one arrival a round is
 * enough: a rank that comes to round n + 2 knows that everybody has finished reading in round n (see
 * `GenerationBarrier`). A payload of at most `INLINE_BYTES` travels in the rank's line itself. What lies in a shared
 * region is not copied into a slot: the others read it in place, and a last round keeps it unchanged until they have.
 * So it is with private data where ranks can read each other's memory (`PeerLink`).
 */
export class ShmCommunicator implements Communicator, SharedMemoryProvider {
  readonly rank: number;
  readonly size: number;
  readonly backend = 'shm';
  readonly isLeader: boolean;

  readonly #gang: Gang;
  readonly #arena: SharedArena;
  readonly #words: Int32Array;
  readonly #barrier: GenerationBarrier;
  readonly #peers: PeerLink;
  readonly #blockOffset: number;
  /** The exchange memory by kind of element; each made when first needed. */
  readonly #views: (ExchangeView | undefined)[] = new Array(ARRAY_KINDS.length).fill(undefined);
  readonly #buffer: ArrayBufferLike;
  /** Of the allgatherv under way: where each rank's data lies. */
  readonly #places: Float64Array;
  readonly #children = new Set<ShmCommunicator>();
  readonly #free: () => void;
  #closed = false;

  private constructor(gang: Gang, arena: SharedArena, rank: number, blockOffset: number, free: () => void) {
    this.rank = rank;
    this.size = gang.size;
    this.isLeader = rank === 0;
    this.#gang = gang;
    this.#arena = arena;
    this.#buffer = arena.bufferOf(blockOffset, blockBytes(gang.size));
    this.#words = new Int32Array(this.#buffer);
    this.#blockOffset = blockOffset;
    this.#barrier = new GenerationBarrier(
      this.#words,
      blockOffset,
      rank,
      gang.size,
      gang.timeoutMs,
      gang.initialGeneration,
      gang.parking,
    );
    this.#peers = new PeerLink(gang.peers, this.#words, this.#barrier.firstLineWord(0), rank, gang.size);
    this.#places = new Float64Array(gang.size);
    this.#free = free;
  }

  /** Joins a gang of threads as one of its ranks. Each rank must be taken exactly once. */
  static join({ memory, ...shape }: GangMemory, rank: number): ShmCommunicator {
    const segment = new WasmSegment(memory);
    const gang = {
      ...shape,
      segment,
      parking: threadParking,
      peers: threadMemory,
      blockOffset: HEADER_BYTES,
      release: () => {},
    };
    return ShmCommunicator.over(gang, rank);
  }

  /** The first communicator of a gang. */
  static over(gang: Gang, rank: number): ShmCommunicator {
    const { segment, size, maxBytes, blockOffset } = gang;
    const arena = new SharedArena(segment, blockOffset + blockBytes(size), maxBytes);
    return new ShmCommunicator(gang, arena, rank, blockOffset, gang.release);
  }

  allgatherv<T extends CommArray>(send: T, recv: T, counts: Counts, displs: Counts): void {
    this.#refuseUnusable(ALLGATHERV);
    const { rank, size } = this;
    const kind = checkAllgatherv(send, recv, counts, displs, rank, size);
    this.#refuseStale(ALLGATHERV, send, 'send');
    this.#refuseStale(ALLGATHERV, recv, 'recv');
    const view = this.#view(kind);
    const signature = packSignature(ALLGATHERV, kind, 0);
    const digest = digestCounts(counts);
    let largest = 0;
    for (let r = 0; r < size; r++) largest = Math.max(largest, counts[r]);
    if (largest > view.inlineLength) {
      // Others read what is sent while this rank receives: it must be where nothing else arrives.
      const inPlace = this.#overlap(send, recv) ? moveInPlace(send, recv, displs[rank]) : send;
      this.#gatherLarge(kind, inPlace, recv, counts, displs, largest);
      return;
    }
    const first = view.inlineFirst(this.#barrier.nextParity);
    copyElements(kind, view.elements, first + rank * view.inlineStride, send, 0, counts[rank]);
    copyElements(kind, recv, displs[rank], send, 0, counts[rank]);
    this.#exchange(ALLGATHERV, signature, digest);
    for (let r = 0; r < size; r++) {
      if (r !== rank) copyElements(kind, recv, displs[r], view.elements, first + r * view.inlineStride, counts[r]);
    }
  }

  /** An allgatherv of more than what a rank's line can hold. */
  #gatherLarge<T extends CommArray>(
    kind: number,
    send: T,
    recv: T,
    counts: Counts,
    displs: Counts,
    largest: number,
  ): void {
    const { rank, size } = this;
    const view = this.#view(kind);
    const signature = packSignature(ALLGATHERV, kind, 0);
    const digest = digestCounts(counts);
    const places = this.#places;
    this.#peers.introduce();
    const offer = this.#offer(send);
    const place = this.#placeFor(send, offer);
    const perRound = view.slotLength;
    let elsewhere = false;
    let unreadable = -1;
    try {
      // How many rounds the slots need is known after the first: only those ranks count that use them.
      let slotted = largest;
      for (let done = 0; done === 0 || done < slotted; done += perRound) {
        const parity = this.#barrier.nextParity;
        const first = view.slotFirst(parity);
        const own = first + rank * view.slotStride;
        if (place === IN_SLOT)
          copyElements(kind, view.elements, own, send, done, portion(counts[rank], done, perRound));
        if (done === 0) this.#announcePlace(place, offer, parity);
        this.#announce(ALLGATHERV, signature, digest);
        // While the others are still coming. What they are about to read is copied when they have.
        if (done === 0 && place === IN_SLOT) copyElements(kind, recv, displs[rank], send, 0, counts[rank]);
        this.#complete(ALLGATHERV, signature, digest);
        if (done === 0) {
          this.#peers.meet();
          slotted = 0;
          for (let r = 0; r < size; r++) {
            places[r] = this.#placeOf(r, parity);
            if (places[r] === IN_SLOT) slotted = Math.max(slotted, counts[r]);
            else elsewhere = true;
            if (places[r] === IN_SLOT || r === rank) continue;
            if (!this.#copyFrom(r, places[r], parity, kind, recv, displs[r], counts[r])) unreadable = r;
          }
        }
        for (let r = 0; r < size; r++) {
          if (r === rank || places[r] !== IN_SLOT) continue;
          const theirs = first + r * view.slotStride;
          copyElements(kind, recv, displs[r] + done, view.elements, theirs, portion(counts[r], done, perRound));
        }
      }
      if (elsewhere) {
        // Whoever sent from where the data lie may change them again as soon as this returns.
        this.#announce(ALLGATHERV, signature, digest);
        if (place !== IN_SLOT) copyElements(kind, recv, displs[rank], send, 0, counts[rank]);
        this.#complete(ALLGATHERV, signature, digest);
      }
    } finally {
      if (offer !== null) this.#peers.withdraw();
    }
    if (unreadable >= 0) throw this.#unreadable(ALLGATHERV, unreadable);
  }

  allreduce<T extends NumericArray>(send: T, recv: T, op: ReduceOp): void {
    this.#refuseUnusable(ALLREDUCE);
    const kind = checkAllreduce(send, recv, op);
    this.#refuseStale(ALLREDUCE, send, 'send');
    this.#refuseStale(ALLREDUCE, recv, 'recv');
    const { rank, size } = this;
    const view = this.#view(kind);
    const count = send.length;
    const signature = packSignature(ALLREDUCE, kind, operatorCode(op));
    if (count <= view.inlineLength) {
      const first = view.inlineFirst(this.#barrier.nextParity);
      copyElements(kind, view.elements, first + rank * view.inlineStride, send, 0, count);
      this.#exchange(ALLREDUCE, signature, count);
      reduceInRankOrder(kind, op, view.elements, first, view.inlineStride, size, recv, 0, count);
      return;
    }
    const perRound = view.slotLength;
    for (let done = 0; done < count; done += perRound) {
      const first = view.slotFirst(this.#barrier.nextParity);
      const part = portion(count, done, perRound);
      copyElements(kind, view.elements, first + rank * view.slotStride, send, done, part);
      this.#exchange(ALLREDUCE, signature, count);
      reduceInRankOrder(kind, op, view.elements, first, view.slotStride, size, recv, done, part);
    }
  }

  broadcast<T extends CommArray>(buf: T, root: number): void {
    this.#refuseUnusable(BROADCAST);
    const { rank, size } = this;
    const kind = checkBroadcast(buf, root, size);
    this.#refuseStale(BROADCAST, buf, 'buf');
    const view = this.#view(kind);
    const count = buf.length;
    const signature = packSignature(BROADCAST, kind, root);
    if (count <= view.inlineLength) {
      const slot = view.inlineFirst(this.#barrier.nextParity) + root * view.inlineStride;
      if (rank === root) copyElements(kind, view.elements, slot, buf, 0, count);
      this.#exchange(BROADCAST, signature, count);
      if (rank !== root) copyElements(kind, buf, 0, view.elements, slot, count);
      return;
    }
    this.#peers.introduce();
    const offer = rank === root ? this.#offer(buf) : null;
    const ownPlace = this.#placeFor(buf, offer);
    const perRound = view.slotLength;
    let unreadable = false;
    try {
      for (let done = 0; done < count; done += perRound) {
        const parity = this.#barrier.nextParity;
        const slot = view.slotFirst(parity) + root * view.slotStride;
        const part = portion(count, done, perRound);
        if (rank === root && ownPlace === IN_SLOT) copyElements(kind, view.elements, slot, buf, done, part);
        if (done === 0) this.#announcePlace(ownPlace, offer, parity);
        this.#exchange(BROADCAST, signature, count);
        if (done === 0) this.#peers.meet();
        const place = done === 0 ? this.#placeOf(root, parity) : IN_SLOT;
        if (place !== IN_SLOT) {
          if (rank !== root) unreadable = !this.#copyFrom(root, place, parity, kind, buf, 0, count);
          // The root may change the data again as soon as this returns.
          this.#exchange(BROADCAST, signature, count);
          break;
        }
        if (rank !== root) copyElements(kind, buf, done, view.elements, slot, part);
      }
    } finally {
      if (offer !== null) this.#peers.withdraw();
    }
    if (unreadable) throw this.#unreadable(BROADCAST, root);
  }

  barrier(): void {
    this.#refuseUnusable(BARRIER);
    this.#exchange(BARRIER, BARRIER, 0);
  }

  /**
   * Does not wait for the others, so that a rank may close in a `finally` while an error takes it out of the
   * program. A rank that still waits for this one then fails at once.
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const child of this.#children) child.close();
    this.#barrier.leave();
    this.#free();
  }

  createSharedRegion<T extends CommArray>(ctor: CommArrayConstructor<T>, count: number): SharedRegion<T> {
    this.#refuseUnusable(CREATE_SHARED_REGION);
    const kind = checkRegion(ctor, count);
    const bytes = SharedArena.roundUp(count * ctor.BYTES_PER_ELEMENT);
    const signature = packSignature(CREATE_SHARED_REGION, kind, 0);
    const offset = this.#allocate(CREATE_SHARED_REGION, bytes, signature, [count]);
    const data = new ctor(this.#arena.bufferOf(offset, bytes), offset, count);
    return new ShmRegion(
      data,
      () => this.#fence(),
      () => this.#arena.free(offset, bytes),
    );
  }

  /** A gather is one arrival: it says that what a rank sends is complete, and that it needs its last view no longer. */
  allocate<T extends CommArray>(ctor: CommArrayConstructor<T>, counts: Counts): GatherBuffer<T> {
    this.#refuseUnusable(ALLOCATE);
    const kind = checkAllocate(ctor, counts, this.size);
    const own = Array.from(counts);
    const { total } = contiguous(own);
    const halfBytes = SharedArena.roundUp(total * ctor.BYTES_PER_ELEMENT);
    const bytes = 2 * halfBytes;
    const offset = this.#allocate(ALLOCATE, bytes, packSignature(ALLOCATE, kind, 0), own);
    const buffer = this.#arena.bufferOf(offset, bytes);
    const halves: [T, T] = [new ctor(buffer, offset, total), new ctor(buffer, offset + halfBytes, total)];
    // Where the buffer lies says which one it is: `#allocate` has seen to it that all ranks have it at the same place.
    const place = offset / LINE_BYTES;
    return new GatherHalves(halves, own, {
      rank: this.rank,
      shared: true,
      gather: () => this.#exchange(GATHER_BUFFER, GATHER_BUFFER, place),
      refuseUnusable: (operation) => {
        if (this.#closed) throw invalidCommunicator(operation);
        this.#barrier.refuseAfterFailure(operation);
      },
      free: () => this.#arena.free(offset, bytes),
    });
  }

  /** All ranks of a gang are on one node: the same ranks again, with a barrier and slots of their own. */
  splitLocal(): Communicator {
    this.#refuseUnusable(SPLIT_LOCAL);
    const bytes = SharedArena.roundUp(blockBytes(this.size));
    const offset = this.#allocate(SPLIT_LOCAL, bytes);
    if (this.isLeader) {
      const words = new Int32Array(this.#arena.bufferOf(offset, bytes));
      GenerationBarrier.initialise(words, offset, this.size, this.#gang.initialGeneration);
    }
    // Nobody may arrive in the new block before its lines are set.
    this.#exchange(SPLIT_LOCAL, SPLIT_LOCAL, 0);
    const child: ShmCommunicator = new ShmCommunicator(this.#gang, this.#arena, this.rank, offset, () => {
      this.#arena.free(offset, bytes);
      this.#children.delete(child);
    });
    this.#children.add(child);
    return child;
  }

  #fence(): void {
    this.#refuseUnusable(FENCE);
    this.#exchange(FENCE, FENCE, 0);
  }

  /**
   * Collective. Offset of a zeroed block; each rank has taken the same one from its own copy of the arena.
   * @param counts Whatever else the ranks must agree on.
   */
  #allocate(operation: number, bytes: number, signature = operation, counts: readonly number[] = []): number {
    const arena = this.#arena;
    const offset = arena.allocate(bytes);
    const undo = () => {
      if (offset >= 0) arena.free(offset, bytes);
    };
    // Whole lines, so that the number fits a word. Where a rank's arena differs, so does the offset.
    const digest = digestCounts([bytes / LINE_BYTES, offset < 0 ? -1 : offset / LINE_BYTES, ...counts]);
    try {
      this.#exchange(operation, signature, digest);
    } catch (error) {
      undo();
      throw error;
    }
    const granted = this.#barrier.nextParity;
    if (this.isLeader) {
      // All ranks have arrived above: nobody uses an earlier region at this place any more.
      const done = offset >= 0 && arena.commit(offset, bytes);
      if (done) arena.clear(offset, bytes);
      this.#words[this.#grantWord(granted)] = done ? 1 : 0;
    }
    this.#exchange(operation, signature, digest);
    if (this.#words[this.#grantWord(granted)] === 0) {
      undo();
      throw offset < 0
        ? allocationFailed(
            bytes,
            `the shared memory is limited to ${this.#gang.maxBytes} bytes`,
            'set maxSharedBytes higher, or release regions that are no longer needed',
          )
        : allocationFailed(bytes, 'the system has no more shared memory', 'release regions that are no longer needed');
    }
    arena.touch(offset, bytes);
    return offset;
  }

  /** Where the leader says whether an allocation succeeded: the payload of its line. */
  #grantWord(parity: number): number {
    return this.#barrier.firstLineWord(parity) + INLINE_OFFSET_BYTES / Int32Array.BYTES_PER_ELEMENT;
  }

  /** One round: tells the others what this rank is calling, waits for them, checks that they call the same. */
  #exchange(operation: number, signature: number, extent: number): void {
    this.#announce(operation, signature, extent);
    this.#complete(operation, signature, extent);
  }

  /** The first half of a round: tells the others what this rank is calling. */
  #announce(operation: number, signature: number, extent: number): void {
    const words = this.#words;
    const own = this.#barrier.firstLineWord(this.#barrier.nextParity) + this.rank * LINE_WORDS;
    words[own + SIGNATURE] = signature;
    words[own + EXTENT] = extent;
    this.#barrier.announce(OPERATIONS[operation]);
  }

  /** The second half of a round: waits for the others, checks that they call the same. */
  #complete(operation: number, signature: number, extent: number): void {
    const words = this.#words;
    const first = this.#barrier.firstLineWord(this.#barrier.parity);
    this.#barrier.complete(OPERATIONS[operation]);
    const end = first + this.size * LINE_WORDS;
    for (let line = first; line < end; line += LINE_WORDS) {
      if (words[line + SIGNATURE] !== signature || words[line + EXTENT] !== (extent | 0)) {
        this.#refuseMismatch(operation, signature, extent, first);
      }
    }
  }

  /**
   * Every rank sees the same lines, so each of them comes here in the same round and the communicator stays in step.
   */
  #refuseMismatch(operation: number, signature: number, extent: number, first: number): never {
    const words = this.#words;
    const name = OPERATIONS[operation];
    for (let r = 0; r < this.size; r++) {
      const line = first + r * LINE_WORDS;
      const theirs = words[line + SIGNATURE];
      if (operationOf(theirs) !== name) {
        throw collectiveFailed(name, `rank ${r} called ${operationOf(theirs)} where rank ${this.rank} did not`, r);
      }
      if (theirs !== signature) {
        throw collectiveFailed(name, `rank ${r} passed another kind of array, operator or root`, r);
      }
      if (words[line + EXTENT] !== (extent | 0)) {
        if (operation === ALLREDUCE || operation === BROADCAST) {
          throw invalidBufferSize(name, `length of the buffer on rank ${r}`, extent, words[line + EXTENT]);
        }
        if (operation === GATHER_BUFFER) throw collectiveFailed(name, `rank ${r} gathers another buffer`, r);
        throw collectiveFailed(name, `rank ${r} passed other sizes than rank ${this.rank}`, r);
      }
    }
    throw collectiveFailed(name, 'the ranks do not agree on the call');
  }

  /** Offers private data to those who can read them; data in the gang's memory need no offer. */
  #offer(data: CommArray): Pointer | null {
    return this.#arena.offsetOf(data) >= 0 ? null : this.#peers.offer(data);
  }

  /** Whether two arrays have memory in common. */
  #overlap(a: CommArray, b: CommArray): boolean {
    if (a.byteOffset >= b.byteOffset + b.byteLength || b.byteOffset >= a.byteOffset + a.byteLength) return false;
    // The gang's memory may have several buffer objects.
    return a.buffer === b.buffer || (this.#arena.offsetOf(a) >= 0 && this.#arena.offsetOf(b) >= 0);
  }

  /** Where in the gang's memory this rank's data lie, in bytes, or one of the other places. */
  #placeFor(data: CommArray, offer: Pointer | null): number {
    if (offer !== null) return AT_PEER;
    const offset = this.#arena.offsetOf(data);
    return offset >= 0 ? offset : IN_SLOT;
  }

  /** Tells the others where this rank's data lie. */
  #announcePlace(place: number, offer: Pointer | null, parity: 0 | 1): void {
    const view = this.#view(FLOAT64_KIND);
    const numbers = view.elements as Float64Array;
    const own = view.inlineFirst(parity) + this.rank * view.inlineStride;
    numbers[own] = place;
    if (offer === null) return;
    numbers[own + 1] = offer[0];
    numbers[own + 2] = offer[1];
  }

  #placeOf(rank: number, parity: 0 | 1): number {
    const view = this.#view(FLOAT64_KIND);
    return view.elements[view.inlineFirst(parity) + rank * view.inlineStride] as number;
  }

  /**
   * Copies another rank's data straight from where they lie. False when they are not there any more: that rank has
   * ended or given up. The next exchange will say so, unless the rank had arrived there before.
   */
  #copyFrom(
    rank: number,
    place: number,
    parity: 0 | 1,
    kind: number,
    target: CommArray,
    at: number,
    count: number,
  ): boolean {
    const width = target.BYTES_PER_ELEMENT;
    if (place === AT_PEER) {
      const view = this.#view(FLOAT64_KIND);
      const numbers = view.elements as Float64Array;
      const theirs = view.inlineFirst(parity) + rank * view.inlineStride;
      const offer: Pointer = [numbers[theirs + 1], numbers[theirs + 2]];
      return this.#peers.copy(rank, offer, target, at * width, count * width);
    }
    const view = this.#view(kind);
    const from = place / width;
    view.reach(from + count, (offset, bytes) => this.#arena.bufferOf(offset, bytes));
    if (this.#arena.offsetOf(target) < 0) {
      copyElements(kind, target, at, view.elements, from, count);
    } else {
      // The target may be the very same memory, under another buffer object. `set` copes with that.
      (target as Uint8Array).set(view.elements.subarray(from, from + count) as Uint8Array, at);
    }
    return true;
  }

  /** The error for a rank whose data had gone although it had come: it ended while it waited for the others. */
  #unreadable(operation: number, rank: number): CommError {
    // Those who had read by then, and go on, must hear of that rank, not of this one, which leaves because of it.
    poison(this.#words, rank, 'ended', this.#gang.parking);
    return poisonError(this.#words, OPERATIONS[operation]);
  }

  #view(kind: number): ExchangeView {
    const existing = this.#views[kind];
    if (existing !== undefined) return existing;
    const created = new ExchangeView(kind, this.#buffer, this.#blockOffset, this.size);
    this.#views[kind] = created;
    return created;
  }

  /** What has been given back may belong to something else the next moment. */
  #refuseStale(operation: number, array: CommArray, field: string): void {
    if (this.#arena.isStale(array))
      throw alreadyReleased(OPERATIONS[operation], `${field} lies in memory that has`, field);
  }

  #refuseUnusable(operation: number): void {
    if (this.#closed) throw invalidCommunicator(OPERATIONS[operation]);
    this.#barrier.refuseAfterFailure(OPERATIONS[operation]);
  }
}

/** Moves what a rank sends to where it belongs in what the rank receives, and returns it there. */
function moveInPlace<T extends CommArray>(send: T, recv: T, displ: number): T {
  const place = recv.subarray(displ, displ + send.length) as T;
  if (place.byteOffset !== send.byteOffset) (place as Float64Array).set(send as Float64Array);
  return place;
}

/** Elements of `total` that a round beginning at `done` carries. */
function portion(total: number, done: number, perRound: number): number {
  return Math.max(0, Math.min(total - done, perRound));
}
