import { BYTES_PER_DOUBLE, BYTES_PER_INTEGER, type HighsRuntime, type Pointer } from './highs-runtime.js';
import type { StageLayout } from './stage-layout.js';

/** Arrays in the solver's memory that calls read from and write to: allocated once, grown with the rows. */
export class Exchange {
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
