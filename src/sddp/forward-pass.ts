import type { Comm } from '../comm/communicator.js';
import { Purpose } from '../stochastic/counter-noise.js';
import { sampleOpening } from '../stochastic/sample-opening.js';
import type { BasisStore } from './basis-store.js';
import { Blackboard, publish } from './blackboard.js';
import { RightHandSides } from './right-hand-sides.js';
import type { StageProblems } from './stage-problems.js';
import type { StageSolvers } from './stage-solvers.js';
import type { WorkQueue } from './work-queue.js';

/** What a forward pass leaves behind, by trajectory m: the trial points that cuts are made at, and costs. */
export interface ForwardBoards {
  /** State at the end of stage t: `states[m * stages * states + t * states + s]`. */
  readonly states: Blackboard<Float64Array>;
  /** Discounted cost of the trajectory [$]. */
  readonly cost: Blackboard<Float64Array>;
}

export function createForwardBoards(comm: Comm, problems: StageProblems, trajectories: number): ForwardBoards {
  return {
    states: new Blackboard(comm, Float64Array, trajectories, Math.max(1, problems.stages * problems.states)),
    cost: new Blackboard(comm, Float64Array, trajectories, 1),
  };
}

/**
 * Samples `trajectories` paths through the opening tree and follows the current policy along each. A unit of work is
 * one trajectory. Returns the number this rank computed.
 */
export function forwardPass(
  problems: StageProblems,
  solvers: StageSolvers,
  bases: BasisStore,
  queue: WorkQueue,
  boards: ForwardBoards,
  seed: number,
  iteration: number,
  trajectories: number,
): number {
  let own = 0;
  queue.open(trajectories);
  for (let m = queue.next(); m >= 0; m = queue.next(), own++) {
    boards.cost.data[m] = followTrajectory(problems, solvers, bases, boards.states, seed, iteration, m);
  }
  return own;
}

function followTrajectory(
  problems: StageProblems,
  solvers: StageSolvers,
  bases: BasisStore,
  states: Blackboard<Float64Array>,
  seed: number,
  iteration: number,
  trajectory: number,
): number {
  const trial = states.data;
  const first = trajectory * states.stride;
  let cost = 0;
  const rights = new RightHandSides(problems);
  const place = { stage: 0, iteration, scenario: trajectory, opening: 0, status: '' };
  for (let t = 0; t < problems.stages; t++) {
    const opening = sampleOpening(seed, Purpose.forwardSampling, iteration, trajectory, t, problems.openings[t]);
    const solver = solvers.get(t);
    place.stage = t;
    place.opening = opening;
    bases.begin(solver, trajectory, t);
    const state = t === 0 ? problems.initialState : trial;
    const at = t === 0 ? 0 : first + (t - 1) * problems.states;
    solver.setState(state, at);
    rights.ofOpening(t, opening, state, at);
    solver.solve(rights.data, rights.offset, place, true);
    solver.readState(trial, first + t * problems.states);
    bases.keep(solver, trajectory, t);
    cost += problems.cumulativeDiscount[t] * (solver.objective - problems.discount[t] * solver.futureCost);
  }
  return cost;
}

/** Makes a forward pass known to all ranks: trial points, costs and bases. Collective. */
export function publishForward(
  comm: Comm,
  queue: WorkQueue,
  boards: ForwardBoards,
  bases: BasisStore,
  trajectories: number,
): void {
  publish(comm, queue.onDemand, trajectories, boards.states, boards.cost, bases.board);
}
