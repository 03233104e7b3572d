import type { NoiseSource } from '../stochastic/forward/noise-source.js';
import { memoryOfLags } from '../stochastic/inflow-model.js';
import { RightHandSides } from './right-hand-sides.js';
import type { StageProblems } from './stage-problems.js';

/**
 * What nature brings along a path: a function of the seed, the pass, the iteration and the scenario's number, whoever
 * follows it. Iterations count from 1 in a training, a simulation is iteration 0.
 */
export class PathNoise {
  /** The right-hand sides of the stage that was prepared last. */
  readonly rights: RightHandSides;
  readonly #problems: StageProblems;
  readonly #source: NoiseSource;
  readonly #noise: Float64Array;
  readonly #lags: Float64Array;
  readonly #state: Float64Array;
  #iteration = 0;
  #scenario = 0;

  constructor(problems: StageProblems, phase: 'forward' | 'simulation', scenarios: number) {
    this.#problems = problems;
    this.rights = new RightHandSides(problems);
    this.#source = problems.noise.source(phase, scenarios);
    this.#noise = new Float64Array(this.#source.dimension);
    const hydros = problems.states - problems.inflow.memory;
    this.#lags = new Float64Array(hydros * problems.inflow.initialLags);
    this.#state = new Float64Array(problems.states);
  }

  /** Begins a path; returns the state that it begins with, which is the study's own unless history replays another. */
  begin(iteration: number, scenario: number): Float64Array {
    this.#iteration = iteration;
    this.#scenario = scenario;
    const { initialState, inflow, states } = this.#problems;
    if (inflow.memory === 0 || !this.#source.writeInitialLags(iteration, scenario, this.#lags)) return initialState;
    const hydros = states - inflow.memory;
    this.#state.set(initialState);
    this.#state.set(memoryOfLags(inflow, hydros, this.#lags), hydros);
    return this.#state;
  }

  /**
   * Prepares `rights` for stage `t` and the state `state[at..]`; `step` is the number of stages before it, which differs from t
   * where stages come again. Returns the opening that is seen, or `null` where noise is of none.
   */
  prepare(t: number, state: Float64Array, at: number, step = t): number | null {
    const opening = this.#source.opening(this.#iteration, this.#scenario, t, step);
    if (opening >= 0) {
      this.rights.ofOpening(t, opening, state, at);
    } else {
      this.#source.write(this.#iteration, this.#scenario, t, this.#noise, 0, step);
      this.rights.ofNoise(t, this.#noise, 0, state, at);
    }
    return opening < 0 ? null : opening;
  }
}
