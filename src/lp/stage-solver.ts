import { CobreError, SolverError, type SolverErrorPlace } from '../errors.js';
import { nextMemory, pullBack, remembered } from '../math/linear-memory.js';
import type { HighsRuntime, Pointer } from './highs-runtime.js';
import type { SolverCounters } from './solver-counters.js';
import { applySolverOptions, ESCALATION, type SolverOptions, STANDARD_OPTIONS } from './solver-options.js';
import { ModelStatus, statusWord } from './solver-status.js';
import type { StageLayout, StageTemplate } from './stage-template.js';

export { newCounters, type SolverCounters } from './solver-counters.js';

const BYTES_PER_DOUBLE = 8;
const BYTES_PER_INTEGER = 4;
/** HiGHS' codes of a basis' entries. */
export const BASIC = 1;

/**
 * How far outside its bounds a basic variable may lie for a known basis to count as feasible. A hundredth of the
 * solver's own tolerance: what is accepted here without a solve is never worse than what a solve would accept.
 */
const BUNCHING_TOLERANCE = 1e-9;

const EXTREME_NUMBERS =
  'Check the case for extreme coefficients or costs; running it with fewer iterations may show where they come from.';

/** Arrays in the solver's memory that calls read from and write to: allocated once, grown with the rows. */
class Exchange {
  readonly columnLower: Pointer;
  readonly columnUpper: Pointer;
  readonly columnValue: Pointer;
  readonly columnDual: Pointer;
  readonly columnStatus: Pointer;
  readonly count: Pointer;
  /** Right-hand sides of the random rows. */
  readonly randomRhs: Pointer;
  rowValue: Pointer = 0;
  rowDual: Pointer = 0;
  rowStatus: Pointer = 0;
  basicVariables: Pointer = 0;
  solveRhs: Pointer = 0;
  solveSolution: Pointer = 0;
  rowCapacity = 0;

  constructor(
    private readonly runtime: HighsRuntime,
    layout: StageLayout,
  ) {
    const n = layout.columns * BYTES_PER_DOUBLE;
    this.columnLower = runtime.allocate(layout.states * BYTES_PER_DOUBLE);
    this.columnUpper = this.columnLower;
    this.columnValue = runtime.allocate(n);
    this.columnDual = runtime.allocate(n);
    this.columnStatus = runtime.allocate(layout.columns * BYTES_PER_INTEGER);
    this.count = runtime.allocate(BYTES_PER_DOUBLE);
    this.randomRhs = runtime.allocate(layout.randomRows * BYTES_PER_DOUBLE);
    this.reserveRows(layout.rows);
  }

  reserveRows(rows: number): void {
    if (rows <= this.rowCapacity) return;
    this.#freeRows();
    const capacity = Math.max(rows, Math.ceil(this.rowCapacity * 1.5));
    const { runtime } = this;
    this.rowValue = runtime.allocate(capacity * BYTES_PER_DOUBLE);
    this.rowDual = runtime.allocate(capacity * BYTES_PER_DOUBLE);
    this.rowStatus = runtime.allocate(capacity * BYTES_PER_INTEGER);
    this.basicVariables = runtime.allocate(capacity * BYTES_PER_INTEGER);
    this.solveRhs = runtime.allocate(capacity * BYTES_PER_DOUBLE);
    this.solveSolution = runtime.allocate(capacity * BYTES_PER_DOUBLE);
    this.rowCapacity = capacity;
    const from = this.solveRhs / BYTES_PER_DOUBLE;
    runtime.doubles.fill(0, from, from + capacity);
  }

  #freeRows(): void {
    for (const p of [
      this.rowValue,
      this.rowDual,
      this.rowStatus,
      this.basicVariables,
      this.solveRhs,
      this.solveSolution,
    ]) {
      if (p !== 0) this.runtime.fn._free(p);
    }
  }

  free(): void {
    this.#freeRows();
    const { fn } = this.runtime;
    for (const p of [
      this.columnLower,
      this.columnValue,
      this.columnDual,
      this.columnStatus,
      this.count,
      this.randomRhs,
    ])
      fn._free(p);
  }
}

/** Cuts as the pool keeps them: `theta >= intercept[i] + sum_s gradient[i * states + s] x_s`, in $, $/hm3 and $/(m3/s). */
export interface CutArrays {
  readonly intercept: Float64Array;
  readonly gradient: Float64Array;
  /** By slot: the opening of the next stage whose cost the cut bounds, or -1 for that of all; `null` where all are -1. */
  readonly opening: Int32Array | null;
}

