import { truncateInflow, writeRightHandSides } from '../lp/right-hand-sides.js';
import type { StageRealisation } from '../stochastic/realise.js';
import type { StageProblems } from './stage-problems.js';

/**
 * The right-hand sides of one solve: `data[offset..offset + randomRows)` of the stage. Those of an opening stand
 * prepared; where they depend on the state, or on noise of no opening, they are made here.
 */
export class RightHandSides {
  data: Float64Array;
  offset = 0;
  /** Opening of the last call, or -1. */
  #opening = -1;
  readonly #problems: StageProblems;
  readonly #scratch: Float64Array;
  readonly #realisation: StageRealisation;

  constructor(problems: StageProblems) {
    this.#problems = problems;
    this.#scratch = new Float64Array(Math.max(0, ...problems.templates.map(({ layout }) => layout.randomRows)));
    this.#realisation = problems.realiser.blank();
    this.data = this.#scratch;
  }

  /** Of opening `i` of stage `t`, for the state `state[at..]` that the stage begins with. */
  ofOpening(t: number, i: number, state: Float64Array, at: number): void {
    const { randomRows } = this.#problems.templates[t].layout;
    this.#opening = i;
    this.data = this.#problems.rhs[t];
    this.offset = i * randomRows;
    if (!this.#dependsOnState(t)) return;
    this.#scratch.set(this.data.subarray(this.offset, this.offset + randomRows));
    this.#truncate(t, state, at);
  }

  /** Of a noise vector `noise[from..]` of stage `t`. */
  ofNoise(t: number, noise: Float64Array, from: number, state: Float64Array, at: number): void {
    const { realiser, templates, loadFactors } = this.#problems;
    this.#opening = -1;
    realiser.realise(t, noise, from, this.#realisation);
    this.data = this.#scratch;
    this.offset = 0;
    writeRightHandSides(templates[t], this.#realisation, loadFactors[t], this.#scratch, 0);
    if (this.#dependsOnState(t)) this.#truncate(t, state, at);
  }

  /** Inflow of a hydro at stage `t` [m3/s], of the last call; without what earlier inflow adds. */
  inflow(t: number, h: number): number {
    if (this.#opening < 0) return this.#realisation.inflow[h];
    return this.#problems.realised.inflow[t][this.#opening * this.#problems.templates[t].layout.hydros + h];
  }

  #dependsOnState(t: number): boolean {
    return this.#problems.realiser.truncates && this.#problems.templates[t].layout.inflowRow >= 0;
  }

  #truncate(t: number, state: Float64Array, at: number): void {
    this.data = this.#scratch;
    this.offset = 0;
    truncateInflow(this.#problems.templates[t], state, at, this.#scratch, 0);
  }
}
