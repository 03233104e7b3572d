import type { Cvar } from '../case/study.js';
import type { Comm } from '../comm/communicator.js';
import type { BasisStore } from './basis-store.js';
import { Blackboard, publish } from './blackboard.js';
import type { CutPool } from './cut-pool.js';
import { RightHandSides } from './right-hand-sides.js';
import { OpeningWeights } from './risk-measure.js';
import type { StageProblems } from './stage-problems.js';
import type { StageSolvers } from './stage-solvers.js';
import type { WorkQueue } from './work-queue.js';

/**
 * Units of work that a stage should be cut into, where its (trial point, opening) pairs allow: enough to keep the
 * ranks of a large machine busy with a single trial point, few enough that most openings of a unit can be answered
 * from the basis of an earlier one. A constant: the partition is part of the problem, not of the run.
 */
const TARGET_UNITS = 16;

/** How the openings of a stage are cut into units: `slices` slices of `length`, the last one may be shorter. */
interface Slicing {
  readonly length: number;
  readonly slices: number;
}

function sliceOpenings(trialPoints: number, openings: number): Slicing {
  const length = Math.min(openings, Math.max(1, Math.floor((trialPoints * openings) / TARGET_UNITS)));
  return { length, slices: Math.ceil(openings / length) };
}

/**
 * Optimal values and gradients of one step's openings at all trial points, and how its work was cut up. Steps (see
 * `Horizon.steps`, named by their position there) take turns on two boards: a rank may begin the next step while a slower
 * one still averages this one, and cannot get two steps ahead, for the barrier between them.
 */
export class OpeningResults {
  readonly #boards: readonly [Blackboard<Float64Array>, Blackboard<Float64Array>];
  readonly slicing: readonly Slicing[];
  readonly #width: number;
  readonly #costs: Float64Array;
  readonly #openingWeights: OpeningWeights;

