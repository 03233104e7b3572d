import type { Study } from '../case/study.js';
import type { Comm } from '../comm/communicator.js';
import type { HighsRuntime } from '../lp/highs-runtime.js';
import { agreeToStop } from './agree-to-stop.js';
import { addCuts, OpeningResults, publishOpenings, solveOpenings } from './backward-pass.js';
import { BasisStore } from './basis-store.js';
import { gapPercent, sampleStatistics } from './bounds.js';
import { hasSamplingError, meansGap } from './comparable.js';
import { CutPool } from './cut-pool.js';
import { CutSelector } from './cut-selector.js';
import { createForwardBoards, type ForwardBoards, forwardPass, publishForward } from './forward-pass.js';
import { steepest } from './future-end.js';
import { InnerBound } from './inner-bound.js';
import type {
  IterationRecord,
  PolicyData,
  RankIterationRecord,
  TerminationReason,
  TrainingCourse,
  TrainingOutcome,
} from './outcome.js';
import { PathNoise } from './path-noise.js';
import { gatherRankRecords } from './rank-records.js';
import { type Followers, SimulationRules } from './simulation-rules.js';
import { buildStageProblems, type StageProblems, splitFutureOf } from './stage-problems.js';
import { StageSolvers } from './stage-solvers.js';
import { iterationLimit, shouldStop } from './stopping-rules.js';
import { courseOf } from './training-course.js';
import { TrainingLedger } from './training-ledger.js';
import type { TrainHooks, TrainingStart } from './training-start.js';
import { memoryOf, VisitedStateStore } from './visited-states.js';
import { WorkQueue } from './work-queue.js';

/** One training from its start to its end, on one rank: all that it keeps between iterations. */
export class Training<C extends Comm> {
  readonly #comm: C;
  readonly #study: Study;
  readonly #hooks: TrainHooks;
  readonly #problems: StageProblems;
  readonly #trajectories: number;
  readonly #solverVersion: string;
  /** Whether the trajectories' mean cost tells a gap, and how far it is off. */
  readonly #hasGap: boolean;
  readonly #hasError: boolean;
  /** Whether cuts are made of single openings, and whether there may be some. */
  readonly #multi: boolean;
  readonly #split: boolean;
  readonly #queue: WorkQueue;
  readonly #pool: CutPool;
  readonly #bases: BasisStore;
  readonly #solvers: StageSolvers;
  readonly #ledger: TrainingLedger;
  readonly #noise: PathNoise;
  readonly #forward: ForwardBoards;
  readonly #results: OpeningResults;
  readonly #selector: CutSelector;
  /** Trial points, where cuts are selected by them. */
  readonly #visited: VisitedStateStore | null;
  /** Trial points for the results: on rank 0, where they are wanted. */
  readonly #exported: VisitedStateStore | null;
  readonly #simulations: SimulationRules;
  readonly #inner: InnerBound | null;
  readonly #gradient: Float64Array;
  readonly #course: TrainingCourse;
  readonly #foreignCuts: boolean;
  readonly #history: IterationRecord[];
  readonly #lowerBounds: number[];
  readonly #rankRecords: RankIterationRecord[] = [];
  readonly #began = performance.now();
  #complete = false;
  /** Wall-clock this rank spent in publishing this iteration: exchange and waiting. */
  #publishMs = 0;

