import type { CommArray, Communicator, Counts, NumericArray, ReduceOp } from '../communicator.js';
import { invalidCommunicator } from '../errors.js';

/**
 * The ranks of another communicator again, closed by itself. Its collectives travel over the other's connections, in
 * the order in which the program calls them on both.
 */
export class SameRanks implements Communicator {
  readonly rank: number;
  readonly size: number;
  readonly backend: Communicator['backend'];
  readonly #of: Communicator;
  #closed = false;

  constructor(of: Communicator) {
    this.rank = of.rank;
    this.size = of.size;
    this.backend = of.backend;
    this.#of = of;
  }

  allgatherv<T extends CommArray>(send: T, recv: T, counts: Counts, displs: Counts): void {
    this.#refuseClosed('allgatherv');
    this.#of.allgatherv(send, recv, counts, displs);
  }

  allreduce<T extends NumericArray>(send: T, recv: T, op: ReduceOp): void {
    this.#refuseClosed('allreduce');
    this.#of.allreduce(send, recv, op);
  }

  broadcast<T extends CommArray>(buf: T, root: number): void {
    this.#refuseClosed('broadcast');
    this.#of.broadcast(buf, root);
  }

  barrier(): void {
    this.#refuseClosed('barrier');
    this.#of.barrier();
  }

  close(): void {
    this.#closed = true;
  }

  #refuseClosed(operation: string): void {
    if (this.#closed) throw invalidCommunicator(operation);
  }
}
