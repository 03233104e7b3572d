import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Study } from '../case/study.js';
import type { Comm } from '../comm/communicator.js';
import { onRankZero } from '../comm/exchange-values.js';
import { LocalCommunicator } from '../comm/index.js';
import { CobreError } from '../errors.js';
import { compileHighs, HighsRuntime } from '../lp/highs-runtime.js';
import type { ProgressEvent, Run, RunOptions, SimulationResult, WorkerInfo } from '../options.js';
import { codecOf } from '../results/compression.js';
import { Policy } from '../results/policy.js';
import type { RunMeta } from '../results/run-meta.js';
import { writeSimulationSolver } from '../results/scenario-solver.js';
import { writeSimulationManifest } from '../results/simulation-manifest.js';
import { Staging } from '../results/staging.js';
import { comparesWithBound } from '../sddp/comparable.js';
import type { PolicyData } from '../sddp/outcome.js';
import { checkPolicy, type SimulationRun, simulateSteps } from '../sddp/simulate.js';
import { checkBoundary } from './boundary.js';
import { checkOptions, type Layout } from './check-options.js';
import { caseName, studyOf } from './load.js';
import { simulationPlace } from './output-places.js';
import { asRank, refuseStopped } from './rank.js';
import { startRun } from './run.js';
import { runGang } from './run-gang.js';
import { runMeta } from './run-meta.js';
import { runSteps } from './run-steps.js';
import { collectScenarios, writeScenarios } from './scenario-output.js';
import { gangTopology, gatherTopology } from './topology.js';

export interface SimulateOptions extends RunOptions {
  /** Number of scenarios; default: `simulation.num_scenarios` of the case. */
  readonly scenarios?: number;
}

/** What every rank of a simulation is told. */
export interface SimulationJob {
  readonly study: Study;
  readonly policy: PolicyData;
  readonly scenarios: number;
  /** Where the scenarios' results go until the run is complete; `null` keeps none. */
  readonly directory: string | null;
}

/** What a simulating rank is given, and gives back. */
export interface SimulateRankArgs extends SimulationJob {
  /** Compiled once where ranks are threads of this process; `null` where each has to do it. */
  readonly highs: WebAssembly.Module | null;
}
export interface SimulateRankResult {
  /** Rank 0's; all ranks have the same. */
  readonly run: SimulationRun | null;
  readonly wallTimeMs: number;
}

const RANK_PROGRAM = new URL('../../workers/simulate-rank.js', import.meta.url);

/**
 * What a rank leaves behind with each scenario is garbage at once. Left alone, the engine would double the room for it
 * twice in the course of some hundreds of scenarios, and peaks would depend on their number. This much a rank has taken
 * by the time that its first scenario is done.
 */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 12 };

type Report = (event: ProgressEvent) => void;

interface Simulated {
  readonly run: SimulationRun;
  readonly workers: readonly WorkerInfo[] | null;
}

/**
 * Simulates a policy over sampled scenarios, on `numWorkers` ranks. A scenario's costs depend on the policy and its
 * number alone: the same bits for any number of workers, any backend and any start method. Scenarios are simulated in
 * blocks and their results written as they come: memory does not grow with their number.
 * @param policy as `train` returned it, or from `Policy.load`; with a `communicator` only rank 0's is looked at
 * @throws CobreError `PolicyMismatch` when the policy was trained on another system; else as `train`
 */
export function simulate(
  caseOrStudy: string | Study,
  policy: Policy | null,
  options: SimulateOptions = {},
): Run<SimulationResult> {
  return startRun(options?.onProgress, async (report) => {
    const layout = checkOptions(options);
    if (layout.type === 'rank') {
      return asRank(layout.of, (comm) => simulateAsRank(comm, caseOrStudy, policy, options, report));
    }
    const startedAt = new Date();
    const { job, staging } = await prepare(caseOrStudy, policy, options);
    try {
      const simulated = await (layout.type === 'here'
        ? simulateHere(job, options, report)
        : simulateOnRanks(job, layout, options, report));
      const meta = runMeta(gangTopology(layout), caseName(caseOrStudy, job.study), startedAt);
      return resultOf(simulated, job.study, options, commit(staging, job.study, simulated.run, meta));
    } finally {
      staging?.discard();
    }
  });
}

/** All ranks of a communicator run this; rank 0 alone reads and writes files. */
async function simulateAsRank(
  comm: Comm,
  caseOrStudy: string | Study,
  policy: Policy | null,
  options: SimulateOptions,
  report: Report,
): Promise<SimulationResult> {
  const startedAt = new Date();
  let staging: Staging | null = null;
  try {
    const job = await onRankZero(comm, async () => {
      const prepared = await prepare(caseOrStudy, policy, options);
      staging = prepared.staging;
      return prepared.job;
    });
    refuseStopped(comm, options);
    const began = performance.now();
    const runtime = await HighsRuntime.start();
    let before = 0;
    const told = (done: number): void =>
      report(simulationEvent(done, job.scenarios, performance.now() - began, comm.size === 1 ? null : comm.rank));
    const output = collectScenarios(comm, job);
    const steps = simulateSteps(comm, job.study, runtime, job.policy, job.scenarios, {
      ...output,
      onProgress: (own) => told(before + own),
      onBlockEnd: (own, all) => {
        before = all - own;
        output.onBlockEnd?.();
        told(all);
      },
      stopRequested: () => options.signal?.aborted ?? false,
    });
    const run = await runSteps(steps);
    const { topology, workers } = gatherTopology(comm, performance.now() - began);
    const files = await onRankZero(comm, () =>
      commit(staging, job.study, run, runMeta(topology, caseName(caseOrStudy, job.study), startedAt)),
    );
    return resultOf({ run, workers }, job.study, options, files);
  } finally {
    (staging as Staging | null)?.discard();
  }
}

