import type { Comm } from '../comm/communicator.js';
import { COUNTER_SIZE, packCounters } from '../lp/solver-counters.js';
import {
  type CutSelectionRecord,
  countersAt,
  type PassTiming,
  SOLVER_PHASES,
  type SolverIteration,
  type SolverPhase,
  type TimingRecord,
  type TrainingDiagnostics,
} from './diagnostics.js';
import type { StageProblems } from './stage-problems.js';
import { stageScalings } from './stage-scaling.js';
import type { StageSolvers } from './stage-solvers.js';

/** What each rank reports of a pass: wall-clock, of it in collectives, of it inside the solver. */
const PASS_FIELDS = 3;
const PASSES = 2;

/**
 * Keeps account of what solvers did and where time went, iteration by iteration. Nothing of it has any part in what the
 * training finds. A handful of sums for each stage and phase: no measurable part of the time of an iteration.
 */
export class TrainingLedger {
  readonly #comm: Comm;
  readonly #problems: StageProblems;
  readonly #solvers: StageSolvers;
  readonly #timing: TimingRecord[] = [];
  readonly #solver: SolverIteration[] = [];
  #selection: CutSelectionRecord[] | null = null;
  #selectionMs = 0;
  /** Counters of all stages as they were when the phase began, and what was added in each phase. */
  readonly #before: Float64Array;
  readonly #now: Float64Array;
  readonly #phases: Float64Array;
  readonly #passes = new Float64Array(PASSES * PASS_FIELDS);
  readonly #ends = new Float64Array(SOLVER_PHASES.length);
  #began = 0;
  #exchanged = 0;

  constructor(comm: Comm, problems: StageProblems, solvers: StageSolvers) {
    this.#comm = comm;
    this.#problems = problems;
    this.#solvers = solvers;
    this.#before = new Float64Array(problems.stages * COUNTER_SIZE);
    this.#now = new Float64Array(problems.stages * COUNTER_SIZE);
    this.#phases = new Float64Array(SOLVER_PHASES.length * problems.stages * COUNTER_SIZE);
  }

  /** An iteration begins. */
  begin(): void {
    this.#snapshot(this.#before);
    this.#began = performance.now();
    this.#exchanged = 0;
    this.#selectionMs = 0;
  }

  /** A phase ends. `exchangeMs`: what this rank has spent in collectives since the iteration began. */
  endPhase(phase: SolverPhase, exchangeMs: number): void {
    const p = SOLVER_PHASES.indexOf(phase);
    const now = performance.now();
    const began = p === 0 ? this.#began : this.#ends[p - 1];
    this.#ends[p] = now;
    this.#snapshot(this.#now);
    const first = p * this.#now.length;
    for (let i = 0; i < this.#now.length; i++) this.#phases[first + i] = this.#now[i] - this.#before[i];
    this.#before.set(this.#now);
    if (p < PASSES) {
      const own = { iteration: 0, stages: this.#problems.stages, packed: this.#phases };
      let solveMs = 0;
      for (let t = 0; t < this.#problems.stages; t++) solveMs += countersAt(own, p, t).solveMs;
      const selectionMs = p === 1 ? this.#selectionMs : 0;
      this.#passes.set([now - began - selectionMs, exchangeMs - this.#exchanged, solveMs], p * PASS_FIELDS);
    }
    this.#exchanged = exchangeMs;
  }

  /** What cut selection did, and its wall-clock [ms]; it is part of the backward pass. */
  select(records: readonly CutSelectionRecord[], ms: number): void {
    this.#selectionMs += ms;
    if (this.#comm.rank !== 0) return;
    this.#selection ??= [];
    this.#selection.push(...records);
  }

  /** The iteration is over: what all ranks did is summed up on rank 0. Collective. */
  collect(iteration: number): void {
    const { size, rank } = this.#comm;
    const cutBatchMs = this.#cutBatchMs();
    const packed = new Float64Array(this.#phases.length);
    this.#comm.allreduce(this.#phases, packed, 'sum');
    const width = PASSES * PASS_FIELDS;
    const all = new Float64Array(size * width);
    const counts = new Array<number>(size).fill(width);
    this.#comm.allgatherv(
      this.#passes,
      all,
      counts,
      counts.map((n, r) => n * r),
    );
    if (rank !== 0) return;
    this.#solver.push({ iteration, stages: this.#problems.stages, packed });
    this.#timing.push({
      iteration,
      forward: passTiming(all, size, 0),
      backward: passTiming(all, size, 1),
      cutBatchMs,
      selectionMs: this.#selectionMs,
      lowerBoundMs: this.#ends[2] - this.#ends[1],
      totalMs: this.#ends[2] - this.#began,
    });
  }

  #cutBatchMs(): number {
    const own = { iteration: 0, stages: this.#problems.stages, packed: this.#phases };
    let ms = 0;
    for (let t = 0; t < this.#problems.stages; t++) ms += countersAt(own, 1, t).cutsMs;
    return ms;
  }

  diagnostics(): TrainingDiagnostics {
    return {
      timing: this.#timing,
      solver: this.#solver,
      scaling: this.#comm.rank === 0 ? stageScalings(this.#problems) : [],
      cutSelection: this.#selection,
    };
  }

  #snapshot(into: Float64Array): void {
    this.#solvers.byStage.forEach((counters, t) => {
      packCounters(counters, into, t * COUNTER_SIZE);
    });
  }
}

/** Sums up pass `p` of all ranks: `all[(rank * PASSES + p) * PASS_FIELDS ..]`. */
function passTiming(all: Float64Array, ranks: number, p: number): PassTiming {
  const at = (rank: number) => (rank * PASSES + p) * PASS_FIELDS;
  let setupMs = 0;
  let workedMs = 0;
  let longestMs = 0;
  for (let r = 0; r < ranks; r++) {
    const worked = all[at(r)] - all[at(r) + 1];
    setupMs += Math.max(0, worked - all[at(r) + 2]);
    workedMs += worked;
    longestMs = Math.max(longestMs, worked);
  }
  const wallMs = all[at(0)];
  return {
    wallMs,
    exchangeMs: all[at(0) + 1],
    setupMs,
    imbalanceMs: Math.max(0, longestMs - workedMs / ranks),
    schedulingMs: Math.max(0, wallMs - longestMs),
  };
}
