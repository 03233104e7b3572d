import { CobreError, type SolverErrorPlace } from '../errors.js';
import { nextMemory, remembered } from '../math/linear-memory.js';
import { type CutArrays, CutRows } from './cut-rows.js';
import { Exchange } from './exchange.js';
import { BYTES_PER_DOUBLE, BYTES_PER_INTEGER, type HighsRuntime, type Pointer } from './highs-runtime.js';
import { KnownBasis } from './known-basis.js';
import { passModel } from './pass-model.js';
import type { SolverCounters } from './solver-counters.js';
import { crashed, notOptimal, refused } from './solver-failures.js';
import { applySolverOptions, ESCALATION, type SolverOptions, STANDARD_OPTIONS } from './solver-options.js';
import { ModelStatus } from './solver-status.js';
import type { StageLayout, StageTemplate } from './stage-template.js';

/** HiGHS' codes of a basis' entries. */
export const BASIC = 1;

/**
 * One stage's persistent model. A *unit of work* begins with `begin`, which forgets everything that was solved before
 * and starts from a given basis; so what a unit computes is a function of the model, the basis and the right-hand
 * sides alone, whichever rank computes it and whatever that rank did before.
 */
export class StageSolver {
  readonly layout: StageLayout;
  /** Optimal value of the last solve [$]. */
  objective = 0;
  readonly #runtime: HighsRuntime;
  readonly #template: StageTemplate;
  readonly #counters: SolverCounters;
  readonly #io: Exchange;
  readonly #cuts: CutRows;
  readonly #known: KnownBasis;
  readonly #options: SolverOptions;
  #highs: Pointer;
  /** The state that the stage begins with, and room for inflows. */
  readonly #state: Float64Array;
  readonly #inflow: Float64Array;

