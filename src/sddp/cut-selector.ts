import type { CutSettings } from '../case/study.js';
import type { Comm } from '../comm/communicator.js';
import type { BasisStore } from './basis-store.js';
import { Blackboard, publish } from './blackboard.js';
import type { CutPool } from './cut-pool.js';
import { VERDICT, verdicts as verdictsOn } from './cut-selection.js';
import type { CutSelectionRecord } from './diagnostics.js';
import type { VisitedStateStore } from './visited-states.js';
import type { WorkQueue } from './work-queue.js';

/** Takes cuts out of the stage problems, and their rows out of the stored bases. A unit of work is one stage. */
export class CutSelector {
  readonly #comm: Comm;
  readonly #settings: CutSettings;
  readonly #stages: number;
  readonly #states: number;
  /** By (stage, slot); as wide as the pool was when it was made. */
  #verdicts: Blackboard<Uint8Array> | null = null;
  /** By stage: how long its selection took [ms]. */
  #times: Blackboard<Float64Array> | null = null;

  constructor(comm: Comm, settings: CutSettings, stages: number, states: number) {
    this.#comm = comm;
    this.#settings = settings;
    this.#stages = stages;
    this.#states = states;
  }

  /** Whether this iteration may take any cut out. The same on every rank. */
  isDue(iteration: number, pool: CutPool): boolean {
    const { selection, maxActivePerStage } = this.#settings;
    if (selection !== null && iteration % selection.checkFrequency === 0) return true;
    if (maxActivePerStage === null) return false;
    for (let t = 0; t < this.#stages; t++) if (pool.count(t) > maxActivePerStage) return true;
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
      const cuts = { ...pool.cuts(t), slots: pool.activeSlots(t), iteration: pool.iterations(t) };
      const found = verdictsOn(this.#settings, cuts, visited.points(t), this.#states, iteration);
      cuts.slots.forEach((slot, k) => {
        verdicts.data[at + slot] = found[k];
      });
      times.data[t * times.stride] = performance.now() - began;
    }
    publish(this.#comm, queue.onDemand, this.#stages, verdicts, times);
    const records: CutSelectionRecord[] = [];
    const kept: (Uint8Array | null)[] = [];
    for (let t = 0; t < this.#stages; t++) {
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
      const any = keep.includes(0);
      kept.push(any ? keep : null);
      if (any)
        pool.keepOnly(
          t,
          slots.filter((_, k) => keep[k] === 1),
        );
    }
    if (kept.some((keep) => keep !== null)) bases.keepCutRows(kept);
    return records;
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
