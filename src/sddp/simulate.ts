import type { Study } from '../case/study.js';
import type { Comm } from '../comm/communicator.js';
import { CobreError } from '../errors.js';
import type { HighsRuntime } from '../lp/highs-runtime.js';
import { withVertices } from '../lp/vertex-template.js';
import { Blackboard, publish } from './blackboard.js';
import { sampleStatistics } from './bounds.js';
import { activeSlotsOf } from './cut-pool.js';
import { finishSteps } from './finish-steps.js';
import { endOf, type FutureEnd, isSplit } from './future-end.js';
import { HeadFollower } from './head-follower.js';
import type { PolicyData, ScenarioResult, SimulationOutcome } from './outcome.js';
import { PathNoise } from './path-noise.js';
import { ScenarioRecorder } from './scenario-recorder.js';
import { buildStageProblems, type StageProblems, stateSize } from './stage-problems.js';
import { type CutSource, StageSolvers } from './stage-solvers.js';
import { WorkQueue } from './work-queue.js';

export interface SimulateHooks {
  /**
   * Called on the rank that simulated the scenario, in no particular order. What is given lasts for the call: the next
   * scenario is recorded in the same arrays.
   */
  readonly onScenario?: (result: ScenarioResult) => void;
  /**
   * Called on every rank when all have come to the end of a block of scenarios, with how many it has completed itself and
   * how many all have. May be collective.
   */
  readonly onBlockEnd?: (own: number, all: number) => void;
  /** Called on every rank after each of its scenarios with the number that it has completed. */
  readonly onProgress?: (completed: number) => void;
  /** Asked before each scenario; once true, the rank takes no further one, and no rank begins another block. */
  readonly stopRequested?: () => boolean;
  readonly solverBytes?: number;
}

/**
 * A simulation's costs and how many of the scenarios were simulated (all, unless it was stopped). Costs of the others
 * are NaN; mean and standard deviation are of those that were.
 */
export interface SimulationRun extends SimulationOutcome {
  readonly completed: number;
}

/** Refuses a policy that was trained on another system. */
export function checkPolicy(study: Study, policy: PolicyData, states = stateSize(study)): void {
  if (policy.cuts.length !== study.stages.length || policy.stateDimension !== states) {
    throw new CobreError(
      'PolicyMismatch',
      `the policy has ${policy.cuts.length} stages and ${policy.stateDimension} states, the case has ${study.stages.length} and ${states}`,
      { field: 'policy', suggestion: 'Train a policy on this case first.' },
    );
  }
  if (policy.studyHash !== study.hash) {
    throw new CobreError('PolicyMismatch', `the policy was trained on other data than the case "${study.name}"`, {
      field: 'policy',
      value: policy.studyHash,
      suggestion: 'Train again, or restore the case that the policy was trained on.',
      context: { expected: study.hash },
    });
  }
  if (study.config.policy.boundary !== null && endOf(policy, study) === null) {
    throw new CobreError('PolicyMismatch', 'the policy was trained without what comes after the last stage', {
      field: 'policy.boundary',
      value: study.config.policy.boundary.path,
      suggestion: 'Train the policy with this policy.boundary, or leave it out of config.json.',
    });
  }
}

/** Refuses bases of another layout of the stage problems, as another version of this package may have written them. */
function checkBases(problems: StageProblems, policy: PolicyData): void {
  problems.templates.forEach(({ layout }, t) => {
    const basis = policy.bases[t] ?? null;
    if (basis === null) return;
    const rows = basis.rows.length - basis.cutRows;
    const cuts = activeSlotsOf(policy.cuts[t]).length;
    const fits = basis.columns.length === layout.columns && rows === layout.rows && basis.cutRows <= cuts;
    if (fits) return;
    throw new CobreError('PolicyMismatch', `the policy's basis of stage ${t} does not fit the stage problem`, {
      field: 'policy',
      suggestion: 'Train the policy anew with this version.',
      context: { stage: t },
    });
  });
}

/**
 * Follows a policy through `scenarios` paths, by the scenario source of the simulation. A unit of work is one scenario; each stage
 * starts from the policy's own basis, so a scenario's costs depend on nothing but the policy and its number.
 * @throws SolverError, CobreError `PolicyMismatch`
 */
export function simulatePolicy<C extends Comm>(
  comm: C,
  study: Study,
  runtime: HighsRuntime,
  policy: PolicyData,
  scenarios: number,
  hooks: SimulateHooks = {},
): SimulationRun {
  return finishSteps(simulateSteps(comm, study, runtime, policy, scenarios, hooks));
}

