import type { Cvar } from '../case/study.js';

/** What training and simulation hand to whoever writes or shows it. Plain data throughout. */

import type { TrainingDiagnostics } from './diagnostics.js';

export type { GenericSlacks, ScenarioResult } from './scenario-result.js';

/** One line of the convergence history. Costs in $, present value at stage 0. */
export interface IterationRecord {
  /** One-based. */
  readonly iteration: number;
  readonly lowerBound: number;
  /** Mean cost of this iteration's trajectories, and its sample standard deviation (0 with one trajectory). */
  readonly upperBoundMean: number;
  readonly upperBoundStd: number;
  /** Standard error of the mean, `std / sqrt(trajectories)`; `null` where there is one trajectory of many that could be. */
  readonly upperBoundStdError: number | null;
  /** Of that mean, what the policy takes for the cost after the end of the trajectories in an endless horizon; else `null`. */
  readonly costToGoMean: number | null;
  /** `100 (upper - lower) / lower`; `null` when the lower bound is not positive, and where `meansGap` says that there is none. */
  readonly gapPercent: number | null;
  /** Upper bound by inner approximation, without sampling; `null` where none was computed after this iteration. */
  readonly deterministicUpperBound: number | null;
  readonly cutsAdded: number;
  readonly cutsRemoved: number;
  readonly cutsActive: number;
  readonly forwardPasses: number;
  /** Linear programs of all ranks, those answered from a known basis included. */
  readonly lpSolves: number;
  readonly timeForwardMs: number;
  readonly timeBackwardMs: number;
  readonly timeLowerBoundMs: number;
  readonly timeTotalMs: number;
}

/** What one rank did in one iteration. Times are this rank's wall-clock [ms]. */
export interface RankIterationRecord {
  readonly iteration: number;
  readonly rank: number;
  readonly forwardMs: number;
  readonly backwardMs: number;
  /** Inside the solver, exchanging results, and waiting for other ranks. */
  readonly solveMs: number;
  readonly exchangeMs: number;
  readonly waitMs: number;
  readonly lpSolves: number;
  /** Of those, answered from an already known basis without running the simplex. */
  readonly lpBunched: number;
  readonly simplexIterations: number;
  readonly trajectories: number;
}

export type TerminationReason =
  | 'iteration_limit'
  | 'time_limit'
  | 'bound_stalling'
  /** The stopping rule `simulation`, named as Cobre names it. */
  | 'simulation_based'
  /** All rules of stopping mode `all` hold. */
  | 'all_rules'
  | 'interrupted';

/** The cuts of one stage's cost-to-go: `theta >= intercept[i] + sum_s gradient[i * states + s] x_s`, in $, $/hm3 and $/(m3/s). */
export interface StageCuts {
  readonly count: number;
  readonly intercept: Float64Array;
  readonly gradient: Float64Array;
  /** One-based iteration and zero-based trajectory that made each cut; 0 and the slot for cuts of a warm start. */
  readonly iteration: Int32Array;
  readonly trajectory: Int32Array;
  /** By slot: the opening of the next stage whose cost the cut bounds, or -1 for that of all; `null` where all are -1. */
  readonly opening: Int32Array | null;
  /** By slot: 1 where the cut is in the stage problem, 0 where it was taken out; `null` where all are in. */
  readonly active: Uint8Array | null;
  /** How many of the first slots hold cuts that the training was started with (`policy.mode` `warm_start`). */
  readonly warmStart: number;
}

/** Upper bounds on one stage's cost-to-go at some states; between them it is convex, and no steeper than `lipschitz`. */
export interface StageVertices {
  readonly count: number;
  /** `[vertex * states + s]` */
  readonly states: Float64Array;
  /** [$] */
  readonly value: Float64Array;
  /** One-based iteration and zero-based trajectory that came to each state first. */
  readonly iteration: Int32Array;
  readonly trajectory: Int32Array;
  /** By state variable: Lipschitz constant [$/hm3, $/(m3/s)]. */
  readonly lipschitz: Float64Array;
}

/** A simplex basis in HiGHS' codes: 0 lower, 1 basic, 2 upper, 3 zero, 4 nonbasic. Cut rows come last. */
export interface StageBasis {
  readonly columns: Uint8Array;
  readonly rows: Uint8Array;
  readonly cutRows: number;
}

/** What decides a training's course beside the case: trainings of one course differ only in where they stop. */
export interface TrainingCourse {
  /** Changes whenever the same input leads to other bits (`COURSE_VERSION`). */
  readonly version: number;
  readonly forwardPasses: number;
  readonly treeSeed: number;
  readonly forwardSeed: number;
  /** Digest of the policy whose cuts the training began with, or `null`. */
  readonly warmStart: string | null;
  /** Digest of the cost-to-go that `policy.boundary` names, or `null`. */
  readonly boundary: string | null;
  readonly cutFormulation: 'single' | 'multi';
  /** How cuts are selected, in words that differ where it differs; empty where they are not. */
  readonly cutSelection: string;
  /** Where the scenarios of the forward passes come from, in words; empty where all are openings of the tree. */
  readonly scenarioSource: string;
}

