import { ARRAY_KINDS } from '../array-kind.js';
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
import { allocationFailed, type CommError, collectiveFailed, invalidCommunicator } from '../errors.js';
import { contiguous, GatherHalves, halvesBytes, privateHalves } from '../gather-halves.js';
import { HeapRegion } from '../local/heap-region.js';
import { createLocalCommunicator } from '../local/local-communicator.js';
import { reduceInRankOrder } from '../reduce.js';
import { errorOf, Failed, type Failure, hasLeft, shutdownFrame } from './failure.js';
import {
  ALLGATHERV_RECV,
  ALLGATHERV_SEND,
  ALLREDUCE_RECV,
  ALLREDUCE_SEND,
  BARRIER_GO,
  BARRIER_READY,
  BROADCAST,
  bytesOf,
  FULL_FRAME_BYTES,
  frameOf,
  framesOf,
  HEADER_BYTES,
  NO_OPERATOR,
  Scratch,
  SHUTDOWN,
  writeHeader,
} from './frame.js';
import { hostNumber } from './host-number.js';
import { LinkLost } from './link.js';
import { SameRanks } from './same-ranks.js';
import { loadSockets } from './sockets.js';
import { COORDINATOR, Star, type TcpGang } from './star.js';

/** Messages up to this size are put together and written at once [bytes]. */
const SCRATCH_BYTES = 64 * 1024;
/** The same where several pieces can be written at once, without being put together. */
const NATIVE_SCRATCH_BYTES = 8 * 1024;

const NOTHING: readonly Uint8Array[] = [];
const READY: readonly Uint8Array[] = [frameOf(BARRIER_READY)];
const GO: readonly Uint8Array[] = [frameOf(BARRIER_GO)];

/** Views of the memory that operands of a reduction are in. */
interface Reduction {
  readonly kind: number;
  readonly most: number;
  readonly n: number;
  /** What has been reduced so far, then the next rank's contribution. */
  readonly operands: CommArray;
  readonly next: Uint8Array;
  readonly result: Uint8Array;
}

/**
 * Ranks on hosts that a network connects, as a star: rank 0 coordinates. Everybody sends to it, it puts together or
 * reduces in rank order, and sends the result to everybody. Calls of different ranks that do not fit together end the
 * communicator on all of them.
 */
export class TcpCommunicator implements Communicator, SharedMemoryProvider {
  readonly rank: number;
  readonly size: number;
  readonly backend = 'tcp';
  /** Regions are not shared, so every rank fills its own copy, as the leader of a node would. */
  readonly isLeader = true;

  readonly #gang: TcpGang;
  readonly #star: Star;
  readonly #scratch = new Scratch(loadSockets().wait === undefined ? SCRATCH_BYTES : NATIVE_SCRATCH_BYTES);
  /** Operands of a reduction: what has been reduced so far, then the next rank's. Grows to two full frames. */
  #operands = new ArrayBuffer(0);
  readonly #operandViews: (CommArray | undefined)[] = new Array(ARRAY_KINDS.length).fill(undefined);
  #slots: readonly Uint8Array[] = [];
  #reduction: Reduction | undefined;
  #failure: Failure | null = null;
  #closed = false;

  constructor(gang: TcpGang) {
    this.rank = gang.rank;
    this.size = gang.size;
    this.#gang = gang;
    this.#star = new Star(gang);
  }

  allgatherv<T extends CommArray>(send: T, recv: T, counts: Counts, displs: Counts): void {
    this.#refuseClosed('allgatherv');
    checkAllgatherv(send, recv, counts, displs, this.rank, this.size);
    this.#allgatherv('allgatherv', send, recv, counts, displs);
  }

  allreduce<T extends NumericArray>(send: T, recv: T, op: ReduceOp): void {
    this.#refuseClosed('allreduce');
    const kind = checkAllreduce(send, recv, op);
    this.#enter('allreduce');
    try {
      if (this.rank === COORDINATOR) this.#reduceHere(kind, op, send, recv);
      else this.#reduceThere(kind, op, send, recv);
    } catch (error) {
      throw this.#failed('allreduce', error);
    } finally {
      this.#leave();
    }
  }