/**
 * One stage's persistent model. A *unit of work* begins with `begin`, which forgets everything that was solved before
 * and starts from a given basis; so what a unit computes is a function of the model, the basis and the right-hand
 * sides alone, whichever rank computes it and whatever that rank did before.
 */
export class StageSolver {
  readonly layout: StageLayout;
  /** Cut rows in the model. */
  cutRows = 0;
  /** Optimal value of the last solve [$]. */
  objective = 0;
  readonly #runtime: HighsRuntime;
  readonly #template: StageTemplate;
  readonly #counters: SolverCounters;
  readonly #io: Exchange;
  readonly #options: SolverOptions;
  readonly #stage: number;
  #highs: Pointer;
  /** True while the solver holds the factors of an optimal basis of this unit. */
  #factored = false;
  #basisRead = false;
  /** Right-hand sides of the last simplex solve, to which bunching adds differences. */
  readonly #baseRhs: Float64Array;
  #baseObjective = 0;
  #basicLower = new Float64Array(0);
  #basicUpper = new Float64Array(0);
  #basicValue = new Float64Array(0);
  #basicSign = new Float64Array(0);
  /** Bounds of the cut rows: only lower ones vary, so only they are kept. */
  #cutLower = new Float64Array(64);
  readonly #rowIsBasic: Uint8Array;
  /** The state that the stage begins with, and room for inflows and gradients. */
  readonly #state: Float64Array;
  readonly #inflow: Float64Array;
  readonly #memorySlope: Float64Array;

  constructor(
    runtime: HighsRuntime,
    template: StageTemplate,
    counters: SolverCounters,
    options: SolverOptions = STANDARD_OPTIONS,
  ) {
    this.#stage = template.stage;
    this.#options = options;
    this.#runtime = runtime;
    this.#template = template;
    this.#counters = counters;
    this.layout = template.layout;
    this.#io = new Exchange(runtime, template.layout);
    this.#baseRhs = new Float64Array(template.layout.randomRows);
    this.#rowIsBasic = new Uint8Array(template.layout.randomRows);
    this.#state = new Float64Array(template.layout.states);
    this.#inflow = new Float64Array(template.layout.hydros);
    this.#memorySlope = new Float64Array(template.layout.memory);
    const began = performance.now();
    this.#highs = runtime.fn._Highs_create();
    applySolverOptions(runtime, this.#highs, options);
    this.#passModel();
    counters.loadMs += performance.now() - began;
  }

  get rows(): number {
    return this.layout.rows + this.cutRows;
  }

  #passModel(): void {
    const { fn } = this.#runtime;
    const t = this.#template;
    const { columns, rows } = t.layout;
    const temporary: Pointer[] = [];
    const doubles = (values: Float64Array) => {
      const p = this.#runtime.allocate(values.length * BYTES_PER_DOUBLE);
      this.#runtime.doubles.set(values, p / BYTES_PER_DOUBLE);
      temporary.push(p);
      return p;
    };
    const integers = (values: Int32Array) => {
      const p = this.#runtime.allocate(values.length * BYTES_PER_INTEGER);
      this.#runtime.integers.set(values, p / BYTES_PER_INTEGER);
      temporary.push(p);
      return p;
    };
    const COLUMN_WISE = 1;
    const MINIMIZE = 1;
    const status = fn._Highs_passLp(
      this.#highs,
      columns,
      rows,
      t.value.length,
      COLUMN_WISE,
      MINIMIZE,
      0,
      doubles(t.cost),
      doubles(t.columnLower),
      doubles(t.columnUpper),
      doubles(t.rowLower),
      doubles(t.rowUpper),
      integers(t.start),
      integers(t.index),
      doubles(t.value),
    );
    for (const p of temporary) fn._free(p);
    this.#accepted(status, 'the stage model');
  }

  /** The solver says no to what it is given by a status below 0; going on would leave it and this class out of step. */
  #accepted(status: number, what: string): void {
    if (status >= 0) return;
    const place = { stage: this.#stage, iteration: null, scenario: null, opening: null, status: 'Refused' };
    throw new SolverError(`the solver refused ${what} of stage ${this.#stage}`, place, EXTREME_NUMBERS);
  }