  constructor(comm: C, study: Study, runtime: HighsRuntime, hooks: TrainHooks, start: TrainingStart | null) {
    this.#comm = comm;
    this.#study = study;
    this.#hooks = hooks;
    const { forwardPasses, stoppingRules, cuts, upperBound } = study.config.training;
    this.#multi = cuts.formulation === 'multi';
    // A warm start may bring cuts of single openings to a training that makes none.
    const end = start?.end ?? null;
    const last = study.stages.length - 1;
    const brought = start?.cuts.filter((_, t) => end === null || t !== last) ?? [];
    this.#split = this.#multi || brought.some(({ opening }) => opening !== null);
    this.#problems = buildStageProblems(study, this.#split, end);
    const { stages, states, openings, horizon } = this.#problems;
    this.#trajectories = forwardPasses;
    this.#solverVersion = runtime.version;
    this.#hasGap = meansGap(study, openings);
    this.#hasError = hasSamplingError(study, openings);
    this.#gradient = new Float64Array(this.#problems.states);
    this.#course = courseOf(study, start?.warmStart ?? null, start?.boundary ?? null);
    this.#foreignCuts = start?.foreignCuts ?? false;
    this.#history = [...(start?.training?.history ?? [])];
    this.#lowerBounds = this.#history.map(({ lowerBound }) => lowerBound);
    this.#queue = new WorkQueue(comm);
    const limit = iterationLimit(stoppingRules) ?? Number.POSITIVE_INFINITY;
    this.#pool = new CutPool(
      comm,
      horizon.poolOf,
      states,
      // Two stages that share their cuts both add some.
      forwardPasses * (this.#multi ? Math.max(...openings) : 1) * (horizon.poolOf.every((of, t) => of === t) ? 1 : 2),
      Math.max(0, limit - this.#history.length),
      start?.cuts ?? null,
    );
    this.#bases = new BasisStore(comm, this.#problems, forwardPasses, this.#pool.capacity);
    if (start?.training) this.#bases.restore(start.training.bases);
    const memory = memoryOf(cuts);
    this.#selector = new CutSelector(comm, cuts, horizon.poolOf, states, end === null ? null : last);
    this.#visited =
      memory === 0 ? null : new VisitedStateStore(stages, states, memory, start?.training?.visited ?? null);
    const wanted = study.config.exports.states && comm.rank === 0;
    this.#exported = wanted ? new VisitedStateStore(stages, states, Number.POSITIVE_INFINITY) : null;
    this.#simulations = new SimulationRules(comm, stoppingRules, states, start?.training?.simulations ?? []);
    this.#inner =
      upperBound === null
        ? null
        : new InnerBound(comm, study, this.#problems, runtime, upperBound, {
            vertices: start?.training ? (start.vertices ?? null) : null,
            waiting: start?.training?.waiting ?? null,
            end: start && end && { cuts: this.#pool, lipschitz: steepest(start.cuts[last], states) },
          });
    this.#solvers = new StageSolvers(runtime, this.#problems, this.#pool, hooks.solverBytes);
    this.#ledger = new TrainingLedger(comm, this.#problems, this.#solvers);
    this.#noise = new PathNoise(this.#problems, 'forward', forwardPasses);
    this.#forward = createForwardBoards(comm, this.#problems, forwardPasses);
    this.#results = new OpeningResults(comm, this.#problems, forwardPasses);
  }

  *run(): Generator<void, TrainingOutcome> {
    const begun = this.#history.length;
    // A training that is resumed may have nothing left to do.
    let reason = begun === 0 ? null : this.#agree(begun);
    // From its beginning on: whoever resumes it need not know how far it had come.
    if (begun === 0) this.#checkpoint();
    for (let iteration = begun + 1; reason === null; iteration++) {
      this.#iterate(iteration);
      this.#simulations.check(this.#followers, iteration, this.#lowerBounds);
      yield;
      reason = this.#agree(iteration);
      if (reason !== null || this.#hooks.checkpointDue?.(iteration)) this.#checkpoint();
    }
    this.#complete = true;
    return {
      policy: this.#policy(),
      history: this.#history,
      ranks: this.#rankRecords,
      visited: this.#exported?.export() ?? null,
      diagnostics: this.#ledger.diagnostics(),
      terminationReason: reason,
      solverVersion: this.#solverVersion,
      wallTimeMs: performance.now() - this.#began,
    };
  }

  get #followers(): Followers {
    return { problems: this.#problems, solvers: this.#solvers, bases: this.#bases, queue: this.#queue };
  }

  #checkpoint(): void {
    if (this.#comm.rank === 0) this.#hooks.onCheckpoint?.(this.#policy());
  }

  #policy(): PolicyData {
    const last = this.#history.at(-1);
    return {
      caseName: this.#study.name,
      studyHash: this.#study.hash,
      stateDimension: this.#problems.states,
      hydroIds: this.#study.hydros.map(({ id }) => id),
      cuts: this.#pool.export(),
      splitFuture: splitFutureOf(this.#study, this.#problems.openings, this.#split, this.#problems.end),
      futureFloors: this.#problems.floors,
      stageHours: this.#study.stages.map(({ hours }) => hours),
      foreignCuts: this.#foreignCuts,
      vertices: this.#inner?.exportVertices() ?? null,
      bases: this.#bases.export(),
      completedIterations: this.#history.length,
      lowerBound: last?.lowerBound ?? 0,
      upperBound: this.#upperBound(last),
      forwardPasses: this.#trajectories,
      seed: this.#study.config.training.treeSeed,
      training: {
        course: this.#course,
        history: [...this.#history],
        bases: this.#bases.exportAll(),
        visited: this.#visited?.export() ?? null,
        waiting: this.#inner?.exportWaiting() ?? null,
        simulations: this.#simulations.export(),
      },
    };
  }

  #iterate(iteration: number): void {
    const start = performance.now();
    const before = this.#solvers.counters;
    this.#publishMs = 0;
    this.#ledger.begin();
    if (this.#pool.reserveIteration()) this.#bases.grow(this.#pool.capacity);

    const own = this.#goForward(iteration);
    const afterForward = performance.now();
    this.#ledger.endPhase('forward', this.#publishMs);
    this.#exported?.add(iteration, this.#trajectories, this.#forward.states.data, this.#forward.states.stride);

    const cutsAdded = this.#goBackward(iteration);
    // Before the bound is computed, so that it is that of the policy as the iteration leaves it.
    const cutsRemoved = this.#selectCuts(iteration);
    const afterBackward = performance.now();
    this.#ledger.endPhase('backward', this.#publishMs);

    const lowerBound = this.#boundFromBelow(iteration);
    const deterministicUpperBound = this.#boundFromAbove(iteration);
    const end = performance.now();
    this.#ledger.endPhase('lower_bound', this.#publishMs);

    const upper = sampleStatistics(this.#forward.cost.data, this.#trajectories);
    const counters = this.#solvers.counters;
    const rank: RankIterationRecord = {
      iteration,
      rank: this.#comm.rank,
      forwardMs: afterForward - start,
      backwardMs: end - afterForward,
      solveMs: counters.solveMs - before.solveMs,
      exchangeMs: this.#queue.onDemand ? 0 : this.#publishMs,
      waitMs: this.#queue.onDemand ? this.#publishMs : 0,
      lpSolves: counters.solves - before.solves,
      lpBunched: counters.bunched - before.bunched,
      simplexIterations: counters.simplexIterations - before.simplexIterations,
      trajectories: own,
    };
    const ranks = gatherRankRecords(this.#comm, rank);
    this.#ledger.collect(iteration);
    const record: IterationRecord = {
      iteration,
      lowerBound,
      upperBoundMean: upper.mean,
      upperBoundStd: upper.std,
      upperBoundStdError: this.#hasError ? upper.stdError : null,
      costToGoMean: this.#costToGoMean(),
      gapPercent: this.#hasGap ? gapPercent(lowerBound, upper.mean) : null,
      deterministicUpperBound,
      cutsAdded,
      cutsRemoved,
      cutsActive: this.#pool.active,
      forwardPasses: this.#trajectories,
      lpSolves: ranks.reduce((sum, r) => sum + r.lpSolves, 0),
      timeForwardMs: afterForward - start,
      timeBackwardMs: afterBackward - afterForward,
      timeLowerBoundMs: end - afterBackward,
      timeTotalMs: end - start,
    };
    this.#history.push(record);
    this.#lowerBounds.push(lowerBound);
    if (this.#comm.rank === 0) this.#rankRecords.push(...ranks);
    this.#hooks.onIteration?.(record, rank);
  }

  /** Trial points and costs, known to all ranks; returns the number of trajectories that this rank followed. */
  #goForward(iteration: number): number {
    const problems = this.#problems;
    const own = forwardPass(
      problems,
      this.#solvers,
      this.#bases,
      this.#queue,
      this.#forward,
      this.#noise,
      iteration,
      this.#trajectories,
    );
    this.#timed(() => publishForward(this.#comm, this.#queue, this.#forward, this.#bases, this.#trajectories));
    this.#bases.commit((t) => problems.templates[t].layout.rows + this.#pool.count(t));
    return own;
  }

  /** Cuts at the trial points, from the last stage to the second; returns how many. */
  #goBackward(iteration: number): number {
    const problems = this.#problems;
    const before = this.#pool.total;
    for (let step = 0; step < this.#lastStep; step++) {
      this.#solve(step, iteration);
      addCuts(problems, this.#pool, this.#forward.states, this.#results, step, iteration, this.#gradient, this.#multi);
    }
    return this.#pool.total - before;
  }

  get #lastStep(): number {
    return this.#problems.horizon.steps.length - 1;
  }

  /** The first stage, solved for all its openings with the cuts just made, bounds the optimum from below. */
  #boundFromBelow(iteration: number): number {
    this.#solve(this.#lastStep, iteration);
    return this.#results.aggregate(this.#lastStep, 0, this.#gradient);
  }

  /** Of the policy as it is: by inner approximation where there is one, else the trajectories' mean cost if that is one. */
  #upperBound(last: IterationRecord | undefined): number | null {
    const proved = this.#history.findLast(({ deterministicUpperBound }) => deterministicUpperBound !== null);
    return proved?.deterministicUpperBound ?? (this.#hasGap ? (last?.upperBoundMean ?? null) : null);
  }

  #costToGoMean(): number | null {
    const board = this.#forward.costToGo;
    return board && sampleStatistics(board.data, this.#trajectories).mean;
  }

  #boundFromAbove(iteration: number): number | null {
    const inner = this.#inner;
    if (inner === null) return null;
    inner.visit(iteration, this.#trajectories, this.#forward.states);
    return inner.isDue(iteration) ? inner.evaluate(this.#queue, iteration) : null;
  }

  /** Takes cuts out where it is time to; returns how many. */
  #selectCuts(iteration: number): number {
    const visited = this.#visited;
    if (visited === null) return 0;
    const { data, stride } = this.#forward.states;
    visited.add(iteration, this.#trajectories, data, stride);
    if (!this.#selector.isDue(iteration, this.#pool)) return 0;
    const before = this.#pool.active;
    const began = performance.now();
    const records = this.#selector.select(this.#queue, this.#pool, this.#bases, visited, iteration);
    this.#ledger.select(records, performance.now() - began);
    return before - this.#pool.active;
  }

  #solve(step: number, iteration: number): void {
    solveOpenings(
      this.#problems,
      this.#solvers,
      this.#bases,
      this.#queue,
      this.#forward.states,
      this.#results,
      step,
      iteration,
    );
    this.#timed(() => publishOpenings(this.#comm, this.#queue, this.#results, step));
  }

  #timed(collective: () => void): void {
    const start = performance.now();
    collective();
    this.#publishMs += performance.now() - start;
  }

  #agree(iteration: number): TerminationReason | null {
    const { stoppingRules, stoppingMode } = this.#study.config.training;
    const judge = () =>
      shouldStop(stoppingRules, stoppingMode, {
        iteration,
        elapsedSeconds: (performance.now() - this.#began) / 1000,
        lowerBounds: this.#lowerBounds,
        distances: this.#simulations.distances(iteration),
      });
    return agreeToStop(this.#comm, judge, this.#hooks.stopRequested?.() ?? false);
  }

  /** Collective after a complete run. After a failure the shared regions go with the communicator. */
  dispose(): void {
    this.#solvers.dispose();
    if (!this.#complete) return;
    this.#pool.release();
    this.#selector.release();
    this.#bases.release();
    this.#results.release();
    this.#forward.states.release();
    this.#forward.cost.release();
    this.#forward.costToGo?.release();
    this.#queue.release();
  }
}
