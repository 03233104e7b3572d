import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Study } from '../case/study.js';
import { LocalCommunicator } from '../comm/index.js';
import { runRanks } from '../comm/run-ranks.js';
import { CobreError } from '../errors.js';
import { compileHighs, HighsRuntime } from '../lp/highs-runtime.js';
import type { ProgressEvent, RunOptions, SimulationResult, WorkerInfo } from '../options.js';
import { Policy } from '../results/policy.js';
import { writeSimulationManifest } from '../results/simulation-manifest.js';
import { Staging } from '../results/staging.js';
import { writeScenario } from '../results/write-scenario.js';
import type { PolicyData, ScenarioResult } from '../sddp/outcome.js';
import { checkPolicy, type SimulationRun, simulateSteps } from '../sddp/simulate.js';
import { cumulativeDiscounts } from '../sddp/stage-problems.js';
import { checkOptions, type Layout } from './check-options.js';
import { GANG_OPTIONS } from './gang-options.js';
import { studyOf } from './load.js';
import { guardedProgress } from './progress.js';
import { runMeta } from './run-meta.js';
import { runSteps } from './run-steps.js';

export interface SimulateOptions extends RunOptions {
  /** Number of scenarios; default: `simulation.num_scenarios` of the case. */
  readonly scenarios?: number;
}

/** What a simulating rank is given, and gives back. */
export interface SimulateRankArgs {
  readonly study: Study;
  readonly policy: PolicyData;
  readonly scenarios: number;
  readonly highs: WebAssembly.Module;
  /** Where each rank writes the scenarios that it simulated; `null` writes nothing. */
  readonly directory: string | null;
}
export interface SimulateRankResult {
  /** Rank 0's; all ranks have the same. */
  readonly run: SimulationRun | null;
  readonly wallTimeMs: number;
}

const RANK_PROGRAM = new URL('../../workers/simulate-rank.js', import.meta.url);

/** A rank's writer of scenarios under `directory`, or `undefined` when nothing is to be written. */
export function scenarioWriter(
  study: Study,
  directory: string | null,
): { onScenario?: (result: ScenarioResult) => void } {
  if (directory === null) return {};
  const discount = cumulativeDiscounts(study);
  return {
    onScenario: (result) => {
      writeScenario(directory, study, result, discount);
    },
  };
}

/**
 * Simulates a policy over sampled scenarios, on `numWorkers` ranks. A scenario's costs depend on the policy and its
 * number alone: the same bits for any number of workers.
 * @throws CobreError `PolicyMismatch` when the policy was trained on another system; else as `train`
 */
export async function simulate(
  caseOrStudy: string | Study,
  policy: Policy,
  options: SimulateOptions = {},
): Promise<SimulationResult> {
  const layout = checkOptions(options);
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
  const startedAt = new Date();
  const wanted = options.outputDirectory !== undefined && study.config.exports.simulation;
  const staging = wanted ? Staging.open(options.outputDirectory as string) : null;
  try {
    const directory = staging?.directory ?? null;
    const { run, workers } = await (layout.workers === 1
      ? simulateHere(study, policy.data, scenarios, directory, options)
      : simulateOnRanks(study, policy.data, scenarios, directory, layout, options));
    const complete = run.completed === scenarios;
    let outputFiles: string[] = [];
    if (staging !== null && complete) {
      const meta = runMeta(layout, typeof caseOrStudy === 'string' ? caseOrStudy : study.name, startedAt);
      writeSimulationManifest(staging.directory, run, scenarios, meta);
      outputFiles = filesBelow(staging.directory);
      staging.commit();
    }
    return {
      scenarios: run.completed,
      meanCost: run.meanCost,
      stdCost: run.stdCost,
      totalCost: run.totalCost,
      complete,
      outputDirectory: outputFiles.length > 0 ? (options.outputDirectory ?? null) : null,
      outputFiles,
      wallTimeMs: run.wallTimeMs,
      workers,
    };
  } finally {
    staging?.discard();
  }
}

interface Simulated {
  readonly run: SimulationRun;
  readonly workers: readonly WorkerInfo[] | null;
}

async function simulateHere(
  study: Study,
  policy: PolicyData,
  scenarios: number,
  directory: string | null,
  options: RunOptions,
): Promise<Simulated> {
  const report = guardedProgress(options.onProgress);
  const began = performance.now();
  const steps = simulateSteps(new LocalCommunicator(), study, await HighsRuntime.start(), policy, scenarios, {
    ...scenarioWriter(study, directory),
    onProgress: (done) => report(progressEvent(done, scenarios, performance.now() - began, null)),
    stopRequested: () => options.signal?.aborted ?? false,
  });
  return { run: await runSteps(steps), workers: null };
}

async function simulateOnRanks(
  study: Study,
  policy: PolicyData,
  scenarios: number,
  directory: string | null,
  layout: Layout,
  options: RunOptions,
): Promise<Simulated> {
  const report = guardedProgress(options.onProgress);
  const began = performance.now();
  const done = new Array<number>(layout.workers).fill(0);
  const args: SimulateRankArgs = { study, policy, scenarios, highs: await compileHighs(), directory };
  const results = await runRanks<SimulateRankResult, SimulateRankArgs>(RANK_PROGRAM, {
    size: layout.workers,
    ...GANG_OPTIONS,
    args,
    onMessage: (rank, message) => {
      done[rank] = message as number;
      const all = done.reduce((sum, n) => sum + n, 0);
      report(progressEvent(all, scenarios, performance.now() - began, rank));
    },
    ...(options.signal === undefined ? {} : { stop: options.signal }),
  });
  return {
    run: results[0].run as SimulationRun,
    workers: results.map(({ wallTimeMs }, rank) => ({ rank, wallTimeMs, backend: 'shm' })),
  };
}

function progressEvent(done: number, total: number, wallTimeMs: number, workerId: number | null): ProgressEvent {
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
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}