  /** The last step has one trial point, the initial state; the others have one per trajectory. */
  constructor(
    comm: Comm,
    private readonly problems: StageProblems,
    readonly trajectories: number,
  ) {
    this.#width = 1 + problems.states;
    const most = Math.max(...problems.openings);
    this.#costs = new Float64Array(most);
    this.#openingWeights = new OpeningWeights(most);
    const { steps } = problems.horizon;
    this.slicing = steps.map(({ stage }, k) => sliceOpenings(this.#trialPoints(k), problems.openings[stage]));
    let units = 0;
    let length = 0;
    this.slicing.forEach((slicing, k) => {
      units = Math.max(units, slicing.slices * this.#trialPoints(k));
      length = Math.max(length, slicing.length);
    });
    const board = () => new Blackboard(comm, Float64Array, units, length * this.#width);
    this.#boards = [board(), board()];
  }

  #trialPoints(step: number): number {
    return this.problems.horizon.steps[step].source < 0 ? 1 : this.trajectories;
  }

  board(step: number): Blackboard<Float64Array> {
    return this.#boards[step & 1];
  }

  release(): void {
    for (const board of this.#boards) board.release();
  }

  units(step: number): number {
    return this.slicing[step].slices * this.#trialPoints(step);
  }

  /** Where (trial point, opening) of a step lies: its value, followed by its gradient. */
  at(step: number, trialPoint: number, opening: number): number {
    const { length, slices } = this.slicing[step];
    const unit = trialPoint * slices + Math.floor(opening / length);
    return unit * this.#boards[0].stride + (opening % length) * this.#width;
  }

  /**
   * The openings as one, summed in their order: by the stage's risk measure, or as their mean, as all openings are
   * equally likely.
   */
  aggregate(step: number, trialPoint: number, gradient: Float64Array): number {
    const cvar = this.problems.cvar[this.problems.horizon.steps[step].stage];
    return cvar === null ? this.#mean(step, trialPoint, gradient) : this.#weigh(cvar, step, trialPoint, gradient);
  }

  /** One opening as it is. */
  opening(step: number, trialPoint: number, opening: number, gradient: Float64Array): number {
    const { data } = this.board(step);
    const at = this.at(step, trialPoint, opening);
    for (let s = 0; s < gradient.length; s++) gradient[s] = data[at + 1 + s];
    return data[at];
  }

  #mean(step: number, trialPoint: number, gradient: Float64Array): number {
    const n = this.problems.openings[this.problems.horizon.steps[step].stage];
    const { data } = this.board(step);
    let value = 0;
    gradient.fill(0);
    for (let i = 0; i < n; i++) {
      const at = this.at(step, trialPoint, i);
      value += data[at];
      for (let s = 0; s < gradient.length; s++) gradient[s] += data[at + 1 + s];
    }
    for (let s = 0; s < gradient.length; s++) gradient[s] /= n;
    return value / n;
  }

  #weigh(cvar: Cvar, step: number, trialPoint: number, gradient: Float64Array): number {
    const n = this.problems.openings[this.problems.horizon.steps[step].stage];
    const { data } = this.board(step);
    for (let i = 0; i < n; i++) this.#costs[i] = data[this.at(step, trialPoint, i)];
    const weights = this.#openingWeights.compute(cvar, this.#costs, n);
    let value = 0;
    gradient.fill(0);
    for (let i = 0; i < n; i++) {
      const at = this.at(step, trialPoint, i);
      value += weights[i] * data[at];
      for (let s = 0; s < gradient.length; s++) gradient[s] += weights[i] * data[at + 1 + s];
    }
    return value;
  }
}

/**
 * Solves all openings of a step's stage at all its trial points. A unit of work is a slice of one trial point's openings; it
 * starts from the basis that the trial point's trajectory left at this stage in the forward pass.
 */
export function solveOpenings(
  problems: StageProblems,
  solvers: StageSolvers,
  bases: BasisStore,
  queue: WorkQueue,
  trialStates: Blackboard<Float64Array>,
  results: OpeningResults,
  step: number,
  iteration: number,
): void {
  const { stage, source } = problems.horizon.steps[step];
  const { length, slices } = results.slicing[step];
  const rights = new RightHandSides(problems);
  const out = results.board(step).data;
  const place = { stage, iteration, scenario: null as number | null, opening: 0, status: '' };
  queue.open(results.units(step));
  for (let unit = queue.next(); unit >= 0; unit = queue.next()) {
    const trajectory = Math.floor(unit / slices);
    const from = (unit % slices) * length;
    const to = Math.min(from + length, problems.openings[stage]);
    const solver = solvers.get(stage);
    bases.begin(solver, trajectory, stage);
    const state = source < 0 ? problems.initialState : trialStates.data;
    const first = source < 0 ? 0 : trajectory * trialStates.stride + source * problems.states;
    solver.setState(state, first);
    place.scenario = source < 0 ? null : trajectory;
    for (let i = from; i < to; i++) {
      place.opening = i;
      rights.ofOpening(stage, i, state, first);
      solver.solve(rights.data, rights.offset, place, false);
      const at = results.at(step, trajectory, i);
      out[at] = solver.objective;
      solver.readGradient(out, at + 1);
    }
  }
}

/**
 * Makes cuts of the openings of a step for the stage that its trial points are of: one per trial point, or with `multi` one per trial point
 * and opening. The same on every rank.
 */
export function addCuts(
  problems: StageProblems,
  pool: CutPool,
  trialStates: Blackboard<Float64Array>,
  results: OpeningResults,
  step: number,
  iteration: number,
  gradient: Float64Array,
  multi: boolean,
): void {
  const { stage, source } = problems.horizon.steps[step];
  const states = trialStates.data;
  for (let m = 0; m < results.trajectories; m++) {
    const at = m * trialStates.stride + source * problems.states;
    const interceptOf = (value: number) => {
      let intercept = value;
      for (let s = 0; s < gradient.length; s++) intercept -= gradient[s] * states[at + s];
      return intercept;
    };
    if (multi) {
      for (let i = 0; i < problems.openings[stage]; i++) {
        const intercept = interceptOf(results.opening(step, m, i, gradient));
        pool.add(source, intercept, gradient, iteration, m, i);
      }
    } else {
      pool.add(source, interceptOf(results.aggregate(step, m, gradient)), gradient, iteration, m);
    }
  }
}

/** Makes the openings of a step known to all ranks. Collective. */
export function publishOpenings(comm: Comm, queue: WorkQueue, results: OpeningResults, step: number): void {
  publish(comm, queue.onDemand, results.units(step), results.board(step));
}
