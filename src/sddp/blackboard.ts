import type { Comm, CommArray, CommArrayConstructor, SharedRegion } from '../comm/communicator.js';

/**
 * Results at an index: `stride` elements for each unit of work, written by whichever rank computed the unit and known
 * to all after `publish`. On shared memory publishing is a barrier; elsewhere it is an allgatherv of contiguous
 * shares, so there each rank must compute exactly the units of `ownShare`.
 */
export class Blackboard<T extends CommArray> {
  readonly data: T;
  readonly #region: SharedRegion<T>;

  constructor(
    comm: Comm,
    type: CommArrayConstructor<T>,
    readonly units: number,
    readonly stride: number,
  ) {
    this.#region = comm.createSharedRegion(type, units * stride);
    this.data = this.#region.data;
  }

  /** Gathers every rank's share of `units` units; a board with fewer slots than units holds the first ones. */
  gather(comm: Comm, units: number): void {
    const counts: number[] = [];
    const displs: number[] = [];
    for (let r = 0; r < comm.size; r++) {
      const [from, to] = ownShare(units, r, comm.size).map((unit) => Math.min(unit, this.units));
      displs.push(from * this.stride);
      counts.push((to - from) * this.stride);
    }
    const from = displs[comm.rank];
    const own = this.data.slice(from, from + counts[comm.rank]) as T;
    comm.allgatherv(own, this.data, counts, displs);
  }

  release(): void {
    this.#region.release();
  }
}

/** Units `[from, to)` of `units` that a rank computes where units are not handed out on demand. */
export function ownShare(units: number, rank: number, size: number): [from: number, to: number] {
  return [Math.floor((units * rank) / size), Math.floor((units * (rank + 1)) / size)];
}

/** Makes the first `units` units of each board known to all ranks. Collective. */
export function publish(comm: Comm, onDemand: boolean, units: number, ...boards: Blackboard<CommArray>[]): void {
  if (onDemand) comm.barrier();
  else for (const board of boards) board.gather(comm, units);
}
