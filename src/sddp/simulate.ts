import type { Study } from '../case/study.js';
import type { Comm } from '../comm/communicator.js';
import { CobreError } from '../errors.js';
import type { HighsRuntime } from '../lp/highs-runtime.js';
import { Purpose } from '../stochastic/counter-noise.js';
import { sampleOpening } from '../stochastic/sample-opening.js';
import { Blackboard, publish } from './blackboard.js';
import { sampleStatistics } from './bounds.js';
import { finishSteps } from './finish-steps.js';
import type { PolicyData, ScenarioResult, SimulationOutcome } from './outcome.js';
import { ScenarioRecorder } from './scenario-recorder.js';
import { buildStageProblems, type StageProblems } from './stage-problems.js';
import { StageSolvers } from './stage-solvers.js';
import { WorkQueue } from './work-queue.js';

export interface SimulateHooks {
  /** Called on the rank that simulated the scenario, in no particular order. */
  readonly onScenario?: (result: ScenarioResult) => void;
  /** Called on every rank after each of its scenarios with the number that it has completed. */
  readonly onProgress?: (completed: number) => void;
  /** Asked before each scenario; once true, the rank takes no further one. */
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
export function checkPolicy(study: Study, policy: PolicyData): void {
  if (policy.cuts.length !== study.stages.length || policy.stateDimension !== study.hydros.length) {
    throw new CobreError(
      'PolicyMismatch',
      `the policy has ${policy.cuts.length} stages and ${policy.stateDimension} states, the case has ${study.stages.length} and ${study.hydros.length}`,
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
}

/** Refuses bases of another layout of the stage problems, as another version of this package may have written them. */
function checkBases(problems: StageProblems, policy: PolicyData): void {
  problems.templates.forEach(({ layout }, t) => {
    const basis = policy.bases[t] ?? null;
    if (basis === null) return;
    const rows = basis.rows.length - basis.cutRows;
    const fits =
      basis.columns.length === layout.columns && rows === layout.rows && basis.cutRows <= policy.cuts[t].count;
    if (fits) return;
    throw new CobreError('PolicyMismatch', `the policy's basis of stage ${t} does not fit the stage problem`, {
      field: 'policy',
      suggestion: 'Train the policy anew with this version.',
      context: { stage: t },
    });
  });
}

/**
 * Follows a policy through `scenarios` sampled paths of the opening tree. A unit of work is one scenario; each stage
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

/** The same, a scenario at a time: for a caller who must do other things in between. */
export function* simulateSteps<C extends Comm>(
  comm: C,
  study: Study,
  runtime: HighsRuntime,
  policy: PolicyData,
  scenarios: number,
  hooks: SimulateHooks = {},
): Generator<void, SimulationRun> {
  checkPolicy(study, policy);
  const began = performance.now();
  const problems = buildStageProblems(study);
  checkBases(problems, policy);
  const { stages, states } = problems;
  const solvers = new StageSolvers(
    runtime,
    problems,
    { count: (t) => policy.cuts[t].count, cuts: (t) => policy.cuts[t] },
    hooks.solverBytes,
  );
  const bases = policy.bases.map((basis) =>
    basis === null ? null : new Uint8Array([...basis.columns, ...basis.rows]),
  );
  const queue = new WorkQueue(comm);
  const total = new Blackboard(comm, Float64Array, scenarios, 1);
  const byStage = new Blackboard(comm, Float64Array, scenarios, stages);
  const done = new Blackboard(comm, Uint8Array, scenarios, 1);
  const recorder = hooks.onScenario === undefined ? null : new ScenarioRecorder(study, problems);
  const state = new Float64Array(states);
  let completed = 0;
  try {
    queue.open(scenarios);
    const place = { stage: 0, iteration: null, scenario: 0, opening: 0, status: '' };
    for (let scenario = queue.next(); scenario >= 0; scenario = queue.next()) {
      if (hooks.stopRequested?.()) break;
      state.set(problems.initialState);
      let cost = 0;
      for (let t = 0; t < stages; t++) {
        const seed = study.config.simulation.seed;
        const opening = sampleOpening(seed, Purpose.simulationSampling, 0, scenario, t, problems.openings[t]);
        const solver = solvers.get(t);
        place.stage = t;
        place.scenario = scenario;
        place.opening = opening;
        const basis = bases[t];
        solver.begin(basis, 0, basis === null ? 0 : policy.bases[t]?.rows.length);
        solver.setState(state, 0);
        solver.solve(problems.rhs[t], opening * solver.layout.randomRows, place, true);
        const immediate = solver.objective - problems.discount[t] * solver.futureCost;
        byStage.data[scenario * stages + t] = immediate;
        cost += problems.cumulativeDiscount[t] * immediate;
        recorder?.record(t, opening, state, solver, immediate);
        solver.readState(state, 0);
      }
      total.data[scenario] = cost;
      done.data[scenario] = 1;
      completed++;
      if (recorder !== null) hooks.onScenario?.(recorder.finish(scenario, cost));
      hooks.onProgress?.(completed);
      yield;
    }
    publish(comm, queue.onDemand, scenarios, total, byStage, done);
    const totalCost = Float64Array.from(total.data, (cost, scenario) => (done.data[scenario] === 1 ? cost : NaN));
    const costs = totalCost.filter((_, scenario) => done.data[scenario] === 1);
    const statistics = sampleStatistics(costs, costs.length);
    const run: SimulationRun = {
      scenarios,
      completed: costs.length,
      totalCost,
      stageCost: Float64Array.from(byStage.data),
      meanCost: statistics.mean,
      stdCost: statistics.std,
      wallTimeMs: performance.now() - began,
    };
    // No rank gives memory back that another still copies from.
    comm.barrier();
    total.release();
    byStage.release();
    done.release();
    queue.release();
    return run;
  } finally {
    solvers.dispose();
  }
}