  /**
   * Appends cuts `from..to-1` of a pool as rows `theta - gradient x >= intercept`, in slot order; or, given `slots`, the
   * cuts in `slots[from..to-1]`. The memory at the end of the stage has no columns: it is written in those of the memory at
   * its beginning and of the stage's inflows.
   */
  appendCuts(cuts: CutArrays, from: number, to: number, slots: Int32Array | null = null): void {
    const count = to - from;
    if (count <= 0) return;
    const began = performance.now();
    const { fn } = this.#runtime;
    const { hydros, states, memory, memoryIn, inflow, storage, theta } = this.layout;
    const { costScale, memory: moves, openingThetas = theta } = this.#template;
    const perRow = states + hydros + 1;
    const lower = this.#runtime.allocate(count * BYTES_PER_DOUBLE);
    const upper = this.#runtime.allocate(count * BYTES_PER_DOUBLE);
    const start = this.#runtime.allocate(count * BYTES_PER_INTEGER);
    const index = this.#runtime.allocate(count * perRow * BYTES_PER_INTEGER);
    const value = this.#runtime.allocate(count * perRow * BYTES_PER_DOUBLE);
    const f64 = this.#runtime.doubles;
    const i32 = this.#runtime.integers;
    this.#reserveCutBounds(this.cutRows + count);
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
      this.#cutLower[this.cutRows + c] = bound;
      i32[start / BYTES_PER_INTEGER + c] = at;
      for (let h = 0; h < hydros; h++) put(storage + h, cuts.gradient[slot * states + h]);
      if (moves !== null) {
        pullBack(moves, cuts.gradient, slot * states + hydros, this.#memorySlope, this.#inflow);
        for (let i = 0; i < memory; i++) put(memoryIn + i, this.#memorySlope[i]);
        for (let h = 0; h < hydros; h++) put(inflow + h, this.#inflow[h]);
      }
      const opening = cuts.opening?.[slot] ?? -1;
      i32[index / BYTES_PER_INTEGER + at] = opening < 0 ? theta : openingThetas + opening;
      f64[value / BYTES_PER_DOUBLE + at] = 1;
      at++;
    }
    const status = fn._Highs_addRows(this.#highs, count, lower, upper, at, start, index, value);
    for (const p of [lower, upper, start, index, value]) fn._free(p);
    this.#accepted(status, 'a cut');
    this.cutRows += count;
    this.#io.reserveRows(this.rows);
    this.#factored = false;
    this.#counters.cutsMs += performance.now() - began;
  }

  #reserveCutBounds(cuts: number): void {
    if (cuts <= this.#cutLower.length) return;
    const grown = new Float64Array(Math.max(cuts, this.#cutLower.length * 2));
    grown.set(this.#cutLower);
    this.#cutLower = grown;
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
    this.#factored = false;
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
    this.#factored = false;
  }

  /** Changes the upper bound of a column, under the same rule. */
  setUpperBound(column: number, upper: number): void {
    const lower = this.#template.columnLower[column];
    this.#accepted(this.#runtime.fn._Highs_changeColBounds(this.#highs, column, lower, upper), 'a bound');
    this.#factored = false;
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
    this.#factored = false;
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
      if (needPrimal || !this.#factored || !this.#answerFromBasis(rhs, offset)) this.#run(rhs, offset, place);
    } catch (error) {
      if (error instanceof CobreError) throw error;
      // The solver's own abort, for want of memory mostly, comes as an error of the WebAssembly engine.
      throw crash(error, place);
    }
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
    for (let r = 0; r < randomRows; r++) {
      const value = rhs[offset + r];
      f64[at + r] = value;
      this.#baseRhs[r] = value;
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
    this.#baseObjective = fn._Highs_getObjectiveValue(this.#highs);
    this.objective = this.#baseObjective / this.#template.costScale;
    this.#factored = true;
    this.#basisRead = false;
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
    throw solverError(status, place, this.#template.suspects);
  }

  #intInfo(name: string): number {
    const { fn } = this.#runtime;
    fn._Highs_getIntInfoValue(this.#highs, this.#runtime.name(name), this.#io.count);
    return this.#runtime.integers[this.#io.count / BYTES_PER_INTEGER];
  }

  /** Reads which variables are basic, their values and bounds, once per simplex solve. */
  #readBasics(): void {
    const { fn } = this.#runtime;
    const io = this.#io;
    const t = this.#template;
    const rows = this.rows;
    fn._Highs_getBasicVariables(this.#highs, io.basicVariables);
    const i32 = this.#runtime.integers;
    const f64 = this.#runtime.doubles;
    const basic = io.basicVariables / BYTES_PER_INTEGER;
    const columnValue = io.columnValue / BYTES_PER_DOUBLE;
    const rowValue = io.rowValue / BYTES_PER_DOUBLE;
    if (this.#basicValue.length < rows) {
      this.#basicLower = new Float64Array(io.rowCapacity);
      this.#basicUpper = new Float64Array(io.rowCapacity);
      this.#basicValue = new Float64Array(io.rowCapacity);
      this.#basicSign = new Float64Array(io.rowCapacity);
    }
    this.#rowIsBasic.fill(0);
    for (let i = 0; i < rows; i++) {
      const variable = i32[basic + i];
      if (variable >= 0) {
        this.#basicLower[i] = t.columnLower[variable];
        this.#basicUpper[i] = t.columnUpper[variable];
        this.#basicValue[i] = f64[columnValue + variable];
        this.#basicSign[i] = 1;
        // The incoming state's are the only columns whose bounds move; basic, they may not move at all.
        const s = variable - t.layout.storageIn;
        if (s >= 0 && s < t.layout.states) {
          this.#basicLower[i] = this.#basicValue[i];
          this.#basicUpper[i] = this.#basicValue[i];
        }
      } else {
        const row = -1 - variable;
        const cut = row - t.layout.rows;
        if (row < t.layout.randomRows) {
          this.#rowIsBasic[row] = 1;
          this.#basicLower[i] = this.#baseRhs[row];
          this.#basicUpper[i] = this.#baseRhs[row];
        } else {
          this.#basicLower[i] = cut >= 0 ? this.#cutLower[cut] : t.rowLower[row];
          this.#basicUpper[i] = cut >= 0 ? Infinity : t.rowUpper[row];
        }
        this.#basicValue[i] = f64[rowValue + row];
        // The solver's logical variable of a row is minus the row's activity.
        this.#basicSign[i] = -1;
      }
    }
    this.#basisRead = true;
  }

  /**
   * Tests whether the basis at hand stays primal feasible for another right-hand side: basic values move by
   * B^-1 (difference). Its duals do not change, so the optimum moves by duals times difference.
   */
  #answerFromBasis(rhs: Float64Array, offset: number): boolean {
    const { fn } = this.#runtime;
    const io = this.#io;
    const { randomRows } = this.layout;
    if (!this.#basisRead) this.#readBasics();
    const f64 = this.#runtime.doubles;
    const difference = io.solveRhs / BYTES_PER_DOUBLE;
    const dual = io.rowDual / BYTES_PER_DOUBLE;
    let change = 0;
    for (let r = 0; r < randomRows; r++) {
      const delta = rhs[offset + r] - this.#baseRhs[r];
      // A basic random row would have to follow its moving bounds by itself: leave that to the simplex.
      if (delta !== 0 && this.#rowIsBasic[r] === 1) {
        f64.fill(0, difference, difference + r);
        return false;
      }
      f64[difference + r] = delta;
      change += delta * f64[dual + r];
    }
    const status = fn._Highs_getBasisSolve(this.#highs, io.solveRhs, io.solveSolution, 0, 0);
    const after = this.#runtime.doubles;
    after.fill(0, difference, difference + randomRows);
    if (status < 0) return false;
    const move = io.solveSolution / BYTES_PER_DOUBLE;
    const rows = this.rows;
    const lower = this.#basicLower;
    const upper = this.#basicUpper;
    const value = this.#basicValue;
    const sign = this.#basicSign;
    for (let i = 0; i < rows; i++) {
      const moved = value[i] + sign[i] * after[move + i];
      if (moved < lower[i] - BUNCHING_TOLERANCE || moved > upper[i] + BUNCHING_TOLERANCE) return false;
    }
    this.objective = (this.#baseObjective + change) / this.#template.costScale;
    this.#counters.bunched++;
    return true;
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
      out[offset + h] = this.#baseRhs[inflowRow + h] + remembered(memory, h, this.#state, hydros);
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

function crash(cause: unknown, place: SolverErrorPlace): SolverError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new SolverError(
    `the solver crashed in stage ${place.stage}: ${why}`,
    { ...place, status: 'Crashed' },
    'It may have run out of its 32-bit memory: use fewer forward passes or iterations, so that there are fewer cuts.',
  );
}

function solverError(status: number, place: SolverErrorPlace, suspects: readonly string[]): SolverError {
  const word = statusWord(status);
  const where = [
    `stage ${place.stage}`,
    place.iteration === null ? '' : `iteration ${place.iteration}`,
    place.scenario === null ? '' : `scenario ${place.scenario}`,
    place.opening === null ? '' : `opening ${place.opening}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
  const isInfeasible = status === ModelStatus.infeasible || status === ModelStatus.unboundedOrInfeasible;
  const suggestion = isInfeasible && suspects.length > 0 ? suspects.join(' ') : EXTREME_NUMBERS;
  return new SolverError(`the linear program of ${where} ended as ${word}`, { ...place, status: word }, suggestion);
}
