import type { CutSettings } from '../case/study.js';
import type { Comm } from '../comm/communicator.js';
import type { BasisStore } from './basis-store.js';
import { Blackboard, publish } from './blackboard.js';
import type { CutPool } from './cut-pool.js';
import { type TrialPoints, VERDICT, verdicts as verdictsOn } from './cut-selection.js';
import type { CutSelectionRecord } from './diagnostics.js';
import type { VisitedStateStore } from './visited-states.js';
import type { WorkQueue } from './work-queue.js';

/** Takes cuts out of the stage problems, and their rows out of the stored bases. A unit of work is one stage. */
export class CutSelector {
  readonly #comm: Comm;
  readonly #settings: CutSettings;
  /** By stage: whose cuts it has (`Horizon.poolOf`). */
  readonly #poolOf: readonly number[];
  readonly #stages: number;
  readonly #states: number;
  /** A stage whose cuts are another policy's, and stay; `null`: none. */
  readonly #fixed: number | null;
  /** By (stage, slot); as wide as the pool was when it was made. */
  #verdicts: Blackboard<Uint8Array> | null = null;
  /** By stage: how long its selection took [ms]. */
  #times: Blackboard<Float64Array> | null = null;

  constructor(comm: Comm, settings: CutSettings, poolOf: readonly number[], states: number, fixed: number | null) {
    this.#comm = comm;
    this.#settings = settings;
    this.#poolOf = poolOf;
    this.#stages = poolOf.length;
    this.#states = states;
    this.#fixed = fixed;
  }

  /** Whether this iteration may take any cut out. The same on every rank. */
  isDue(iteration: number, pool: CutPool): boolean {
    const { selection, maxActivePerStage } = this.#settings;
    if (selection !== null && iteration % selection.checkFrequency === 0) return true;
    if (maxActivePerStage === null) return false;
    for (let t = 0; t < this.#stages; t++) if (t !== this.#fixed && pool.count(t) > maxActivePerStage) return true;
    return false;
  }

  /** Decides after `iteration` and carries it out; returns what became of each stage that has cuts. Collective. */
  select(
    queue: WorkQueue,
    pool: CutPool,
    bases: BasisStore,
    visited: VisitedStateStore,
    iteration: number,
  ): CutSelectionRecord[] {
    const verdicts = this.#board(pool.capacity);
    this.#times ??= new Blackboard(this.#comm, Float64Array, this.#stages, 1);
    const times = this.#times;
    const limited = this.#settings.maxActivePerStage !== null;
    queue.open(this.#stages);
    for (let t = queue.next(); t >= 0; t = queue.next()) {
      const began = performance.now();
      const at = t * verdicts.stride;
      verdicts.data.fill(VERDICT.kept, at, at + verdicts.stride);
      if (!pool.owns(t) || t === this.#fixed) continue;
      const cuts = { ...pool.cuts(t), slots: pool.activeSlots(t), iteration: pool.iterations(t) };
      const found = verdictsOn(this.#settings, cuts, this.#pointsOf(t, visited), this.#states, iteration);
      cuts.slots.forEach((slot, k) => {
        verdicts.data[at + slot] = found[k];
      });
      times.data[t * times.stride] = performance.now() - began;
    }
    publish(this.#comm, queue.onDemand, this.#stages, verdicts, times);
    const records: CutSelectionRecord[] = [];
    const kept: (Uint8Array | null)[] = new Array(this.#stages).fill(null);
    for (let t = 0; t < this.#stages; t++) {
      if (!pool.owns(t) || t === this.#fixed) continue;
      const of = verdicts.data.subarray(t * verdicts.stride, (t + 1) * verdicts.stride);
      const slots = pool.activeSlots(t);
      const keep = Uint8Array.from(slots, (slot) => (of[slot] === VERDICT.kept ? 1 : 0));
      const count = (verdict: number) => slots.reduce((all, slot) => all + (of[slot] === verdict ? 1 : 0), 0);
      const deactivated = count(VERDICT.dropped);
      const evicted = count(VERDICT.evicted);
      if (slots.length > 0) {
        records.push({
          iteration,
          stage: t,
          populated: pool.made(t),
          activeBefore: slots.length,
          deactivated,
          activeAfter: slots.length - deactivated,
          selectionMs: times.data[t * times.stride],
          budgetEvicted: limited ? evicted : null,
          activeAfterBudget: limited ? slots.length - deactivated - evicted : null,
        });
      }
      if (!keep.includes(0)) continue;
      this.#poolOf.forEach((owner, stage) => {
        if (owner === t) kept[stage] = keep;
      });
      const remaining = slots.filter((_, k) => keep[k] === 1);
      pool.keepOnly(t, remaining);
    }
    if (kept.some((keep) => keep !== null)) bases.keepCutRows(kept);
    return records;
  }

  /** The trial points of all stages that a cost-to-go is of. */
  #pointsOf(pool: number, visited: VisitedStateStore): TrialPoints {
    const all = this.#poolOf.flatMap((owner, t) => (owner === pool ? [visited.points(t)] : []));
    if (all.length === 1) return all[0];
    const count = all.reduce((sum, points) => sum + points.count, 0);
    const iteration = new Int32Array(count);
    const states = new Float64Array(count * this.#states);
    let at = 0;
    for (const points of all) {
      iteration.set(points.iteration.subarray(0, points.count), at);
      states.set(points.states.subarray(0, points.count * this.#states), at * this.#states);
      at += points.count;
    }
    return { count, iteration, states };
  }

  #board(capacity: number): Blackboard<Uint8Array> {
    if (this.#verdicts !== null && this.#verdicts.stride >= capacity) return this.#verdicts;
    this.#verdicts?.release();
    this.#verdicts = new Blackboard(this.#comm, Uint8Array, this.#stages, Math.max(1, capacity));
    return this.#verdicts;
  }

  release(): void {
    this.#verdicts?.release();
    this.#verdicts = null;
    this.#times?.release();
    this.#times = null;
  }
}
