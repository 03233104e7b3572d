import type { Study, UpperBoundSettings } from '../case/study.js';
import type { Comm } from '../comm/communicator.js';
import { CobreError } from '../errors.js';
import type { HighsRuntime } from '../lp/highs-runtime.js';
import { newCounters } from '../lp/solver-counters.js';
import { StageSolver } from '../lp/stage-solver.js';
import { withVertices } from '../lp/vertex-template.js';
import { Blackboard, publish } from './blackboard.js';
import { lipschitzConstants, whyNoConstants } from './lipschitz.js';
import type { StageVertices, VisitedStates } from './outcome.js';
import { RightHandSides } from './right-hand-sides.js';
import { riskAdjusted } from './risk-measure.js';
import type { StageProblems } from './stage-problems.js';
import type { CutSource } from './stage-solvers.js';
import { VertexStore } from './vertex-store.js';
import { VisitedStateStore } from './visited-states.js';
import type { WorkQueue } from './work-queue.js';

/**
 * The upper bound that an inner approximation of the costs-to-go proves: no sampling, and valid under risk measures.
 * Each evaluation turns the trial points since the last one into vertices, from the last stage to the first: what the
 * openings of the next stage cost from there, with the vertices of that stage as its future. A unit of work is one
 * vertex. Vertices that trial points do not come back to keep their bound, which stays valid.
 * Sources: see `withVertices`.
 */
export class InnerBound {
  readonly #comm: Comm;
  readonly #problems: StageProblems;
  readonly #runtime: HighsRuntime;
  readonly #settings: UpperBoundSettings;
  readonly #stores: readonly VertexStore[];
  readonly #rights: RightHandSides;
  /** Of what comes after the last stage. */
  readonly #endCuts: CutSource | null;
  /** Trial points that are no vertices yet. */
  #waiting: VisitedStateStore;
  readonly #place = { stage: 0, iteration: 0, scenario: null as number | null, opening: 0, status: '' };

  constructor(
    comm: Comm,
    study: Study,
    problems: StageProblems,
    runtime: HighsRuntime,
    settings: UpperBoundSettings,
    start: {
      readonly vertices: readonly StageVertices[] | null;
      readonly waiting: VisitedStates | null;
      /** Cuts of what comes after the last stage, and by state variable how steep it is; `null`: nothing does. */
      readonly end: { readonly cuts: CutSource; readonly lipschitz: Float64Array } | null;
    },
  ) {
    this.#comm = comm;
    this.#problems = problems;
    this.#runtime = runtime;
    this.#settings = settings;
    this.#rights = new RightHandSides(problems);
    this.#endCuts = start.end?.cuts ?? null;
    const constants = scaledConstants(study, problems, settings, start.end?.lipschitz);
    this.#stores = constants.map((lipschitz, t) => new VertexStore(lipschitz, start.vertices?.[t] ?? null));
    this.#waiting = this.#newWaiting(start.waiting);
  }

  #newWaiting(start: VisitedStates | null): VisitedStateStore {
    return new VisitedStateStore(this.#problems.stages, this.#problems.states, Number.POSITIVE_INFINITY, start);
  }

  /** Keeps the trial points of an iteration for the next evaluation. */
  visit(iteration: number, trajectories: number, states: Blackboard<Float64Array>): void {
    this.#waiting.add(iteration, trajectories, states.data, states.stride);
  }

  isDue(iteration: number): boolean {
    const { initialIteration, interval } = this.#settings;
    return iteration >= initialIteration && (iteration - initialIteration) % interval === 0;
  }

