import type { CutArrays } from '../lp/cut-rows.js';
import type { HighsRuntime } from '../lp/highs-runtime.js';
import { COUNTER_SIZE, newCounters, packCounters, type SolverCounters, unpackCounters } from '../lp/solver-counters.js';
import { StageSolver } from '../lp/stage-solver.js';
import type { StageProblems } from './stage-problems.js';

/** Where the cuts come from that stage models must hold. */
export interface CutSource {
  /** Cuts in the stage's problem. */
  count(stage: number): number;
  cuts(stage: number): CutArrays;
  /** Their slots in the order of their rows; `null` where these are 0, 1, 2, ... */
  slots(stage: number): Int32Array | null;
  /** Changes whenever cuts are taken out of the stage. */
  generation(stage: number): number;
}

/**
 * Bytes of solver memory that a model takes per row, column and nonzero, factors and work arrays included. Read off
 * the growth of the solver's memory while models of 100 to 2000 rows were loaded; rounded up.
 */
const BYTES_PER_ROW_OR_COLUMN = 2_000;
const BYTES_PER_NONZERO = 120;

/** The solver's address space is 32 bits; what is left serves the solves themselves. */
const DEFAULT_SOLVER_BYTES = 1.5 * 2 ** 30;

/**
 * One rank's stage models: persistent, one per stage, as many as fit into the memory budget. Beyond it the one that
 * was used longest ago is given up and rebuilt when needed, which costs time and changes no bits.
 */
export class StageSolvers {
  /** What was done at each stage. */
  readonly byStage: readonly SolverCounters[];
  /** Models given up for want of memory. */
  evictions = 0;
  readonly #runtime: HighsRuntime;
  readonly #problems: StageProblems;
  readonly #source: CutSource;
  readonly #budget: number;
  /** In order of use, latest last. */
  readonly #resident = new Map<number, StageSolver>();
  /** By stage: the generation of the cuts in its model. */
  readonly #generations: number[] = [];

  constructor(runtime: HighsRuntime, problems: StageProblems, source: CutSource, budget = DEFAULT_SOLVER_BYTES) {
    this.#runtime = runtime;
    this.#problems = problems;
    this.#source = source;
    this.#budget = budget;
    this.byStage = problems.templates.map(() => newCounters());
  }

  /** What was done at all stages. */
  get counters(): SolverCounters {
    const one = new Float64Array(COUNTER_SIZE);
    const all = new Float64Array(COUNTER_SIZE);
    for (const counters of this.byStage) {
      packCounters(counters, one, 0);
      for (let f = 0; f < COUNTER_SIZE; f++) all[f] += one[f];
    }
    return unpackCounters(all, 0);
  }

  /** The model of a stage with all its cuts. */
  get(stage: number): StageSolver {
    let solver = this.#resident.get(stage);
    const wanted = this.#source.count(stage);
    if (solver !== undefined && this.#generations[stage] !== this.#source.generation(stage)) {
      // Built anew rather than with rows deleted: a model must not depend on when this rank first built it.
      solver.dispose();
      this.#resident.delete(stage);
      solver = undefined;
    }
    if (solver !== undefined && solver.cutRows === wanted) {
      if (this.#resident.size > 1) this.#touch(stage, solver);
      return solver;
    }
    this.#makeRoom(stage);
    solver ??= new StageSolver(this.#runtime, this.#problems.templates[stage], this.byStage[stage]);
    this.#touch(stage, solver);
    this.#generations[stage] = this.#source.generation(stage);
    solver.appendCuts(this.#source.cuts(stage), solver.cutRows, wanted, this.#source.slots(stage));
    return solver;
  }

  #touch(stage: number, solver: StageSolver): void {
    this.#resident.delete(stage);
    this.#resident.set(stage, solver);
  }

  #bytes(stage: number): number {
    const { layout, value } = this.#problems.templates[stage];
    const cuts = this.#source.count(stage);
    return (
      (layout.rows + layout.columns + cuts) * BYTES_PER_ROW_OR_COLUMN +
      (value.length + cuts * (layout.states + layout.hydros + 1)) * BYTES_PER_NONZERO
    );
  }

  #makeRoom(stage: number): void {
    let total = this.#bytes(stage);
    for (const other of this.#resident.keys()) if (other !== stage) total += this.#bytes(other);
    for (const [other, solver] of this.#resident) {
      if (total <= this.#budget) return;
      if (other === stage) continue;
      solver.dispose();
      this.#resident.delete(other);
      this.evictions++;
      total -= this.#bytes(other);
    }
  }

  dispose(): void {
    for (const solver of this.#resident.values()) solver.dispose();
    this.#resident.clear();
  }
}
