import type { Comm, SharedRegion } from '../comm/communicator.js';
import type { CutArrays } from '../lp/cut-rows.js';
import type { StageCuts } from './outcome.js';

/** Iterations the pool has room for at first; it doubles when they are used up. */
const FIRST_ITERATIONS = 32;

/** In the place of an opening: the cut bounds the cost of all of them together. */
const ALL_OPENINGS = -1;

/**
 * All cuts of all stages, in slot order, in shared memory where there is any. Every rank adds every cut, each writing
 * the same bits to the same place: that costs a few stores and saves a barrier per stage.
 */
export class CutPool {
  readonly #comm: Comm;
  /** By stage: the stage under which its cuts are kept; stages of one cost-to-go share them. */
  readonly #poolOf: readonly number[];
  readonly #stages: number;
  readonly #states: number;
  readonly #perIteration: number;
  /** Slots per stage that the run can fill. */
  readonly #most: number;
  readonly #counts: Int32Array;
  /** By stage: the slots in the stage problem, `#activeCounts` of them; `null` while all are. */
  readonly #slots: (Int32Array | null)[];
  readonly #activeCounts: Int32Array;
  /** By stage: how often cuts were taken out. */
  readonly #generations: Int32Array;
  readonly #warmStart: Int32Array;
  #capacity = 0;
  #region: SharedRegion<Float64Array> | null = null;
  #cuts: CutArrays[] = [];
  #iteration: Int32Array[] = [];
  #trajectory: Int32Array[] = [];
  #opening: Int32Array[] = [];

  /**
   * `perIteration` cuts are added per stage and iteration, at most `iterations` times, to those that it begins with:
   * none, or `start[t]` of each stage. Collective.
   */
  constructor(
    comm: Comm,
    poolOf: readonly number[],
    states: number,
    perIteration: number,
    iterations: number,
    start: readonly StageCuts[] | null = null,
  ) {
    this.#comm = comm;
    const stages = poolOf.length;
    this.#poolOf = poolOf;
    this.#stages = stages;
    this.#states = states;
    this.#perIteration = perIteration;
    this.#counts = new Int32Array(stages);
    this.#warmStart = new Int32Array(stages);
    this.#slots = new Array(stages).fill(null);
    this.#activeCounts = new Int32Array(stages);
    this.#generations = new Int32Array(stages);
    const begun = start === null ? 0 : Math.max(...start.map(({ count }) => count));
    this.#most = begun + iterations * perIteration;
    this.#grow(begun + Math.min(iterations, FIRST_ITERATIONS) * perIteration);
    if (start === null) return;
    // Where memory is shared all ranks write the same bits to the same place, as in `add`.
    start.forEach((cuts, t) => {
      if (!this.owns(t)) return;
      this.#counts[t] = cuts.count;
      this.#warmStart[t] = cuts.warmStart;
      this.#cuts[t].intercept.set(cuts.intercept);
      this.#cuts[t].gradient.set(cuts.gradient);
      this.#iteration[t].set(cuts.iteration);
      this.#trajectory[t].set(cuts.trajectory);
      if (cuts.opening !== null) this.#opening[t].set(cuts.opening);
      this.#activeCounts[t] = cuts.count;
      if (cuts.active !== null) this.keepOnly(t, activeSlotsOf(cuts));
    });
    comm.barrier();
  }

  /** Cuts in the stage problem. */
  count(stage: number): number {
    return this.#activeCounts[this.#poolOf[stage]];
  }

  /** Whether a stage's cuts are kept under its own number. */
  owns(stage: number): boolean {
    return this.#poolOf[stage] === stage;
  }

  /** How often cuts were taken out of a stage: rows of a model made before are others. */
  generation(stage: number): number {
    return this.#generations[this.#poolOf[stage]];
  }

  /** The slots of those cuts in the order of their rows, ascending; `null` where all are. */
  slots(stage: number): Int32Array | null {
    return this.#slots[this.#poolOf[stage]];
  }

  /** The same, always as a list. */
  activeSlots(stage: number): Int32Array {
    const n = this.count(stage);
    return this.slots(stage)?.slice(0, n) ?? Int32Array.from({ length: n }, (_, slot) => slot);
  }

  /** By slot: the iteration that made each cut. */
  iterations(stage: number): Int32Array {
    return this.#iteration[this.#poolOf[stage]];
  }