  /** The bound [$]; the same bits on every rank. Collective. */
  evaluate(queue: WorkQueue, iteration: number): number {
    const { stages, states, initialState } = this.#problems;
    this.#place.iteration = iteration;
    for (let t = stages - 2; t >= 0; t--) {
      const points = this.#waiting.points(t);
      const store = this.#stores[t];
      const positions: number[] = [];
      const seen = new Set<number>();
      for (let p = 0, trajectory = 0; p < points.count; p++, trajectory++) {
        const state = points.states.subarray(p * states, (p + 1) * states);
        // Points of one iteration follow each other by trajectory.
        if (p > 0 && points.iteration[p] !== points.iteration[p - 1]) trajectory = 0;
        const position = store.place(state, points.iteration[p], trajectory);
        if (!seen.has(position)) positions.push(position);
        seen.add(position);
      }
      const from = positions.map((position) => store.state(position));
      this.#solve(queue, t + 1, from).forEach((value, k) => {
        store.improve(positions[k], value);
      });
    }
    this.#waiting = this.#newWaiting(null);
    return this.#solve(queue, 0, [initialState])[0];
  }

  /** What the openings of a stage cost from each of `states`, made one by the stage's risk measure. */
  #solve(queue: WorkQueue, stage: number, states: readonly Float64Array[]): number[] {
    const { openings, cvar, templates, stages } = this.#problems;
    const n = openings[stage];
    const board = new Blackboard(this.#comm, Float64Array, Math.max(1, states.length), n);
    let solver: StageSolver | undefined;
    try {
      queue.open(states.length);
      for (let unit = queue.next(); unit >= 0; unit = queue.next()) {
        if (solver === undefined) {
          const last = stage === stages - 1;
          const template = last ? templates[stage] : withVertices(templates[stage], this.#stores[stage].export());
          solver = new StageSolver(this.#runtime, template, newCounters());
          // What comes after the end is what another policy says: its cuts are no estimate of it here.
          const end = last ? this.#endCuts : null;
          if (end !== null) solver.appendCuts(end.cuts(stage), 0, end.count(stage), end.slots(stage));
        }
        this.#place.stage = stage;
        solver.begin(null);
        solver.setState(states[unit], 0);
        for (let i = 0; i < n; i++) {
          this.#place.opening = i;
          this.#rights.ofOpening(stage, i, states[unit], 0);
          solver.solve(this.#rights.data, this.#rights.offset, this.#place, false);
          board.data[unit * n + i] = solver.objective;
        }
      }
    } finally {
      solver?.dispose();
    }
    publish(this.#comm, queue.onDemand, states.length, board);
    const values = states.map((_, unit) => riskAdjusted(cvar[stage], board.data.slice(unit * n, (unit + 1) * n), n));
    // Nobody may leave while another still reads.
    this.#comm.barrier();
    board.release();
    return values;
  }

  exportVertices(): StageVertices[] {
    return this.#stores.map((store) => store.export());
  }

  exportWaiting(): VisitedStates {
    return this.#waiting.export();
  }
}

/** @throws CobreError `NotSupported` for a study whose Lipschitz constants neither are known nor given */
export function checkConstants(study: Study, problems: StageProblems, { fallbackLipschitz }: UpperBoundSettings): void {
  const unbounded = whyNoConstants(study, problems);
  if (unbounded === null || fallbackLipschitz !== null) return;
  throw new CobreError('NotSupported', `Lipschitz constants cannot be computed for a case with ${unbounded}`, {
    file: 'config.json',
    field: 'upper_bound_evaluation.lipschitz.fallback_value',
    value: null,
    suggestion: 'Give fallback_value, or set upper_bound_evaluation.enabled to false.',
  });
}

function scaledConstants(
  study: Study,
  problems: StageProblems,
  settings: UpperBoundSettings,
  atEnd: Float64Array | undefined,
): Float64Array[] {
  const { scaleFactor, fallbackLipschitz } = settings;
  checkConstants(study, problems, settings);
  if (whyNoConstants(study, problems) === null) {
    return lipschitzConstants(study, problems, atEnd).map((each) => each.map((constant) => constant * scaleFactor));
  }
  return study.stages.map(() => new Float64Array(problems.states).fill((fallbackLipschitz ?? 0) * scaleFactor));
}