/** Trial points of earlier iterations. */
export interface VisitedStates {
  /** By point, ascending: the one-based iteration that visited it. */
  readonly iteration: Int32Array;
  /** By stage: the states at its end, `[point * states + s]`. */
  readonly states: readonly Float64Array[];
}

/** The basis of every (slot, stage) after a forward pass: where the units of work of the next iteration start. */
export interface StoredBases {
  readonly slots: number;
  /** By stage: rows that its bases know; columns come before them. 0 before the first forward pass. */
  readonly rows: Int32Array;
  /** By stage: `slots` bases, one after the other, columns then rows, in HiGHS' codes. */
  readonly statuses: readonly Uint8Array[];
}

/** What a stopping rule of type `simulation` found. */
export interface SimulationCheck {
  /** Its position among the stopping rules. */
  readonly rule: number;
  readonly iteration: number;
  readonly replications: number;
  /** By stage: mean cost [$], undiscounted. */
  readonly costs: readonly number[];
  /** Of these costs from those of the check before; `null` for the first one. */
  readonly distance: number | null;
}

/** What a training needs beside its cuts to go on with the bits of one that never stopped. */
export interface TrainingState {
  readonly course: TrainingCourse;
  /** One record a completed iteration. */
  readonly history: readonly IterationRecord[];
  readonly bases: StoredBases;
  /** What the selection of cuts goes by; `null` where it needs none. */
  readonly visited: VisitedStates | null;
  /** Trial points that the inner approximation has no vertex for yet; `null` where there is none. */
  readonly waiting: VisitedStates | null;
  /** What the stopping rules of type `simulation` found last. */
  readonly simulations: readonly SimulationCheck[];
}

/** How a policy's costs-to-go are put together where they are split by the openings of the next stage. By stage. */
export interface SplitFuture {
  /** Number of those openings; 0 where the cost-to-go is not split, as at the last stage. */
  readonly openings: readonly number[];
  /** The measure that makes one cost of theirs; `null` is the expectation. */
  readonly cvar: readonly (Cvar | null)[];
}

/** A trained policy as data: everything a simulation or a later training needs. */
export interface PolicyData {
  readonly caseName: string;
  readonly studyHash: string;
  /** Number of state variables: one storage a hydro [hm3], in the order of the hydros, then the memory of inflow [m3/s]. */
  readonly stateDimension: number;
  /** Ids of those hydros; `null` in a policy that does not tell. */
  readonly hydroIds: readonly number[] | null;
  /**
   * Cuts of stages 0..T-1. In a finite horizon the last stage has none but those of a boundary: the cost-to-go of another
   * policy, which holds there.
   */
  readonly cuts: readonly StageCuts[];
  /** Of a policy with cuts of single openings; `null` of one whose cuts are all of all openings. */
  readonly splitFuture: SplitFuture | null;
  /** By stage: the least that its cost-to-go can be [$]; where it is not told, 0. */
  readonly futureFloors?: readonly number[];
  /** Length of each stage [h], which is how long the places of the memory of inflow are; not told by earlier versions. */
  readonly stageHours?: readonly number[];
  /** Whether it began with cuts of another problem, which need not hold here; not told by earlier versions. */
  readonly foreignCuts?: boolean;
  /** By stage: vertices of the inner approximation; `null` of a policy without. */
  readonly vertices: readonly StageVertices[] | null;
  /** A starting basis a stage, or `null` where none is known. */
  readonly bases: readonly (StageBasis | null)[];
  readonly completedIterations: number;
  readonly lowerBound: number;
  /** `null` where nothing bounds the optimum from above. */
  readonly upperBound: number | null;
  readonly forwardPasses: number;
  readonly seed: number;
  /** What the training can be resumed from; `null` where it was not kept. */
  readonly training: TrainingState | null;
}

export interface TrainingOutcome {
  readonly policy: PolicyData;
  /** All iterations, those before a resumption included. */
  readonly history: readonly IterationRecord[];
  /** Of the iterations since the start or the resumption. */
  readonly ranks: readonly RankIterationRecord[];
  /** Trial points of the iterations since the start or the resumption; `null` where they are not to be exported. */
  readonly visited: VisitedStates | null;
  /** Rank 0's. */
  readonly diagnostics: TrainingDiagnostics;
  readonly terminationReason: TerminationReason;
  /** Version of the LP solver. */
  readonly solverVersion: string;
  readonly wallTimeMs: number;
}

/** Costs of all scenarios, by scenario index. */
export interface SimulationOutcome {
  readonly scenarios: number;
  /** `[scenario]`, discounted to stage 0 [$]. */
  readonly totalCost: Float64Array;
  readonly meanCost: number;
  /** Of that mean, what the policy takes for the cost after the last stage of an endless horizon; else `null`. */
  readonly meanCostToGo: number | null;
  /** Sample standard deviation; 0 with one scenario. */
  readonly stdCost: number;
  readonly wallTimeMs: number;
}