/** Checks what is to be simulated, and opens where its results go. */
async function prepare(
  caseOrStudy: string | Study,
  policy: Policy | null,
  options: SimulateOptions,
): Promise<{ readonly job: SimulationJob; readonly staging: Staging | null }> {
  if (!(policy instanceof Policy)) {
    throw new CobreError('InvalidArgument', 'the policy to simulate must be a Policy', {
      field: 'policy',
      suggestion: 'Give what train() returned as `policy`, or `await Policy.load(directory)`.',
    });
  }
  const study = await studyOf(caseOrStudy, options);
  const scenarios = options.scenarios ?? study.config.simulation.scenarios;
  if (!Number.isInteger(scenarios) || scenarios < 1) {
    throw new CobreError('InvalidArgument', `scenarios must be a whole number of at least 1, not ${scenarios}`, {
      field: 'scenarios',
      value: scenarios,
      suggestion: 'Leave it out to simulate as many as the case says.',
    });
  }
  checkPolicy(study, policy.data);
  checkBoundary(study, policy.data, options.outputDirectory);
  const wanted = options.outputDirectory !== undefined && study.config.exports.simulation;
  // A codec that cannot be written is told now, not when there are results to write.
  if (wanted) codecOf(study.config.exports.compression);
  const staging = wanted ? Staging.open(simulationPlace(study, options.outputDirectory as string)) : null;
  // What a training could be resumed from is of no use here, and large.
  const data = { ...policy.data, training: null };
  return { job: { study, policy: data, scenarios, directory: staging?.directory ?? null }, staging };
}

async function simulateHere(job: SimulationJob, options: RunOptions, report: Report): Promise<Simulated> {
  const began = performance.now();
  const { study, policy, scenarios } = job;
  const steps = simulateSteps(new LocalCommunicator(), study, await HighsRuntime.start(), policy, scenarios, {
    ...writeScenarios(job),
    onProgress: (done) => report(simulationEvent(done, scenarios, performance.now() - began, null)),
    stopRequested: () => options.signal?.aborted ?? false,
  });
  return { run: await runSteps(steps), workers: null };
}

async function simulateOnRanks(
  job: SimulationJob,
  layout: Extract<Layout, { type: 'gang' }>,
  options: RunOptions,
  report: Report,
): Promise<Simulated> {
  const began = performance.now();
  const done = new Array<number>(layout.workers).fill(0);
  const highs = layout.startMethod === 'thread' ? await compileHighs() : null;
  const results = await runGang<SimulateRankResult, SimulateRankArgs>(RANK_PROGRAM, layout, options, {
    args: { ...job, highs },
    resourceLimits: RESOURCE_LIMITS,
    onMessage: (rank, message) => {
      done[rank] = message as number;
      const all = done.reduce((sum, n) => sum + n, 0);
      report(simulationEvent(all, job.scenarios, performance.now() - began, rank));
    },
  });
  return {
    run: results[0].run as SimulationRun,
    workers: results.map(({ wallTimeMs }, rank) => ({ rank, wallTimeMs, backend: layout.backend })),
  };
}

/** Moves the results of a complete run into place; returns the files, none where there is nothing to keep. */
function commit(staging: Staging | null, study: Study, run: SimulationRun, meta: RunMeta): string[] {
  if (staging === null || run.completed < run.scenarios) return [];
  writeSimulationSolver(staging.directory, study, run.scenarios);
  writeSimulationManifest(staging.directory, run, run.scenarios, meta, comparesWithBound(study));
  const files = filesBelow(staging.directory);
  staging.commit();
  return files;
}

function resultOf(
  { run, workers }: Simulated,
  study: Study,
  { outputDirectory }: SimulateOptions,
  outputFiles: readonly string[],
): SimulationResult {
  return {
    scenarios: run.completed,
    meanCost: run.meanCost,
    meanCostToGo: run.meanCostToGo,
    stdCost: run.stdCost,
    totalCost: run.totalCost,
    complete: run.completed === run.scenarios,
    outputDirectory:
      outputFiles.length > 0 && outputDirectory !== undefined ? simulationPlace(study, outputDirectory) : null,
    outputFiles,
    wallTimeMs: run.wallTimeMs,
    workers,
  };
}

function simulationEvent(done: number, total: number, wallTimeMs: number, workerId: number | null): ProgressEvent {
  return {
    phase: 'simulation',
    iteration: null,
    lowerBound: null,
    upperBound: null,
    upperBoundStd: null,
    upperBoundStdError: null,
    gap: null,
    wallTimeMs,
    iterationTimeMs: null,
    scenariosComplete: done,
    scenariosTotal: total,
    workerId,
  };
}

/** Files below a directory, relative to it, in order. */
function filesBelow(directory: string): string[] {
  return filesOf(directory, '').sort();
}

/** A directory at a time: entries of them all at once would take several times the memory of their names. */
function filesOf(root: string, directory: string): string[] {
  return readdirSync(join(root, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return filesOf(root, path);
    return entry.isFile() ? [path] : [];
  });
}
