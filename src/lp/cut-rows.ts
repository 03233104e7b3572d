import { pullBack } from '../math/linear-memory.js';
import { BYTES_PER_DOUBLE, BYTES_PER_INTEGER, type HighsRuntime, type Pointer } from './highs-runtime.js';
import type { StageTemplate } from './stage-template.js';

/** Cuts as the pool keeps them: `theta >= intercept[i] + sum_s gradient[i * states + s] x_s`, in $, $/hm3 and $/(m3/s). */
export interface CutArrays {
  readonly intercept: Float64Array;
  readonly gradient: Float64Array;
  /** By slot: the opening of the next stage whose cost the cut bounds, or -1 for that of all; `null` where all are -1. */
  readonly opening: Int32Array | null;
}

/** The rows of a stage model that are cuts: they come after all others. */
export class CutRows {
  count = 0;
  /** Bounds of the rows: only lower ones vary, so only they are kept. */
  lower = new Float64Array(64);
  readonly #runtime: HighsRuntime;
  readonly #template: StageTemplate;
  readonly #inflowSlope: Float64Array;
  readonly #memorySlope: Float64Array;

  constructor(runtime: HighsRuntime, template: StageTemplate) {
    this.#runtime = runtime;
    this.#template = template;
    this.#inflowSlope = new Float64Array(template.layout.hydros);
    this.#memorySlope = new Float64Array(template.layout.memory);
  }

  /** See `StageSolver.appendCuts`. Returns the solver's status, below 0 where it refuses. */
  append(highs: Pointer, cuts: CutArrays, from: number, to: number, slots: Int32Array | null): number {
    const count = to - from;
    const { fn } = this.#runtime;
    const { costScale, memory: moves, layout } = this.#template;
    const { hydros, states, memory, memoryIn, inflow, storage, theta } = layout;
    const { openingThetas = theta } = this.#template;
    const perRow = states + hydros + 1;
    const lower = this.#runtime.allocate(count * BYTES_PER_DOUBLE);
    const upper = this.#runtime.allocate(count * BYTES_PER_DOUBLE);
    const start = this.#runtime.allocate(count * BYTES_PER_INTEGER);
    const index = this.#runtime.allocate(count * perRow * BYTES_PER_INTEGER);
    const value = this.#runtime.allocate(count * perRow * BYTES_PER_DOUBLE);
    const f64 = this.#runtime.doubles;
    const i32 = this.#runtime.integers;
    this.#reserve(this.count + count);
    let at = 0;
    const put = (column: number, slope: number) => {
      if (slope === 0) return;
      i32[index / BYTES_PER_INTEGER + at] = column;
      f64[value / BYTES_PER_DOUBLE + at] = -slope * costScale;
      at++;
    };
    for (let c = 0; c < count; c++) {
      const slot = slots === null ? from + c : slots[from + c];
      const bound = cuts.intercept[slot] * costScale;
      f64[lower / BYTES_PER_DOUBLE + c] = bound;
      f64[upper / BYTES_PER_DOUBLE + c] = Infinity;
      this.lower[this.count + c] = bound;
      i32[start / BYTES_PER_INTEGER + c] = at;
      for (let h = 0; h < hydros; h++) put(storage + h, cuts.gradient[slot * states + h]);
      if (moves !== null) {
        pullBack(moves, cuts.gradient, slot * states + hydros, this.#memorySlope, this.#inflowSlope);
        for (let i = 0; i < memory; i++) put(memoryIn + i, this.#memorySlope[i]);
        for (let h = 0; h < hydros; h++) put(inflow + h, this.#inflowSlope[h]);
      }
      const opening = cuts.opening?.[slot] ?? -1;
      i32[index / BYTES_PER_INTEGER + at] = opening < 0 ? theta : openingThetas + opening;
      f64[value / BYTES_PER_DOUBLE + at] = 1;
      at++;
    }
    const status = fn._Highs_addRows(highs, count, lower, upper, at, start, index, value);
    for (const p of [lower, upper, start, index, value]) fn._free(p);
    if (status >= 0) this.count += count;
    return status;
  }

  #reserve(cuts: number): void {
    if (cuts <= this.lower.length) return;
    const grown = new Float64Array(Math.max(cuts, this.lower.length * 2));
    grown.set(this.lower);
    this.lower = grown;
  }
}
