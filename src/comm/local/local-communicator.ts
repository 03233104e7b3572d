import { FLOAT64_KIND } from '../array-kind.js';
import { checkAllgatherv, checkAllreduce, checkBroadcast, checkRegionLength } from '../checks.js';
import type {
  CommArray,
  CommArrayConstructor,
  Communicator,
  Counts,
  NumericArray,
  ReduceOp,
  SharedMemoryProvider,
  SharedRegion,
} from '../communicator.js';
import { invalidCommunicator } from '../errors.js';
import { reduceInRankOrder } from '../reduce.js';
import { HeapRegion } from './heap-region.js';

/** One rank on the calling thread: every collective is the identity, checked as on the other backends. */
export class LocalCommunicator implements Communicator, SharedMemoryProvider {
  readonly rank = 0;
  readonly size = 1;
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
    checkRegionLength(count);
    return new HeapRegion(ctor, count, () => this.#refuseClosed('fence'));
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