  constructor(
    runtime: HighsRuntime,
    template: StageTemplate,
    counters: SolverCounters,
    options: SolverOptions = STANDARD_OPTIONS,
  ) {
    this.#options = options;
    this.#runtime = runtime;
    this.#template = template;
    this.#counters = counters;
    this.layout = template.layout;
    this.#io = new Exchange(runtime, template.layout);
    this.#cuts = new CutRows(runtime, template);
    this.#known = new KnownBasis(runtime, template, this.#io, this.#cuts);
    this.#state = new Float64Array(template.layout.states);
    this.#inflow = new Float64Array(template.layout.hydros);
    const began = performance.now();
    this.#highs = runtime.fn._Highs_create();
    applySolverOptions(runtime, this.#highs, options);
    this.#accepted(passModel(runtime, this.#highs, template), 'the stage model');
    counters.loadMs += performance.now() - began;
  }

  /** Cut rows in the model. */
  get cutRows(): number {
    return this.#cuts.count;
  }

  get rows(): number {
    return this.layout.rows + this.#cuts.count;
  }

  /** The solver says no to what it is given by a status below 0; going on would leave it and this class out of step. */
  #accepted(status: number, what: string): void {
    if (status >= 0) return;
    throw refused(what, this.#template.stage);
  }

  /**
   * Appends cuts `from..to-1` of a pool as rows `theta - gradient x >= intercept`, in slot order; or, given `slots`, the
   * cuts in `slots[from..to-1]`. The memory at the end of the stage has no columns: it is written in those of the memory at
   * its beginning and of the stage's inflows.
   */
  appendCuts(cuts: CutArrays, from: number, to: number, slots: Int32Array | null = null): void {
    if (to <= from) return;
    const began = performance.now();
    this.#accepted(this.#cuts.append(this.#highs, cuts, from, to, slots), 'a cut');
    this.#io.reserveRows(this.rows);
    this.#known.forget();
    this.#counters.cutsMs += performance.now() - began;
  }

  /**
   * Starts a unit of work from a basis (`columns` then `rows` in HiGHS' codes at `offset`; cut rows beyond
   * `knownRows` become basic), or from scratch when `basis` is `null`.
   */
  begin(basis: Uint8Array | null, offset = 0, knownRows = 0): void {
    const { fn } = this.#runtime;
    const io = this.#io;
    const { columns } = this.layout;
    fn._Highs_clearSolver(this.#highs);
    this.#known.forget();
    if (basis === null) return;
    const began = performance.now();
    const i32 = this.#runtime.integers;
    const c0 = io.columnStatus / BYTES_PER_INTEGER;
    const r0 = io.rowStatus / BYTES_PER_INTEGER;
    for (let c = 0; c < columns; c++) i32[c0 + c] = basis[offset + c];
    const rows = this.rows;
    for (let r = 0; r < knownRows; r++) i32[r0 + r] = basis[offset + columns + r];
    for (let r = knownRows; r < rows; r++) i32[r0 + r] = BASIC;
    this.#accepted(fn._Highs_setBasis(this.#highs, io.columnStatus, io.rowStatus), 'a stored basis');
    this.#counters.bases++;
    this.#counters.basisMs += performance.now() - began;
  }

  /** Changes a coefficient of the model for good. A unit of work has to begin after it; none may go by known bases. */
  setCoefficient(row: number, column: number, value: number): void {
    this.#accepted(this.#runtime.fn._Highs_changeCoeff(this.#highs, row, column, value), 'a coefficient');
    this.#known.forget();
  }

  /** Changes the upper bound of a column, under the same rule. */
  setUpperBound(column: number, upper: number): void {
    const lower = this.#template.columnLower[column];
    this.#accepted(this.#runtime.fn._Highs_changeColBounds(this.#highs, column, lower, upper), 'a bound');
    this.#known.forget();
  }

  /** Fixes the incoming state to `state[offset..offset + states)`: storages [hm3], then memory. */
  setState(state: Float64Array, offset: number): void {
    const { states, storageIn } = this.layout;
    if (states === 0) return;
    const began = performance.now();
    const io = this.#io;
    const f64 = this.#runtime.doubles;
    const at = io.columnLower / BYTES_PER_DOUBLE;
    for (let s = 0; s < states; s++) {
      f64[at + s] = state[offset + s];
      this.#state[s] = state[offset + s];
    }
    const status = this.#runtime.fn._Highs_changeColsBoundsByRange(
      this.#highs,
      storageIn,
      storageIn + states - 1,
      io.columnLower,
      io.columnUpper,
    );
    this.#accepted(status, 'the incoming state');
    this.#known.forget();
    this.#counters.boundsMs += performance.now() - began;
  }

  /**
   * Solves for the right-hand sides `rhs[offset..offset + randomRows)`. Inside a unit, a right-hand side for which the
   * last simplex basis stays primal feasible is answered from that basis (Wets' bunching): `objective` and the
   * gradient are then known without running the simplex, the primal values are not.
   * @throws SolverError when no escalation finds an optimum
   */
  solve(rhs: Float64Array, offset: number, place: SolverErrorPlace, needPrimal: boolean): void {
    const counters = this.#counters;
    const began = performance.now() - counters.boundsMs;
    try {
      if (!needPrimal && this.#known.answers(this.#highs, rhs, offset)) counters.bunched++;
      else this.#run(rhs, offset, place);
    } catch (error) {
      if (error instanceof CobreError) throw error;
      throw crashed(error, place);
    }
    this.objective = this.#known.objective / this.#template.costScale;
    counters.solves++;
    // Without what it took to set the right-hand sides, which is counted by itself.
    counters.solveMs += performance.now() - counters.boundsMs - began;
  }

  #run(rhs: Float64Array, offset: number, place: SolverErrorPlace): void {
    const { fn } = this.#runtime;
    const io = this.#io;
    const { randomRows } = this.layout;
    const began = performance.now();
    const f64 = this.#runtime.doubles;
    const at = io.randomRhs / BYTES_PER_DOUBLE;
    const known = this.#known.rhs;
    for (let r = 0; r < randomRows; r++) {
      const value = rhs[offset + r];
      f64[at + r] = value;
      known[r] = value;
    }
    if (randomRows > 0) {
      const status = fn._Highs_changeRowsBoundsByRange(this.#highs, 0, randomRows - 1, io.randomRhs, io.randomRhs);
      this.#accepted(status, 'a right-hand side');
    }
    this.#counters.boundsMs += performance.now() - began;
    fn._Highs_run(this.#highs);
    let status = fn._Highs_getModelStatus(this.#highs);
    if (status !== ModelStatus.optimal) status = this.#escalate(status, place);
    this.#counters.simplexIterations += this.#intInfo('simplex_iteration_count');
    fn._Highs_getSolution(this.#highs, io.columnValue, io.columnDual, io.rowValue, io.rowDual);
    this.#known.learn(fn._Highs_getObjectiveValue(this.#highs));
  }

  /** Other ways to the same optimum, from the cheapest to the most patient; each starts from nothing. */
  #escalate(first: number, place: SolverErrorPlace): number {
    const { fn } = this.#runtime;
    this.#counters.escalations++;
    let status = first;
    for (const [level, options] of ESCALATION.entries()) {
      this.#counters.retries++;
      applySolverOptions(this.#runtime, this.#highs, options);
      fn._Highs_clearSolver(this.#highs);
      fn._Highs_run(this.#highs);
      status = fn._Highs_getModelStatus(this.#highs);
      if (status !== ModelStatus.optimal) continue;
      this.#counters.recovered[level]++;
      break;
    }
    applySolverOptions(this.#runtime, this.#highs, this.#options);
    if (status === ModelStatus.optimal) return status;
    fn._Highs_clearSolver(this.#highs);
    throw notOptimal(status, place, this.#template.suspects);
  }

  #intInfo(name: string): number {
    const { fn } = this.#runtime;
    fn._Highs_getIntInfoValue(this.#highs, this.#runtime.name(name), this.#io.count);
    return this.#runtime.integers[this.#io.count / BYTES_PER_INTEGER];
  }

  /** Slopes of the optimal value in the incoming state [$/hm3, $/(m3/s)], into `out[offset..offset + states)`. */
  readGradient(out: Float64Array, offset: number): void {
    const f64 = this.#runtime.doubles;
    const at = this.#io.columnDual / BYTES_PER_DOUBLE + this.layout.storageIn;
    const { costScale } = this.#template;
    for (let s = 0; s < this.layout.states; s++) out[offset + s] = f64[at + s] / costScale;
  }

  /**
   * State at the end of the stage by the last simplex solve, into `out[offset..offset + states)`. Storages [hm3] are
   * clipped to their bounds: the solver may leave them by its tolerance, and the next stage must be able to take them as
   * they are. Memory follows from the inflows, which nobody decides.
   */
  readState(out: Float64Array, offset: number): void {
    const f64 = this.#runtime.doubles;
    const { hydros, storage } = this.layout;
    const { columnLower, columnUpper } = this.#template;
    const at = this.#io.columnValue / BYTES_PER_DOUBLE + storage;
    for (let h = 0; h < hydros; h++) {
      out[offset + h] = Math.min(columnUpper[storage + h], Math.max(columnLower[storage + h], f64[at + h]));
    }
    const { memory } = this.#template;
    if (memory === null) return;
    this.readInflow(this.#inflow, 0);
    nextMemory(memory, this.#state, hydros, this.#inflow, 0, out, offset + hydros);
  }

  /** Inflow of each hydro in the last simplex solve [m3/s], into `out[offset..offset + hydros)`; only with memory. */
  readInflow(out: Float64Array, offset: number): void {
    const { hydros, inflowRow } = this.layout;
    const { memory } = this.#template;
    for (let h = 0; h < hydros; h++) {
      out[offset + h] = this.#known.rhs[inflowRow + h] + remembered(memory, h, this.#state, hydros);
    }
  }

  /** Cost-to-go of the last simplex solve, seen from the next stage [$]. */
  get futureCost(): number {
    return (
      this.#runtime.doubles[this.#io.columnValue / BYTES_PER_DOUBLE + this.layout.theta] / this.#template.costScale
    );
  }

  /** The last simplex solve's values, as views that hold until the next call: columns, and duals of rows (scaled costs). */
  get columnValues(): Float64Array {
    const at = this.#io.columnValue / BYTES_PER_DOUBLE;
    return this.#runtime.doubles.subarray(at, at + this.layout.columns);
  }

  get rowDuals(): Float64Array {
    const at = this.#io.rowDual / BYTES_PER_DOUBLE;
    return this.#runtime.doubles.subarray(at, at + this.rows);
  }

  /** Stores the current basis (columns, then all rows) at `out[offset..]`; returns the number of rows stored. */
  readBasis(out: Uint8Array, offset: number): number {
    const io = this.#io;
    this.#runtime.fn._Highs_getBasis(this.#highs, io.columnStatus, io.rowStatus);
    const i32 = this.#runtime.integers;
    const { columns } = this.layout;
    const c0 = io.columnStatus / BYTES_PER_INTEGER;
    const r0 = io.rowStatus / BYTES_PER_INTEGER;
    const rows = this.rows;
    for (let c = 0; c < columns; c++) out[offset + c] = i32[c0 + c];
    for (let r = 0; r < rows; r++) out[offset + columns + r] = i32[r0 + r];
    return rows;
  }

  dispose(): void {
    if (this.#highs === 0) return;
    this.#runtime.fn._Highs_destroy(this.#highs);
    this.#io.free();
    this.#highs = 0;
  }
}
