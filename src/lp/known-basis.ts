import type { CutRows } from './cut-rows.js';
import type { Exchange } from './exchange.js';
import { BYTES_PER_DOUBLE, BYTES_PER_INTEGER, type HighsRuntime, type Pointer } from './highs-runtime.js';
import type { StageTemplate } from './stage-template.js';

/**
 * How far outside its bounds a basic variable may lie for a known basis to count as feasible. A hundredth of the
 * solver's own tolerance: what is accepted here without a solve is never worse than what a solve would accept.
 */
const BUNCHING_TOLERANCE = 1e-9;

/**
 * The basis that a model's last simplex solve ended with, and other right-hand sides that can be answered from it without
 * running the simplex: Wets' bunching.
 */
export class KnownBasis {
  /** Right-hand sides of the last simplex solve, to which bunching adds differences. */
  readonly rhs: Float64Array;
  /** Optimal value of the last answer, as the model scales costs. */
  objective = 0;
  readonly #runtime: HighsRuntime;
  readonly #template: StageTemplate;
  readonly #io: Exchange;
  readonly #cuts: CutRows;
  /** True while the solver holds the factors of an optimal basis of this unit. */
  #factored = false;
  #read = false;
  #solvedObjective = 0;
  #lower = new Float64Array(0);
  #upper = new Float64Array(0);
  #value = new Float64Array(0);
  #sign = new Float64Array(0);
  readonly #rowIsBasic: Uint8Array;

  constructor(runtime: HighsRuntime, template: StageTemplate, io: Exchange, cuts: CutRows) {
    this.#runtime = runtime;
    this.#template = template;
    this.#io = io;
    this.#cuts = cuts;
    this.rhs = new Float64Array(template.layout.randomRows);
    this.#rowIsBasic = new Uint8Array(template.layout.randomRows);
  }

  /** The model has changed, or its solver has been cleared. */
  forget(): void {
    this.#factored = false;
  }

  /** The simplex has found the optimum of `rhs`, whose solution lies in the exchange. */
  learn(objective: number): void {
    this.#solvedObjective = objective;
    this.objective = objective;
    this.#factored = true;
    this.#read = false;
  }

  /**
   * Tests whether the basis at hand stays primal feasible for another right-hand side: basic values move by
   * B^-1 (difference). Its duals do not change, so the optimum moves by duals times difference: `objective` then.
   */
  answers(highs: Pointer, rhs: Float64Array, offset: number): boolean {
    if (!this.#factored) return false;
    if (!this.#read) this.#readBasics(highs);
    const { fn } = this.#runtime;
    const io = this.#io;
    const { randomRows, rows: templateRows } = this.#template.layout;
    const f64 = this.#runtime.doubles;
    const base = this.rhs;
    const rowIsBasic = this.#rowIsBasic;
    const difference = io.solveRhs / BYTES_PER_DOUBLE;
    const dual = io.rowDual / BYTES_PER_DOUBLE;
    let change = 0;
    for (let r = 0; r < randomRows; r++) {
      const delta = rhs[offset + r] - base[r];
      // A basic random row would have to follow its moving bounds by itself: leave that to the simplex.
      if (delta !== 0 && rowIsBasic[r] === 1) {
        f64.fill(0, difference, difference + r);
        return false;
      }
      f64[difference + r] = delta;
      change += delta * f64[dual + r];
    }
    const status = fn._Highs_getBasisSolve(highs, io.solveRhs, io.solveSolution, 0, 0);
    const after = this.#runtime.doubles;
    after.fill(0, difference, difference + randomRows);
    if (status < 0) return false;
    const move = io.solveSolution / BYTES_PER_DOUBLE;
    const rows = templateRows + this.#cuts.count;
    const lower = this.#lower;
    const upper = this.#upper;
    const value = this.#value;
    const sign = this.#sign;
    for (let i = 0; i < rows; i++) {
      const moved = value[i] + sign[i] * after[move + i];
      if (moved < lower[i] - BUNCHING_TOLERANCE || moved > upper[i] + BUNCHING_TOLERANCE) return false;
    }
    this.objective = this.#solvedObjective + change;
    return true;
  }

  /** Reads which variables are basic, their values and bounds, once per simplex solve. */
  #readBasics(highs: Pointer): void {
    const { fn } = this.#runtime;
    const io = this.#io;
    const t = this.#template;
    const rows = t.layout.rows + this.#cuts.count;
    fn._Highs_getBasicVariables(highs, io.basicVariables);
    const i32 = this.#runtime.integers;
    const f64 = this.#runtime.doubles;
    const basic = io.basicVariables / BYTES_PER_INTEGER;
    const columnValue = io.columnValue / BYTES_PER_DOUBLE;
    const rowValue = io.rowValue / BYTES_PER_DOUBLE;
    if (this.#value.length < rows) {
      this.#lower = new Float64Array(io.rowCapacity);
      this.#upper = new Float64Array(io.rowCapacity);
      this.#value = new Float64Array(io.rowCapacity);
      this.#sign = new Float64Array(io.rowCapacity);
    }
    const lower = this.#lower;
    const upper = this.#upper;
    const value = this.#value;
    const sign = this.#sign;
    const cutLower = this.#cuts.lower;
    this.#rowIsBasic.fill(0);
    for (let i = 0; i < rows; i++) {
      const variable = i32[basic + i];
      if (variable >= 0) {
        lower[i] = t.columnLower[variable];
        upper[i] = t.columnUpper[variable];
        value[i] = f64[columnValue + variable];
        sign[i] = 1;
        // The incoming state's are the only columns whose bounds move; basic, they may not move at all.
        const s = variable - t.layout.storageIn;
        if (s >= 0 && s < t.layout.states) {
          lower[i] = value[i];
          upper[i] = value[i];
        }
      } else {
        const row = -1 - variable;
        const cut = row - t.layout.rows;
        if (row < t.layout.randomRows) {
          this.#rowIsBasic[row] = 1;
          lower[i] = this.rhs[row];
          upper[i] = this.rhs[row];
        } else {
          lower[i] = cut >= 0 ? cutLower[cut] : t.rowLower[row];
          upper[i] = cut >= 0 ? Infinity : t.rowUpper[row];
        }
        value[i] = f64[rowValue + row];
        // The solver's logical variable of a row is minus the row's activity.
        sign[i] = -1;
      }
    }
    this.#read = true;
  }
}
