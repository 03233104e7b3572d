import { join } from 'node:path';
import type { Study } from '../case/study.js';
import { LocalCommunicator } from '../comm/index.js';
import { runRanks } from '../comm/run-ranks.js';
import { compileHighs, HighsRuntime } from '../lp/highs-runtime.js';
import type { ConvergenceHistory, ProgressEvent, RunOptions, TrainingResult, WorkerInfo } from '../options.js';
import { Policy, writePolicy } from '../results/policy.js';
import type { RunMeta } from '../results/run-meta.js';
import { Staging } from '../results/staging.js';
import { writeTraining } from '../results/write-training.js';
import type { IterationRecord, TrainingOutcome } from '../sddp/outcome.js';
import { iterationLimit } from '../sddp/stopping-rules.js';
import { trainSteps } from '../sddp/train.js';
import { checkOptions, type Layout } from './check-options.js';
import { GANG_OPTIONS } from './gang-options.js';
import { studyOf } from './load.js';
import { guardedProgress } from './progress.js';
import { runMeta } from './run-meta.js';
import { runSteps } from './run-steps.js';

/** What a training rank is given, and gives back. */
export interface TrainRankArgs {
  readonly study: Study;
  readonly highs: WebAssembly.Module;
}
export interface TrainRankResult {
  /** Rank 0's; all ranks have the same. */
  readonly outcome: TrainingOutcome | null;
  readonly wallTimeMs: number;
}

const RANK_PROGRAM = new URL('../../workers/train-rank.js', import.meta.url);

/**
 * Trains a policy for a case by SDDP, on `numWorkers` ranks. The policy, every bound and every cost are the same to
 * the last bit for any number of workers.
 * @param caseOrStudy a case directory, or what `loadCase` returned
 * @throws ValidationError, SolverError (one worker), WorkerError with the rank's own error inside (several workers),
 *   CobreError `InvalidArgument`, `IncompatibleSettings`, `IoError`, `Cancelled`
 */
export async function train(caseOrStudy: string | Study, options: RunOptions = {}): Promise<TrainingResult> {
  const layout = checkOptions(options);
  const study = await studyOf(caseOrStudy, options);
  const startedAt = new Date();
  const staging = options.outputDirectory === undefined ? null : Staging.open(options.outputDirectory);
  try {
    const { outcome, workers } = await (layout.workers === 1
      ? trainHere(study, options)
      : trainOnRanks(study, layout, options));
    if (staging !== null) {
      const meta = runMeta(layout, typeof caseOrStudy === 'string' ? caseOrStudy : study.name, startedAt);
      writeResults(staging.directory, study, outcome, meta);
      // Simulations of an earlier policy do not belong beside this one.
      staging.commit(['training', 'policy', 'simulation']);
    }
    return trainingResult(outcome, workers, options.outputDirectory ?? null);
  } finally {
    staging?.discard();
  }
}

function writeResults(directory: string, study: Study, outcome: TrainingOutcome, meta: RunMeta): void {
  const { exports, training } = study.config;
  if (exports.training) writeTraining(directory, study, outcome, meta);
  if (!exports.cuts) return;
  const limit = iterationLimit(training.stoppingRules);
  writePolicy(join(directory, 'policy'), outcome.policy, {
    createdAt: meta.completedAt,
    ...(limit === null ? {} : { maxIterations: limit }),
  });
}

interface Trained {
  readonly outcome: TrainingOutcome;
  readonly workers: readonly WorkerInfo[] | null;
}

async function trainHere(study: Study, options: RunOptions): Promise<Trained> {
  const report = guardedProgress(options.onProgress);
  const began = performance.now();
  const steps = trainSteps(new LocalCommunicator(), study, await HighsRuntime.start(), {
    onIteration: (record) => report(progressEvent(record, performance.now() - began, null)),
    stopRequested: () => options.signal?.aborted ?? false,
  });
  return { outcome: await runSteps(steps), workers: null };
}

async function trainOnRanks(study: Study, layout: Layout, options: RunOptions): Promise<Trained> {
  const report = guardedProgress(options.onProgress);
  const began = performance.now();
  const args: TrainRankArgs = { study, highs: await compileHighs() };
  const results = await runRanks<TrainRankResult, TrainRankArgs>(RANK_PROGRAM, {
    size: layout.workers,
    ...GANG_OPTIONS,
    args,
    onMessage: (rank, message) => report(progressEvent(message as IterationRecord, performance.now() - began, rank)),
    ...(options.signal === undefined ? {} : { stop: options.signal }),
  });
  return {
    outcome: results[0].outcome as TrainingOutcome,
    workers: results.map(({ wallTimeMs }, rank) => ({ rank, wallTimeMs, backend: 'shm' })),
  };
}

function progressEvent(record: IterationRecord, wallTimeMs: number, workerId: number | null): ProgressEvent {
  return {
    phase: 'training',
    iteration: record.iteration,
    lowerBound: record.lowerBound,
    upperBound: record.upperBoundMean,
    upperBoundStd: record.upperBoundStd,
    upperBoundStdError: record.upperBoundStdError,
    gap: relativeGap(record),
    wallTimeMs,
    iterationTimeMs: record.timeTotalMs,
    scenariosComplete: null,
    scenariosTotal: null,
    workerId,
  };
}

function relativeGap({ gapPercent }: IterationRecord): number | null {
  return gapPercent === null ? null : gapPercent / 100;
}

function historyColumns(history: readonly IterationRecord[]): ConvergenceHistory {
  const column = (value: (record: IterationRecord) => number) => Float64Array.from(history, value);
  return {
    iteration: Int32Array.from(history, (record) => record.iteration),
    lowerBound: column((record) => record.lowerBound),
    upperBound: column((record) => record.upperBoundMean),
    upperBoundStd: column((record) => record.upperBoundStd),
    upperBoundStdError: column((record) => record.upperBoundStdError),
    gap: column((record) => relativeGap(record) ?? Number.NaN),
    timeMs: column((record) => record.timeTotalMs),
  };
}

function trainingResult(
  outcome: TrainingOutcome,
  workers: readonly WorkerInfo[] | null,
  outputDirectory: string | null,
): TrainingResult {
  const { history } = outcome;
  const last = history[history.length - 1];
  return {
    policy: new Policy(outcome.policy),
    convergenceHistory: historyColumns(history),
    records: history,
    rankRecords: outcome.ranks,
    iterations: history.length,
    finalLowerBound: last.lowerBound,
    finalUpperBound: last.upperBoundMean,
    finalUpperBoundStdError: last.upperBoundStdError,
    finalGap: relativeGap(last),
    terminationReason: outcome.terminationReason,
    totalCuts: last.cutsActive,
    wallTimeMs: outcome.wallTimeMs,
    outputDirectory,
    workers,
  };
}