  broadcast<T extends CommArray>(buf: T, root: number): void {
    this.#refuseClosed('broadcast');
    checkBroadcast(buf, root, this.size);
    this.#enter('broadcast');
    try {
      const data = bytesOf(buf, 0, buf.length);
      const width = buf.BYTES_PER_ELEMENT;
      if (this.rank === root) {
        this.#star.deliver(framesOf(BROADCAST, NO_OPERATOR, [data], this.#scratch));
      } else if (this.rank !== COORDINATOR) {
        this.#star.incoming[0].expect(BROADCAST, NO_OPERATOR, [data], width);
        this.#star.collect(this.#star.incoming);
      } else {
        this.#forward(data, width, root);
      }
    } catch (error) {
      throw this.#failed('broadcast', error);
    } finally {
      this.#leave();
    }
  }

  barrier(): void {
    this.#refuseClosed('barrier');
    this.#barrier('barrier');
  }

  /**
   * Does not wait for the others, so that a rank may close in a `finally` while an error takes it out of the
   * program. A rank that still waits for this one then fails at once.
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#failure === null) {
      // For good: the watch thread must not use descriptors that are closed.
      this.#gang.lock?.enter();
      if (this.rank === COORDINATOR) this.#star.tellAll(frameOf(SHUTDOWN));
    }
    this.#gang.disconnect();
  }

  createSharedRegion<T extends CommArray>(ctor: CommArrayConstructor<T>, count: number): SharedRegion<T> {
    this.#refuseClosed('createSharedRegion');
    const kind = checkRegion(ctor, count);
    const bytes = count * ctor.BYTES_PER_ELEMENT;
    let region: SharedRegion<T> | null = null;
    try {
      region = new HeapRegion(ctor, count, () => {
        this.#refuseClosed('fence');
        this.#barrier('fence');
      });
    } catch {
      // All ranks must learn of it before this one throws.
    }
    const without = this.#agreeOnMemory('createSharedRegion', region !== null, kind, [count], 'another size');
    if (region === null || without >= 0) {
      throw allocationFailed(bytes, `rank ${without} does not have the memory`, 'ask for a smaller region');
    }
    return region;
  }

  allocate<T extends CommArray>(ctor: CommArrayConstructor<T>, counts: Counts): GatherBuffer<T> {
    this.#refuseClosed('allocate');
    const kind = checkAllocate(ctor, counts, this.size);
    const own = Array.from(counts);
    const { total } = contiguous(own);
    const halves = privateHalves(ctor, total);
    const without = this.#agreeOnMemory('allocate', halves !== null, kind, own, 'other counts');
    if (halves === null || without >= 0) {
      throw allocationFailed(
        halvesBytes(ctor, total),
        `rank ${without} does not have the memory`,
        'gather less at a time',
      );
    }
    return new GatherHalves(halves, own, {
      rank: this.rank,
      shared: false,
      gather: (send, half, all, displs) => this.#allgatherv('GatherBuffer.allgatherv', send, half, all, displs),
      refuseUnusable: (operation) => this.#refuseClosed(operation),
      free: () => {},
    });
  }

  /**
   * The same ranks again if all are on one host. Where they are on several, each rank gets a communicator of its own:
   * the star has no connections among the ranks of a host, and regions are private to a rank here anyway.
   */
  splitLocal(): Communicator {
    this.#refuseClosed('splitLocal');
    const hosts = this.#exchange('splitLocal', [hostNumber()]);
    return hosts.every((host) => host === hosts[0]) ? new SameRanks(this) : createLocalCommunicator();
  }

