import type { Comm, SharedRegion } from '../comm/communicator.js';
import { ownShare } from './blackboard.js';

/** Elements between two counters, so that they do not share a cache line. */
const COUNTER_STRIDE = 32;

/**
 * Hands out units of work 0, 1, 2, ... to ranks: on demand from a ticket counter in shared memory, or in fixed
 * contiguous shares where memory is not shared. Which rank computes a unit never shows in the results.
 *
 * Two counters take turns from phase to phase: a counter is put back to zero by rank 0 during the phase after its own,
 * when the barrier between the phases has seen every rank off it, and the next barrier makes the zero known.
 */
export class WorkQueue {
  /** True when ranks see each other's writes, so that a barrier publishes results. */
  readonly onDemand: boolean;
  readonly #comm: Comm;
  readonly #tickets: SharedRegion<Int32Array>;
  #phase = 0;
  #units = 0;
  #next = 0;

  constructor(comm: Comm) {
    this.#comm = comm;
    this.#tickets = comm.createSharedRegion(Int32Array, 2 * COUNTER_STRIDE);
    this.onDemand = this.#tickets.shared || comm.size === 1;
  }

  /** Opens a phase of `units` units. Every phase must end in a barrier (`publish`) before the next is opened. */
  open(units: number): void {
    this.#phase++;
    this.#units = units;
    if (this.onDemand) {
      if (this.#comm.rank === 0) Atomics.store(this.#tickets.data, ((this.#phase + 1) & 1) * COUNTER_STRIDE, 0);
      return;
    }
    [this.#next, this.#units] = ownShare(units, this.#comm.rank, this.#comm.size);
  }

  /** The next unit for this rank, or -1 when there is none left. */
  next(): number {
    const unit = this.onDemand ? Atomics.add(this.#tickets.data, (this.#phase & 1) * COUNTER_STRIDE, 1) : this.#next++;
    return unit < this.#units ? unit : -1;
  }

  release(): void {
    this.#tickets.release();
  }
}
