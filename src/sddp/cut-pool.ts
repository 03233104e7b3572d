import type { Comm, SharedRegion } from '../comm/communicator.js';
import type { CutArrays } from '../lp/stage-solver.js';
import type { StageCuts } from './outcome.js';

/** Iterations the pool has room for at first; it doubles when they are used up. */
const FIRST_ITERATIONS = 32;

/**
 * All cuts of all stages, in slot order, in shared memory where there is any. Every rank adds every cut, each writing
 * the same bits to the same place: that costs a few stores and saves a barrier per stage.
 */
export class CutPool {
  readonly #comm: Comm;
  readonly #stages: number;
  readonly #states: number;
  readonly #perIteration: number;
  /** Slots per stage that the run can fill. */
  readonly #most: number;
  readonly #counts: Int32Array;
  readonly #warmStart: Int32Array;
  #capacity = 0;
  #region: SharedRegion<Float64Array> | null = null;
  #cuts: CutArrays[] = [];
  #iteration: Int32Array[] = [];
  #trajectory: Int32Array[] = [];

  /**
   * `perIteration` cuts are added per stage and iteration, at most `iterations` times, to those that it begins with:
   * none, or `start[t]` of each stage. Collective.
   */
  constructor(
    comm: Comm,
    stages: number,
    states: number,
    perIteration: number,
    iterations: number,
    start: readonly StageCuts[] | null = null,
  ) {
    this.#comm = comm;
    this.#stages = stages;
    this.#states = states;
    this.#perIteration = perIteration;
    this.#counts = new Int32Array(stages);
    this.#warmStart = new Int32Array(stages);
    const begun = start === null ? 0 : Math.max(...start.map(({ count }) => count));
    this.#most = begun + iterations * perIteration;
    this.#grow(begun + Math.min(iterations, FIRST_ITERATIONS) * perIteration);
    if (start === null) return;
    // Where memory is shared all ranks write the same bits to the same place, as in `add`.
    start.forEach((cuts, t) => {
      this.#counts[t] = cuts.count;
      this.#warmStart[t] = cuts.warmStart;
      this.#cuts[t].intercept.set(cuts.intercept);
      this.#cuts[t].gradient.set(cuts.gradient);
      this.#iteration[t].set(cuts.iteration);
      this.#trajectory[t].set(cuts.trajectory);
    });
    comm.barrier();
  }

  count(stage: number): number {
    return this.#counts[stage];
  }

  /** Slots per stage before the pool grows. */
  get capacity(): number {
    return this.#capacity;
  }

  get total(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  /** Intercepts and gradients of a stage; valid until the pool grows. */
  cuts(stage: number): CutArrays {
    return this.#cuts[stage];
  }

  /** Makes room for another iteration. Collective; true when the arrays moved. */
  reserveIteration(): boolean {
    const needed = Math.max(...this.#counts) + this.#perIteration;
    if (needed <= this.#capacity) return false;
    this.#grow(Math.min(this.#capacity * 2, this.#most));
    return true;
  }

  #grow(capacity: number): void {
    const perStage = capacity * (1 + this.#states);
    const region = this.#comm.createSharedRegion(Float64Array, Math.max(1, this.#stages * perStage));
    const cuts: CutArrays[] = [];
    for (let t = 0; t < this.#stages; t++) {
      const at = t * perStage;
      cuts.push({
        intercept: region.data.subarray(at, at + capacity),
        gradient: region.data.subarray(at + capacity, at + perStage),
      });
      const old = this.#cuts[t];
      if (old === undefined) continue;
      const n = this.#counts[t];
      cuts[t].intercept.set(old.intercept.subarray(0, n));
      cuts[t].gradient.set(old.gradient.subarray(0, n * this.#states));
    }
    // Nobody may write a new cut while another rank still copies old ones over it.
    region.fence();
    this.#region?.release();
    this.#region = region;
    this.#cuts = cuts;
    this.#capacity = capacity;
    const longer = (old: Int32Array | undefined) => {
      const array = new Int32Array(capacity);
      if (old !== undefined) array.set(old);
      return array;
    };
    this.#iteration = cuts.map((_, t) => longer(this.#iteration[t]));
    this.#trajectory = cuts.map((_, t) => longer(this.#trajectory[t]));
  }

  /** Adds `theta >= intercept + gradient . v` to a stage. The same call, in the same order, on every rank. */
  add(stage: number, intercept: number, gradient: Float64Array, iteration: number, trajectory: number): void {
    const slot = this.#counts[stage]++;
    this.#cuts[stage].intercept[slot] = intercept;
    this.#cuts[stage].gradient.set(gradient, slot * this.#states);
    this.#iteration[stage][slot] = iteration;
    this.#trajectory[stage][slot] = trajectory;
  }

  /** A private copy of everything. */
  export(): StageCuts[] {
    return this.#cuts.map((cuts, t) => {
      const count = this.#counts[t];
      return {
        count,
        intercept: Float64Array.from(cuts.intercept.subarray(0, count)),
        gradient: Float64Array.from(cuts.gradient.subarray(0, count * this.#states)),
        iteration: this.#iteration[t].slice(0, count),
        trajectory: this.#trajectory[t].slice(0, count),
        warmStart: this.#warmStart[t],
      };
    });
  }

  release(): void {
    this.#region?.release();
    this.#region = null;
  }
}