/** Scenarios of a block where there are few ranks, and of each rank's share where there are many. */
const BLOCK = 64;
const BLOCK_SHARE = 8;

/**
 * The same, a scenario at a time: for a caller who must do other things in between. Scenarios are handed out in
 * blocks, so that memory and what ranks hold back from each other do not grow with their number.
 */
export function* simulateSteps<C extends Comm>(
  comm: C,
  study: Study,
  runtime: HighsRuntime,
  policy: PolicyData,
  scenarios: number,
  hooks: SimulateHooks = {},
): Generator<void, SimulationRun> {
  const began = performance.now();
  const outer = study.config.simulation.policyType === 'outer';
  const end = endOf(policy, study);
  const problems = outer ? buildStageProblems(study, isSplit(policy, end), end) : innerProblems(study, policy, end);
  checkPolicy(study, policy, problems.states);
  if (outer) checkBases(problems, policy);
  const solvers = new StageSolvers(
    runtime,
    problems,
    outer ? cutsOf(policy) : endCutsOf(policy, end),
    hooks.solverBytes,
  );
  const recorder = hooks.onScenario === undefined ? null : new ScenarioRecorder(study, problems, solvers.byStage);
  const path = new ScenarioPath(study, problems, solvers, policy, scenarios, recorder);
  const queue = new WorkQueue(comm);
  const length = Math.min(scenarios, Math.max(BLOCK, BLOCK_SHARE * comm.size));
  // Costs of a block's scenarios [$], and in which block each was last written.
  const cost = new Blackboard(comm, Float64Array, length, 1);
  const costToGo = problems.horizon.cycleStart === null ? null : new Blackboard(comm, Float64Array, length, 1);
  const writtenIn = new Blackboard(comm, Int32Array, length, 1);
  const totalCost = new Float64Array(scenarios).fill(Number.NaN);
  const boards = costToGo === null ? [cost, writtenIn] : [cost, costToGo, writtenIn];
  let costToGoSum = 0;
  const stopping = new Int32Array(1);
  let completed = 0;
  let all = 0;
  try {
    for (let block = 1, first = 0; first < scenarios && stopping[0] === 0; block++, first += length) {
      const units = Math.min(length, scenarios - first);
      let stopped = false;
      queue.open(units);
      for (let unit = queue.next(); unit >= 0; unit = queue.next()) {
        stopped = hooks.stopRequested?.() ?? false;
        if (stopped) break;
        cost.data[unit] = path.follow(first + unit);
        if (costToGo !== null) costToGo.data[unit] = path.costAfterEnd;
        writtenIn.data[unit] = block;
        completed++;
        if (recorder !== null) hooks.onScenario?.(recorder.finish(first + unit, cost.data[unit]));
        hooks.onProgress?.(completed);
        yield;
      }
      publish(comm, queue.onDemand, units, ...boards);
      for (let unit = 0; unit < units; unit++) {
        if (writtenIn.data[unit] !== block) continue;
        totalCost[first + unit] = cost.data[unit];
        costToGoSum += costToGo === null ? 0 : costToGo.data[unit];
        all++;
      }
      hooks.onBlockEnd?.(completed, all);
      // Only some of the ranks may have been asked to stop. After this all have read the block, and may write the next.
      comm.allreduce(Int32Array.of(stopped ? 1 : 0), stopping, 'max');
    }
    const costs = totalCost.filter((each) => !Number.isNaN(each));
    const statistics = sampleStatistics(costs, costs.length);
    const run: SimulationRun = {
      scenarios,
      completed: costs.length,
      totalCost,
      meanCost: statistics.mean,
      meanCostToGo: costToGo === null ? null : costToGoSum / costs.length,
      stdCost: statistics.std,
      wallTimeMs: performance.now() - began,
    };
    for (const board of boards) board.release();
    queue.release();
    return run;
  } finally {
    solvers.dispose();
  }
}

