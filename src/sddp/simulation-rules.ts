import type { StoppingRule } from '../case/study.js';
import type { Comm } from '../comm/communicator.js';
import type { BasisStore } from './basis-store.js';
import { Blackboard, publish } from './blackboard.js';
import type { SimulationCheck } from './outcome.js';
import { PathNoise } from './path-noise.js';
import type { StageProblems } from './stage-problems.js';
import type { StageSolvers } from './stage-solvers.js';
import { isBoundStable } from './stopping-rules.js';
import type { WorkQueue } from './work-queue.js';

type SimulationRule = Extract<StoppingRule, { readonly type: 'simulation' }>;

/** What it takes to follow the policy as it stands in a training. */
export interface Followers {
  readonly problems: StageProblems;
  readonly solvers: StageSolvers;
  readonly bases: BasisStore;
  readonly queue: WorkQueue;
}

/**
 * Simulates the policy for the stopping rules of type `simulation`: every `period` iterations, where the bound has been
 * stable, and always along the same scenarios, those that a simulation after the training begins with. So the distance
 * between two checks is what the policy has changed, without noise of sampling. A unit of work is one scenario.
 * Source: the specification's math/stopping-rules.md, section 5.
 */
export class SimulationRules {
  readonly #comm: Comm;
  readonly #rules: readonly StoppingRule[];
  /** By rule: what it found last. */
  readonly #checks: (SimulationCheck | null)[];
  readonly #state: Float64Array;
  readonly #place = { stage: 0, iteration: 0, scenario: 0, opening: null as number | null, status: '' };

  /** @param start what earlier checks found, before a resumption */
  constructor(comm: Comm, rules: readonly StoppingRule[], states: number, start: readonly SimulationCheck[]) {
    this.#comm = comm;
    this.#rules = rules;
    this.#state = new Float64Array(states);
    // The rules of a resumed training may be others: costs of another number of scenarios do not compare.
    this.#checks = rules.map(
      (rule, index) =>
        start.find(
          (check) => rule.type === 'simulation' && check.rule === index && check.replications === rule.replications,
        ) ?? null,
    );
  }

  /** Collective, after each iteration. @param lowerBounds of all iterations */
  check(followers: Followers, iteration: number, lowerBounds: readonly number[]): void {
    this.#rules.forEach((rule, index) => {
      if (rule.type !== 'simulation' || iteration % rule.period !== 0) return;
      if (!isBoundStable(lowerBounds, rule.boundWindow, rule.boundTolerance)) return;
      const costs = this.#simulate(followers, rule, iteration);
      const before = this.#checks[index];
      const distance = before === null ? null : costDistance(costs, before.costs);
      this.#checks[index] = { rule: index, iteration, replications: rule.replications, costs, distance };
    });
  }

  /** By rule: the distance that its check after `iteration` found; `null` where there was none to find. */
  distances(iteration: number): (number | null)[] {
    return this.#checks.map((check) => (check?.iteration === iteration ? check.distance : null));
  }

  export(): SimulationCheck[] {
    return this.#checks.filter((check) => check !== null);
  }

  /** Mean cost of each stage [$], undiscounted. */
  #simulate({ problems, solvers, bases, queue }: Followers, rule: SimulationRule, iteration: number): number[] {
    const { replications } = rule;
    const board = new Blackboard(this.#comm, Float64Array, replications, problems.stages);
    const state = this.#state;
    const noise = new PathNoise(problems, 'simulation', replications);
    const place = this.#place;
    place.iteration = iteration;
    queue.open(replications);
    for (let scenario = queue.next(); scenario >= 0; scenario = queue.next()) {
      state.set(noise.begin(0, scenario));
      place.scenario = scenario;
      for (let t = 0; t < problems.stages; t++) {
        const solver = solvers.get(t);
        place.stage = t;
        bases.begin(solver, scenario, t);
        solver.setState(state, 0);
        place.opening = noise.prepare(t, state, 0);
        solver.solve(noise.rights.data, noise.rights.offset, place, true);
        solver.readState(state, 0);
        board.data[scenario * board.stride + t] = solver.objective - problems.discount[t] * solver.futureCost;
      }
    }
    publish(this.#comm, queue.onDemand, replications, board);
    const means = Array.from({ length: problems.stages }, (_, t) => {
      let sum = 0;
      for (let scenario = 0; scenario < replications; scenario++) sum += board.data[scenario * board.stride + t];
      return sum / replications;
    });
    // Nobody may leave while another still reads.
    this.#comm.barrier();
    board.release();
    return means;
  }
}

/** Distance of two simulations' mean stage costs, each stage's relative to what it was (but at least 1 $). */
export function costDistance(now: readonly number[], before: readonly number[]): number {
  let sum = 0;
  now.forEach((cost, t) => {
    const change = (cost - before[t]) / Math.max(1, Math.abs(before[t]));
    sum += change * change;
  });
  return Math.sqrt(sum);
}
