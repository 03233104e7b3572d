import { FLOAT64_KIND } from '../array-kind.js';
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
import { allocationFailed, invalidCommunicator } from '../errors.js';
import { GatherHalves, halvesBytes, privateHalves } from '../gather-halves.js';
import { reduceInRankOrder } from '../reduce.js';
import { HeapRegion } from './heap-region.js';

/** One rank on the calling thread: every collective is the identity, checked as on the other backends. */
export class LocalCommunicator implements Communicator, SharedMemoryProvider {
  readonly rank = 0;
  readonly size = 1;
  readonly backend = 'local';
  readonly isLeader = true;
  #closed = false;

  allgatherv<T extends CommArray>(send: T, recv: T, counts: Counts, displs: Counts): void {
    this.#refuseClosed('allgatherv');
    checkAllgatherv(send, recv, counts, displs, 0, 1);
    (recv as Float64Array).set(send as Float64Array, displs[0]);
  }

  allreduce<T extends NumericArray>(send: T, recv: T, op: ReduceOp): void {
    this.#refuseClosed('allreduce');
    const kind = checkAllreduce(send, recv, op);
    // The kernel rather than a copy, because it also makes every NaN canonical.
    if (kind === FLOAT64_KIND || send instanceof Float32Array) {
      reduceInRankOrder(kind, op, send, 0, send.length, 1, recv, 0, send.length);
    } else {
      (recv as Int32Array).set(send as Int32Array);
    }
  }

  broadcast<T extends CommArray>(buf: T, root: number): void {
    this.#refuseClosed('broadcast');
    checkBroadcast(buf, root, 1);
  }

  barrier(): void {
    this.#refuseClosed('barrier');
  }

  close(): void {
    this.#closed = true;
  }

  createSharedRegion<T extends CommArray>(ctor: CommArrayConstructor<T>, count: number): SharedRegion<T> {
    this.#refuseClosed('createSharedRegion');
    checkRegion(ctor, count);
    return new HeapRegion(ctor, count, () => this.#refuseClosed('fence'));
  }

  allocate<T extends CommArray>(ctor: CommArrayConstructor<T>, counts: Counts): GatherBuffer<T> {
    this.#refuseClosed('allocate');
    checkAllocate(ctor, counts, 1);
    const halves = privateHalves(ctor, counts[0]);
    if (halves === null) throw allocationFailed(halvesBytes(ctor, counts[0]), 'there is not enough memory');
    return new GatherHalves(halves, Array.from(counts), {
      rank: 0,
      shared: false,
      // What this rank sends is already where it belongs, and there is nobody else.
      gather: () => {},
      refuseUnusable: (operation) => this.#refuseClosed(operation),
      free: () => {},
    });
  }

  splitLocal(): Communicator {
    this.#refuseClosed('splitLocal');
    return new LocalCommunicator();
  }

  #refuseClosed(operation: string): void {
    if (this.#closed) throw invalidCommunicator(operation);
  }
}

/** A communicator of one rank on the calling thread. */
export function createLocalCommunicator(): LocalCommunicator {
  return new LocalCommunicator();
}