  /** Slots per stage before the pool grows. */
  get capacity(): number {
    return this.#capacity;
  }

  /** Cuts made at a stage, whether in the stage problem or not. */
  made(stage: number): number {
    return this.#counts[stage];
  }

  /** The same of all stages. */
  get total(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  /** Cuts in the stage problems. */
  get active(): number {
    return this.#activeCounts.reduce((sum, count) => sum + count, 0);
  }

  /** Intercepts and gradients of a stage; valid until the pool grows. */
  cuts(stage: number): CutArrays {
    return this.#cuts[this.#poolOf[stage]];
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
    const cuts: Omit<CutArrays, 'opening'>[] = [];
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
    this.#capacity = capacity;
    const longer = (old: Int32Array | undefined, empty = 0) => {
      const array = new Int32Array(capacity).fill(empty);
      if (old !== undefined) array.set(old);
      return array;
    };
    this.#iteration = cuts.map((_, t) => longer(this.#iteration[t]));
    this.#trajectory = cuts.map((_, t) => longer(this.#trajectory[t]));
    this.#opening = cuts.map((_, t) => longer(this.#opening[t], ALL_OPENINGS));
    this.#cuts = cuts.map((arrays, t) => ({ ...arrays, opening: this.#opening[t] }));
  }

  /**
   * Adds `theta >= intercept + gradient . v` to a stage, theta being the cost of all openings of the next stage or of one.
   * The same call, in the same order, on every rank.
   */
  add(
    ofStage: number,
    intercept: number,
    gradient: Float64Array,
    iteration: number,
    trajectory: number,
    opening = ALL_OPENINGS,
  ): void {
    const stage = this.#poolOf[ofStage];
    const slot = this.#counts[stage]++;
    const row = this.#activeCounts[stage]++;
    const slots = this.#slots[stage];
    if (slots !== null) this.#slots[stage] = withSlot(slots, row, slot);
    this.#cuts[stage].intercept[slot] = intercept;
    this.#cuts[stage].gradient.set(gradient, slot * this.#states);
    this.#iteration[stage][slot] = iteration;
    this.#trajectory[stage][slot] = trajectory;
    this.#opening[stage][slot] = opening;
  }

  /** Takes all cuts but those in `slots` (ascending) out of a stage. The same call on every rank. */
  keepOnly(ofStage: number, slots: Int32Array): void {
    const stage = this.#poolOf[ofStage];
    this.#slots[stage] = slots.slice();
    this.#activeCounts[stage] = slots.length;
    this.#generations[stage]++;
  }

  /** A private copy of everything. */
  export(): StageCuts[] {
    return this.#poolOf.map((t) => {
      const cuts = this.#cuts[t];
      const count = this.#counts[t];
      return {
        count,
        intercept: Float64Array.from(cuts.intercept.subarray(0, count)),
        gradient: Float64Array.from(cuts.gradient.subarray(0, count * this.#states)),
        iteration: this.#iteration[t].slice(0, count),
        trajectory: this.#trajectory[t].slice(0, count),
        opening: this.#openings(t),
        active: this.#activeFlags(t),
        warmStart: this.#warmStart[t],
      };
    });
  }

  release(): void {
    this.#region?.release();
    this.#region = null;
  }

  #openings(stage: number): Int32Array | null {
    const openings = this.#opening[stage].slice(0, this.#counts[stage]);
    return openings.some((opening) => opening !== ALL_OPENINGS) ? openings : null;
  }

  #activeFlags(stage: number): Uint8Array | null {
    const slots = this.#slots[stage];
    if (slots === null) return null;
    const flags = new Uint8Array(this.#counts[stage]);
    for (let row = 0; row < this.#activeCounts[stage]; row++) flags[slots[row]] = 1;
    return flags;
  }
}

/** `slots` with `slot` at `row`, in a longer array where there is no room. */
function withSlot(slots: Int32Array, row: number, slot: number): Int32Array {
  let list = slots;
  if (row >= slots.length) {
    list = new Int32Array(2 * row + 8);
    list.set(slots);
  }
  list[row] = slot;
  return list;
}

/** The slots of a stage's active cuts, ascending. */
export function activeSlotsOf({ count, active }: Pick<StageCuts, 'count' | 'active'>): Int32Array {
  return Int32Array.from({ length: count }, (_, slot) => slot).filter((slot) => active === null || active[slot] === 1);
}