/** The stage problems with a policy's vertices as their future. @throws CobreError `PolicyMismatch` when it has none */
function innerProblems(study: Study, { vertices }: PolicyData, end: FutureEnd | null): StageProblems {
  const problems = buildStageProblems(study, false, end);
  const last = problems.stages - 1;
  if (vertices === null || vertices.some(({ count }, t) => count === 0 && t !== last)) {
    throw new CobreError('PolicyMismatch', 'the policy has no vertices to simulate it by its inner approximation', {
      field: 'simulation.policy_type',
      value: 'inner',
      suggestion:
        'Set upper_bound_evaluation.enabled to true (and initial_iteration to an iteration that is reached) and train again, or use policy_type outer.',
    });
  }
  const templates = problems.templates.map((each, t) => (t === last ? each : withVertices(each, vertices[t])));
  return { ...problems, templates };
}

const NO_CUTS: CutSource = {
  count: () => 0,
  cuts: () => ({ intercept: new Float64Array(0), gradient: new Float64Array(0), opening: null }),
  slots: () => null,
  generation: () => 0,
};

/** Only the cuts of what comes after the last stage. */
function endCutsOf(policy: PolicyData, end: FutureEnd | null): CutSource {
  if (end === null) return NO_CUTS;
  const all = cutsOf(policy);
  const last = policy.cuts.length - 1;
  return { ...all, count: (t) => (t === last ? all.count(t) : 0) };
}

/** A policy's active cuts, as models take them. */
function cutsOf(policy: PolicyData): CutSource {
  const slots = policy.cuts.map((cuts) => (cuts.active === null ? null : activeSlotsOf(cuts)));
  return {
    count: (t) => slots[t]?.length ?? policy.cuts[t].count,
    cuts: (t) => policy.cuts[t],
    slots: (t) => slots[t],
    generation: () => 0,
  };
}

/** Follows a policy along one scenario after another, each a function of the policy and its number alone. */
class ScenarioPath {
  readonly #problems: StageProblems;
  readonly #solvers: StageSolvers;
  readonly #recorder: ScenarioRecorder | null;
  readonly #heads: HeadFollower;
  /** By stage: where it starts from, and how many rows that knows. */
  readonly #bases: readonly (Uint8Array | null)[];
  readonly #knownRows: readonly number[];
  readonly #state: Float64Array;
  /** What comes after the last stage of the scenario that was followed last, discounted to stage 0 [$]; 0 if nothing does. */
  costAfterEnd = 0;
  readonly #noise: PathNoise;
  readonly #place = { stage: 0, iteration: null, scenario: 0, opening: null as number | null, status: '' };

  constructor(
    study: Study,
    problems: StageProblems,
    solvers: StageSolvers,
    policy: PolicyData,
    scenarios: number,
    recorder: ScenarioRecorder | null,
  ) {
    this.#problems = problems;
    this.#solvers = solvers;
    this.#recorder = recorder;
    this.#heads = new HeadFollower(study, problems);
    // Bases are of problems with cuts.
    const bases = study.config.simulation.policyType === 'outer' ? policy.bases : policy.bases.map(() => null);
    this.#bases = bases.map((basis) => basis && new Uint8Array([...basis.columns, ...basis.rows]));
    this.#knownRows = bases.map((basis) => basis?.rows.length ?? 0);
    this.#state = new Float64Array(problems.states);
    this.#noise = new PathNoise(problems, 'simulation', scenarios);
  }

  /** Returns the scenario's cost, discounted to stage 0 [$]. */
  follow(scenario: number): number {
    const problems = this.#problems;
    const state = this.#state;
    state.set(this.#noise.begin(0, scenario));
    let cost = 0;
    let future = 0;
    for (let t = 0; t < problems.stages; t++) {
      const solver = this.#solvers.get(t);
      this.#place.stage = t;
      this.#place.scenario = scenario;
      this.#heads.apply(t, state, solver);
      solver.begin(this.#bases[t], 0, this.#knownRows[t]);
      solver.setState(state, 0);
      this.#place.opening = this.#noise.prepare(t, state, 0);
      solver.solve(this.#noise.rights.data, this.#noise.rights.offset, this.#place, true);
      const immediate = solver.objective - problems.discount[t] * solver.futureCost;
      cost += problems.cumulativeDiscount[t] * immediate;
      this.#recorder?.record(t, this.#noise.rights, state, solver, immediate, this.#heads);
      solver.readState(state, 0);
      future = solver.futureCost;
    }
    // What comes after the last stage costs what the policy takes it for.
    const last = problems.stages - 1;
    const goesOn = problems.horizon.cycleStart !== null || problems.end !== null;
    this.costAfterEnd = goesOn ? problems.cumulativeDiscount[last] * problems.discount[last] * future : 0;
    return goesOn ? cost + this.costAfterEnd : cost;
  }
}