  #allgatherv(operation: string, send: CommArray, recv: CommArray, counts: Counts, displs: Counts): void {
    const { size, rank } = this;
    const width = recv.BYTES_PER_ELEMENT;
    this.#enter(operation);
    try {
      if (rank === COORDINATOR && this.#gatherSmall(send, recv, counts, displs)) return;
      const regions = new Array<Uint8Array>(size);
      for (let r = 0; r < size; r++) regions[r] = bytesOf(recv, displs[r], counts[r]);
      const own = bytesOf(send, 0, send.length);
      if (rank === COORDINATOR) {
        regions[0].set(own);
        for (let r = 1; r < size; r++)
          this.#star.incoming[r - 1].expect(ALLGATHERV_SEND, NO_OPERATOR, [regions[r]], width);
        const total = regions.reduce((sum, { length }) => sum + length, 0);
        if (total < FULL_FRAME_BYTES) {
          this.#star.collect(this.#star.incoming);
          this.#star.deliver(framesOf(ALLGATHERV_RECV, NO_OPERATOR, regions, this.#scratch));
        } else {
          this.#passOn(regions, total);
        }
      } else {
        const unwanted = this.#gang.links[0].discards ? rank : undefined;
        // It may be sent while others' data arrive: from where it belongs, for `send` may lie in their way.
        regions[rank].set(own);
        const [to] = this.#star.outgoing;
        const [from] = this.#star.incoming;
        to.begin(framesOf(ALLGATHERV_SEND, NO_OPERATOR, [regions[rank]], this.#scratch));
        from.expect(ALLGATHERV_RECV, NO_OPERATOR, regions, width, unwanted);
        this.#star.move(this.#star.incoming, this.#star.outgoing, size);
      }
    } catch (error) {
      throw this.#failed(operation, error);
    } finally {
      this.#leave();
    }
  }

  /**
   * The coordinator puts a small result together in the message itself, sends it, and copies it to `recv` after that.
   * False if the result is too long.
   */
  #gatherSmall(send: CommArray, recv: CommArray, counts: Counts, displs: Counts): boolean {
    const { size } = this;
    const width = recv.BYTES_PER_ELEMENT;
    let total = 0;
    for (let r = 0; r < size; r++) total += counts[r] * width;
    const { memory } = this.#scratch;
    if (HEADER_BYTES + total > memory.length) return false;
    const slots = this.#slotsFor(counts, width);
    slots[0].set(bytesOf(send, 0, send.length));
    for (let r = 1; r < size; r++) this.#star.incoming[r - 1].expect(ALLGATHERV_SEND, NO_OPERATOR, [slots[r]], width);
    this.#star.collect(this.#star.incoming);
    writeHeader(memory, 0, ALLGATHERV_RECV, total);
    this.#star.deliver(this.#scratch.upTo(HEADER_BYTES + total));
    for (let r = 0; r < size; r++) if (counts[r] > 0) bytesOf(recv, displs[r], counts[r]).set(slots[r]);
    return true;
  }

  /** Where each rank's data stands in a result that is put together in the scratch memory. */
  #slotsFor(counts: Counts, width: number): readonly Uint8Array[] {
    const slots = this.#slots;
    let fits = slots.length === this.size;
    for (let r = 0; fits && r < slots.length; r++) fits = slots[r].length === counts[r] * width;
    if (fits) return slots;
    let at = HEADER_BYTES;
    this.#slots = Array.from({ length: this.size }, (_, r) => {
      const from = at;
      at += counts[r] * width;
      return this.#scratch.memory.subarray(from, at);
    });
    return this.#slots;
  }

  /**
   * Frame by frame: a frame of every rank is reduced and the result sent before the next is read, so two frames of
   * memory are enough, and nobody writes while the coordinator does.
   */
  #reduceHere(kind: number, op: ReduceOp, send: CommArray, recv: CommArray): void {
    const { size } = this;
    const width = send.BYTES_PER_ELEMENT;
    const perFrame = FULL_FRAME_BYTES / width;
    const count = send.length;
    const most = Math.min(count, perFrame);
    const code = operatorByte(kind, op);
    for (let r = 1; r < size; r++) this.#star.incoming[r - 1].expectFrames(ALLREDUCE_SEND, code, count * width, width);
    for (let done = 0, last = false; !last; done += perFrame) {
      const n = Math.min(count - done, perFrame);
      last = n < perFrame;
      const { operands, next, result } = this.#reductionOf(kind, most, n);
      (operands as Uint8Array).set((n === count ? send : send.subarray(done, done + n)) as Uint8Array);
      if (size === 1) reduceInRankOrder(kind, op, operands, 0, most, 1, operands, 0, n);
      for (let r = 1; r < size; r++) {
        const from = this.#star.incoming[r - 1];
        from.next(next);
        this.#star.collect(size === 2 ? this.#star.incoming : [from], r);
        // Two operands at a time give the bits of all at once: every partial result is rounded to the kind anyway.
        reduceInRankOrder(kind, op, operands, 0, most, 2, operands, 0, n);
      }
      this.#star.deliver(frameFor(ALLREDUCE_RECV, NO_OPERATOR, result, this.#scratch));
      bytesOf(recv, done, n).set(result);
    }
  }

  /** Memory for a reduction of `n` elements, the second operand `most` elements behind the first. */
  #reductionOf(kind: number, most: number, n: number): Reduction {
    const kept = this.#reduction;
    if (kept !== undefined && kept.kind === kind && kept.most === most && kept.n === n) return kept;
    const operands = this.#operandsFor(kind, 2 * most);
    const reduction = { kind, most, n, operands, next: bytesOf(operands, most, n), result: bytesOf(operands, 0, n) };
    this.#reduction = reduction;
    return reduction;
  }

  #reduceThere(kind: number, op: ReduceOp, send: CommArray, recv: CommArray): void {
    const width = send.BYTES_PER_ELEMENT;
    const perFrame = FULL_FRAME_BYTES / width;
    const count = send.length;
    const code = operatorByte(kind, op);
    const from = this.#star.incoming[0];
    from.expectFrames(ALLREDUCE_RECV, NO_OPERATOR, count * width, width);
    for (let done = 0, last = false; !last; done += perFrame) {
      const n = Math.min(count - done, perFrame);
      last = n < perFrame;
      this.#star.deliver(frameFor(ALLREDUCE_SEND, code, bytesOf(send, done, n), this.#scratch));
      from.next(bytesOf(recv, done, n));
      this.#star.collect(this.#star.incoming);
    }
  }

  /** The coordinator passes on another root's data, frame by frame. */
  #forward(data: Uint8Array, width: number, root: number): void {
    const from = this.#star.incoming[root - 1];
    from.expectFrames(BROADCAST, NO_OPERATOR, data.length, width);
    for (let done = 0, last = false; !last; done += FULL_FRAME_BYTES) {
      const n = Math.min(data.length - done, FULL_FRAME_BYTES);
      last = n < FULL_FRAME_BYTES;
      const part = data.subarray(done, done + n);
      from.next(part);
      this.#star.collect([from]);
      this.#star.deliver(frameFor(BROADCAST, NO_OPERATOR, part, this.#scratch), root);
    }
  }

  #barrier(operation: string): void {
    this.#enter(operation);
    try {
      if (this.rank === COORDINATOR && this.size === 2) {
        // Nobody else can be missing when the worker gets this: both messages travel at the same time.
        this.#star.deliver(GO);
        this.#star.incoming[0].expect(BARRIER_READY, NO_OPERATOR, NOTHING, 1);
        this.#star.collect(this.#star.incoming);
      } else if (this.rank === COORDINATOR) {
        for (const from of this.#star.incoming) from.expect(BARRIER_READY, NO_OPERATOR, NOTHING, 1);
        this.#star.collect(this.#star.incoming);
        this.#star.deliver(GO);
      } else {
        this.#star.deliver(READY);
        this.#star.incoming[0].expect(BARRIER_GO, NO_OPERATOR, NOTHING, 1);
        this.#star.collect(this.#star.incoming);
      }
    } catch (error) {
      throw this.#failed(operation, error);
    } finally {
      this.#leave();
    }
  }

  /** All ranks must pass the same. Returns the first that does not have the memory for it, or -1. */
  #agreeOnMemory(operation: string, has: boolean, kind: number, sizes: readonly number[], otherSizes: string): number {
    const mine = [has ? 1 : 0, kind, ...sizes];
    const told = this.#exchange(operation, mine);
    let without = -1;
    for (let i = 0; i < told.length; i++) {
      const rank = Math.floor(i / mine.length);
      const field = i % mine.length;
      if (field === 0) {
        if (told[i] === 0 && without < 0) without = rank;
      } else if (told[i] !== mine[field]) {
        const what = field === 1 ? 'another kind of array' : otherSizes;
        throw collectiveFailed(operation, `rank ${rank} passed ${what} than rank ${this.rank}`, rank);
      }
    }
    return without;
  }

  /** A few numbers of every rank, in rank order. */
  #exchange(operation: string, numbers: readonly number[]): Float64Array {
    const n = numbers.length;
    const all = new Float64Array(n * this.size);
    const counts = new Array<number>(this.size).fill(n);
    this.#allgatherv(
      operation,
      Float64Array.from(numbers),
      all,
      counts,
      counts.map((_, r) => r * n),
    );
    return all;
  }

  /**
   * The coordinator receives and sends at the same time: every frame of the result goes as soon as its data is there.
   * Nothing goes before all contributions have begun, and fit; and the last frame not before they are complete, so
   * that no rank takes for a result what is none.
   */
  #passOn(regions: readonly Uint8Array[], total: number): void {
    const pieces = framesOf(ALLGATHERV_RECV, NO_OPERATOR, regions, this.#scratch);
    for (const to of this.#star.outgoing) to.begin(pieces);
    const lastFrameAt = Math.floor(total / FULL_FRAME_BYTES) * (HEADER_BYTES + FULL_FRAME_BYTES);
    const allow = (): void => {
      let there = regions[0].length;
      let complete = true;
      for (let r = 1; r < regions.length; r++) {
        const from = this.#star.incoming[r - 1];
        if (complete) there += from.received;
        complete &&= from.done;
      }
      const begun = this.#star.incoming.every((from) => from.begun);
      const heads = HEADER_BYTES * (Math.floor(there / FULL_FRAME_BYTES) + 1);
      const allowed = complete ? Number.MAX_SAFE_INTEGER : begun ? Math.min(there + heads, lastFrameAt) : 0;
      for (const to of this.#star.outgoing) to.allow(allowed);
    };
    allow();
    this.#star.move(this.#star.incoming, this.#star.outgoing, this.size, allow);
  }

  #operandsFor(kind: number, length: number): CommArray {
    const existing = this.#operandViews[kind];
    if (existing !== undefined && existing.length >= length) return existing;
    const ctor = ARRAY_KINDS[kind];
    const bytes = length * ctor.BYTES_PER_ELEMENT;
    if (this.#operands.byteLength < bytes) {
      // The next larger power of two, so that calls of growing length do not each allocate.
      this.#operands = new ArrayBuffer(2 ** Math.ceil(Math.log2(bytes)));
      this.#operandViews.fill(undefined);
    }
    const view = new ctor(this.#operands, 0, this.#operands.byteLength / ctor.BYTES_PER_ELEMENT);
    this.#operandViews[kind] = view;
    return view;
  }

  #enter(operation: string): void {
    if (this.#failure !== null) throw errorOf(this.#failure, operation);
    const { lock } = this.#gang;
    if (lock === undefined) return;
    lock.enter();
    if (lock.gone < 0) return;
    throw this.#failed(operation, new Failed(hasLeft(lock.gone)));
  }

  /** A communicator that has failed keeps its links from the watch thread: some of their descriptors are closed. */
  #leave(): void {
    if (this.#failure === null) this.#gang.lock?.leave();
  }

  /** Ends the communicator on all ranks after something has gone wrong, and says what as an error of this collective. */
  #failed(operation: string, error: unknown): CommError | unknown {
    let failure: Failure;
    if (error instanceof Failed) failure = error.failure;
    else if (error instanceof LinkLost) failure = hasLeft(error.peer);
    else failure = { kind: 'CollectiveFailed', message: `rank ${this.rank}: ${error}`, failedRank: this.rank };
    this.#failure = failure;
    this.#star.tellAll(shutdownFrame(failure));
    return error instanceof Failed || error instanceof LinkLost ? errorOf(failure, operation) : error;
  }

  #refuseClosed(operation: string): void {
    if (this.#closed) throw invalidCommunicator(operation);
  }
}

/** One frame of a contribution or result that is taken frame by frame. */
function frameFor(tag: number, operator: number, data: Uint8Array, scratch: Scratch): readonly Uint8Array[] {
  const pieces = framesOf(tag, operator, [data], scratch);
  // A full frame is followed by another one of its own; `framesOf` has put an empty one there.
  return data.length === FULL_FRAME_BYTES ? pieces.slice(0, 2) : pieces;
}

/** Operator in the low four bits, kind of element in the high four; 0x00, 0x01, 0x02 for doubles. */
function operatorByte(kind: number, op: ReduceOp): number {
  return (op === 'sum' ? 0 : op === 'min' ? 1 : 2) | (kind << 4);
}
