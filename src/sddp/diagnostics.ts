import { COUNTER_SIZE, type SolverCounters, unpackCounters } from '../lp/solver-counters.js';

/** Parts of an iteration in which stage problems are solved, in their order. */
export const SOLVER_PHASES = ['forward', 'backward', 'lower_bound'] as const;
export type SolverPhase = (typeof SOLVER_PHASES)[number];

/**
 * What the solvers of all ranks did in an iteration: counters of (phase p, stage t) at `(p * stages + t) * COUNTER_SIZE`, as
 * `packCounters` writes them.
 */
export interface SolverIteration {
  readonly iteration: number;
  readonly stages: number;
  readonly packed: Float64Array;
}

/** The counters of a phase of an iteration at a stage. */
export function countersAt({ stages, packed }: SolverIteration, phase: number, stage: number): SolverCounters {
  return unpackCounters(packed, (phase * stages + stage) * COUNTER_SIZE);
}

/** Where the time of an iteration went [ms]. Walls and collectives are rank 0's. */
export interface TimingRecord {
  readonly iteration: number;
  readonly forward: PassTiming;
  readonly backward: PassTiming;
  /** Rank 0 in handing cuts over to its solver in the backward pass. */
  readonly cutBatchMs: number;
  /** Selecting cuts, between the backward pass and the lower bound. */
  readonly selectionMs: number;
  readonly lowerBoundMs: number;
  readonly totalMs: number;
}

export interface PassTiming {
  /** Wall-clock, collectives included. */
  readonly wallMs: number;
  /** Exchanging results and waiting for other ranks. */
  readonly exchangeMs: number;
  /** Sum over ranks of what they did beside solving. */
  readonly setupMs: number;
  /** How much longer the busiest rank worked than the mean of all. */
  readonly imbalanceMs: number;
  /** How much longer the pass took than the busiest rank worked. */
  readonly schedulingMs: number;
}

/** What cut selection did at a stage in an iteration in which it ran. */
export interface CutSelectionRecord {
  readonly iteration: number;
  readonly stage: number;
  /** Cuts there are, taken out ones included. */
  readonly populated: number;
  readonly activeBefore: number;
  readonly deactivated: number;
  readonly activeAfter: number;
  readonly selectionMs: number;
  /** Cuts taken out because there were too many, and those left; `null` where there is no such limit. */
  readonly budgetEvicted: number | null;
  readonly activeAfterBudget: number | null;
}

/** Least and greatest absolute value of what is not 0; 0 where all is. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
}

/** Range of a stage problem's matrix coefficients and right-hand sides, those of all openings included. */
export interface StageScaling {
  readonly stage: number;
  readonly coefficients: ValueRange;
  readonly rightHandSides: ValueRange;
}

/** How a training went beside what it found. Of the iterations since the start or the resumption. */
export interface TrainingDiagnostics {
  readonly timing: readonly TimingRecord[];
  readonly solver: readonly SolverIteration[];
  readonly scaling: readonly StageScaling[];
  /** `null` where cuts are not selected. */
  readonly cutSelection: readonly CutSelectionRecord[] | null;
}
