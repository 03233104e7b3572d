import type { Comm } from '../comm/communicator.js';
import type { BasisStore } from './basis-store.js';
import { Blackboard, publish } from './blackboard.js';
import type { PathNoise } from './path-noise.js';
import type { StageProblems } from './stage-problems.js';
import type { StageSolvers } from './stage-solvers.js';
import type { WorkQueue } from './work-queue.js';

/** What a forward pass leaves behind, by trajectory m: the trial points that cuts are made at, and costs. */
export interface ForwardBoards {
  /** State at the end of stage t: `states[m * stages * states + t * states + s]`. */
  readonly states: Blackboard<Float64Array>;
  /** Discounted cost of the trajectory [$]. */
  readonly cost: Blackboard<Float64Array>;
  /** Of that, what the policy takes for the cost after the last round of an endless horizon; `null` where it ends. */
  readonly costToGo: Blackboard<Float64Array> | null;
}

export function createForwardBoards(comm: Comm, problems: StageProblems, trajectories: number): ForwardBoards {
  return {
    states: new Blackboard(comm, Float64Array, trajectories, Math.max(1, problems.stages * problems.states)),
    cost: new Blackboard(comm, Float64Array, trajectories, 1),
    costToGo: problems.horizon.cycleStart === null ? null : new Blackboard(comm, Float64Array, trajectories, 1),
  };
}

/**
 * Samples `trajectories` paths, by the scenario source of training, and follows the current policy along each. A unit of work is
 * one trajectory. Returns the number this rank computed.
 */
export function forwardPass(
  problems: StageProblems,
  solvers: StageSolvers,
  bases: BasisStore,
  queue: WorkQueue,
  boards: ForwardBoards,
  noise: PathNoise,
  iteration: number,
  trajectories: number,
): number {
  let own = 0;
  queue.open(trajectories);
  for (let m = queue.next(); m >= 0; m = queue.next(), own++) {
    followTrajectory(problems, solvers, bases, boards, noise, iteration, m);
  }
  return own;
}

function followTrajectory(
  problems: StageProblems,
  solvers: StageSolvers,
  bases: BasisStore,
  { states, cost: costs, costToGo }: ForwardBoards,
  noise: PathNoise,
  iteration: number,
  trajectory: number,
): void {
  const { cycleStart, rounds } = problems.horizon;
  const goesOn = cycleStart !== null || problems.end !== null;
  const trial = states.data;
  const first = trajectory * states.stride;
  const state = noise.begin(iteration, trajectory).slice();
  const place = { stage: 0, iteration, scenario: trajectory, opening: null as number | null, status: '' };
  // Where stages come again and again, trial points are of one round, each in its turn.
  const recorded = (iteration - 1 + trajectory) % (rounds + 1);
  let cost = 0;
  let weight = 1;
  let future = 0;
  for (let round = 0, step = 0; round <= rounds; round++) {
    for (let t = round === 0 ? 0 : (cycleStart ?? 0); t < problems.stages; t++, step++) {
      const solver = solvers.get(t);
      place.stage = t;
      bases.begin(solver, trajectory, t);
      solver.setState(state, 0);
      place.opening = noise.prepare(t, state, 0, step);
      solver.solve(noise.rights.data, noise.rights.offset, place, true);
      solver.readState(state, 0);
      if (round === recorded || (round === 0 && t < (cycleStart ?? 0))) {
        trial.set(state, first + t * problems.states);
        bases.keep(solver, trajectory, t);
      }
      future = solver.futureCost;
      cost += weight * (solver.objective - problems.discount[t] * future);
      weight *= problems.discount[t];
    }
  }
  // What comes after the last stage, or after the last round of an endless horizon, costs what the policy takes it for.
  costs.data[trajectory] = goesOn ? cost + weight * future : cost;
  if (costToGo !== null) costToGo.data[trajectory] = weight * future;
}

/** Makes a forward pass known to all ranks: trial points, costs and bases. Collective. */
export function publishForward(
  comm: Comm,
  queue: WorkQueue,
  boards: ForwardBoards,
  bases: BasisStore,
  trajectories: number,
): void {
  const ends = boards.costToGo === null ? [] : [boards.costToGo];
  publish(comm, queue.onDemand, trajectories, boards.states, boards.cost, ...ends, bases.board);
}
