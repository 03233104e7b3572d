import type { CutSettings } from '../case/study.js';
import type { TrialPoints } from './cut-selection.js';
import type { VisitedStates } from './outcome.js';

/** How many iterations back a selection of cuts looks, the current one included. */
export function memoryOf({ selection, maxActivePerStage }: CutSettings): number {
  if (selection?.method === 'lml1') return selection.memoryWindow + 1;
  return selection === null && maxActivePerStage === null ? 0 : Number.POSITIVE_INFINITY;
}

/** The trial points of all iterations, or the last ones, on every rank. */
export class VisitedStateStore {
  readonly #stages: number;
  readonly #states: number;
  /** Iterations kept. */
  readonly #memory: number;
  #count = 0;
  #iteration = new Int32Array(0);
  #byStage: Float64Array[];

  constructor(stages: number, states: number, memory: number, start: VisitedStates | null = null) {
    this.#stages = stages;
    this.#states = states;
    this.#memory = memory;
    this.#byStage = Array.from({ length: stages }, () => new Float64Array(0));
    if (start === null) return;
    this.#count = start.iteration.length;
    this.#iteration = start.iteration.slice();
    this.#byStage = start.states.map((states) => states.slice());
  }

  /**
   * Adds the trial points of `iteration`, later than any before, and forgets those that are out of memory.
   * @param states final states of (trajectory m, stage t) at `m * stride + t * states`
   */
  add(iteration: number, trajectories: number, states: Float64Array, stride: number): void {
    this.#forget(iteration - this.#memory);
    this.#reserve(this.#count + trajectories);
    const width = this.#states;
    for (let m = 0; m < trajectories; m++) {
      const point = this.#count++;
      this.#iteration[point] = iteration;
      for (let t = 0; t < this.#stages; t++) {
        const from = m * stride + t * width;
        this.#byStage[t].set(states.subarray(from, from + width), point * width);
      }
    }
  }

  /** Drops the points of iterations up to `last`. */
  #forget(last: number): void {
    let gone = 0;
    while (gone < this.#count && this.#iteration[gone] <= last) gone++;
    if (gone === 0) return;
    this.#iteration.copyWithin(0, gone, this.#count);
    for (const states of this.#byStage) states.copyWithin(0, gone * this.#states, this.#count * this.#states);
    this.#count -= gone;
  }

  #reserve(points: number): void {
    if (points <= this.#iteration.length) return;
    const capacity = Math.max(points, 2 * this.#iteration.length);
    const iteration = new Int32Array(capacity);
    iteration.set(this.#iteration.subarray(0, this.#count));
    this.#iteration = iteration;
    this.#byStage = this.#byStage.map((old) => {
      const states = new Float64Array(capacity * this.#states);
      states.set(old.subarray(0, this.#count * this.#states));
      return states;
    });
  }

  /** The points at the end of a stage; valid until the next `add`. */
  points(stage: number): TrialPoints {
    return { count: this.#count, iteration: this.#iteration, states: this.#byStage[stage] };
  }

  /** A private copy of everything. */
  export(): VisitedStates {
    return {
      iteration: this.#iteration.slice(0, this.#count),
      states: this.#byStage.map((states) => states.slice(0, this.#count * this.#states)),
    };
  }
}
