import { join } from 'node:path';
import type { Study } from '../case/study.js';
import type { Comm } from '../comm/communicator.js';
import { onRankZero } from '../comm/exchange-values.js';
import { LocalCommunicator } from '../comm/index.js';
import { compileHighs, HighsRuntime } from '../lp/highs-runtime.js';
import type { ProgressEvent, Run, RunOptions, TrainingResult, WorkerInfo } from '../options.js';
import { newTraining, removeOtherTrainings } from '../results/checkpoints.js';
import { codecOf } from '../results/compression.js';
import { writePolicy } from '../results/policy-files.js';
import type { RunMeta } from '../results/run-meta.js';
import { PARTS, Staging } from '../results/staging.js';
import { writeHydroModels, writeStochastic } from '../results/write-preprocessing.js';
import { writeTraining } from '../results/write-training.js';
import type { IterationRecord, TrainingOutcome } from '../sddp/outcome.js';
import { iterationLimit } from '../sddp/stopping-rules.js';
import { trainSteps } from '../sddp/train.js';
import { courseOf } from '../sddp/training-course.js';
import { checkOptions, type Layout } from './check-options.js';
import { caseName, studyOf } from './load.js';
import { asRank, refuseStopped } from './rank.js';
import { startRun } from './run.js';
import { runGang } from './run-gang.js';
import { runMeta } from './run-meta.js';
import { runSteps } from './run-steps.js';
import { gangTopology, gatherTopology } from './topology.js';
import { checkpointHooks, type TrainingJob } from './training-job.js';
import { findOrigin, type Origin } from './training-origin.js';
import { trainingEvent, trainingResult } from './training-result.js';

/** What a training rank is given, and gives back. */
export interface TrainRankArgs extends TrainingJob {
  /** Compiled once where ranks are threads of this process; `null` where each has to do it. */
  readonly highs: WebAssembly.Module | null;
}
export interface TrainRankResult {
  /** Rank 0's; all ranks have the same. */
  readonly outcome: TrainingOutcome | null;
  readonly wallTimeMs: number;
}

const RANK_PROGRAM = new URL('../../workers/train-rank.js', import.meta.url);

type Report = (event: ProgressEvent) => void;

interface Trained {
  readonly outcome: TrainingOutcome;
  readonly workers: readonly WorkerInfo[] | null;
}

/**
 * Trains a policy for a case by SDDP, on `numWorkers` ranks. The policy, every bound and every cost are the same to
 * the last bit for any number of workers, any backend and any start method, and whether or not the training was cut off
 * and resumed (`policy.mode` of the case's configuration).
 *
 * With an output directory, checkpoints are written there every few iterations (`policy.checkpointing`) and when the
 * training ends, also when `signal` ends it; the last three are kept.
 *
 * @param caseOrStudy a case directory, or what `loadCase` returned
 * @throws ValidationError, SolverError (one worker), WorkerError with the rank's own error inside (several workers),
 *   CobreError `InvalidArgument`, `IncompatibleSettings`, `CheckpointFailed`, `IoError`, `Cancelled`
 */
export function train(caseOrStudy: string | Study, options: RunOptions = {}): Run<TrainingResult> {
  return startRun(options?.onProgress, async (report) => {
    const layout = checkOptions(options);
    if (layout.type === 'rank') return asRank(layout.of, (comm) => trainAsRank(comm, caseOrStudy, options, report));
    const study = await studyOf(caseOrStudy, options);
    const startedAt = new Date();
    const staging = openStaging(study, options);
    try {
      const origin = findOrigin(study, options.outputDirectory);
      const job = jobOf(study, origin, options, staging);
      const trained =
        layout.type === 'here'
          ? await trainHere(job, options, report)
          : await trainOnRanks(job, layout, options, report);
      const meta = runMeta(gangTopology(layout), caseName(caseOrStudy, study), startedAt);
      commit(staging, job, trained.outcome, meta);
      return trainingResult(trained, origin.origin, options.outputDirectory ?? null);
    } finally {
      staging?.discard();
    }
  });
}

/** All ranks of a communicator run this; rank 0 alone reads and writes files. */
async function trainAsRank(
  comm: Comm,
  caseOrStudy: string | Study,
  options: RunOptions,
  report: Report,
): Promise<TrainingResult> {
  const startedAt = new Date();
  let staging: Staging | null = null;
  try {
    const job = await onRankZero(comm, async () => {
      const study = await studyOf(caseOrStudy, options);
      staging = openStaging(study, options);
      const origin = findOrigin(study, options.outputDirectory);
      return { ...jobOf(study, origin, options, staging), origin: origin.origin };
    });
    refuseStopped(comm, options);
    const began = performance.now();
    const runtime = await HighsRuntime.start();
    const steps = trainSteps(
      comm,
      job.study,
      runtime,
      {
        ...checkpointHooks(job),
        onIteration: (record) =>
          report(trainingEvent(record, performance.now() - began, comm.size === 1 ? null : comm.rank)),
        stopRequested: () => options.signal?.aborted ?? false,
      },
      job.start,
    );
    const outcome = await runSteps(steps);
    const { topology, workers } = gatherTopology(comm, performance.now() - began);
    await onRankZero(comm, () => {
      const meta = runMeta(topology, caseName(caseOrStudy, job.study), startedAt);
      commit(staging, job, outcome, meta);
    });
    return trainingResult({ outcome, workers }, job.origin, options.outputDirectory ?? null);
  } finally {
    (staging as Staging | null)?.discard();
  }
}

async function trainHere(job: TrainingJob, options: RunOptions, report: Report): Promise<Trained> {
  const began = performance.now();
  const steps = trainSteps(
    new LocalCommunicator(),
    job.study,
    await HighsRuntime.start(),
    {
      ...checkpointHooks(job),
      onIteration: (record) => report(trainingEvent(record, performance.now() - began, null)),
      stopRequested: () => options.signal?.aborted ?? false,
    },
    job.start,
  );
  return { outcome: await runSteps(steps), workers: null };
}

async function trainOnRanks(
  job: TrainingJob,
  layout: Extract<Layout, { type: 'gang' }>,
  options: RunOptions,
  report: Report,
): Promise<Trained> {
  const began = performance.now();
  const highs = layout.startMethod === 'thread' ? await compileHighs() : null;
  const results = await runGang<TrainRankResult, TrainRankArgs>(RANK_PROGRAM, layout, options, {
    args: { ...job, highs },
    onMessage: (rank, message) => report(trainingEvent(message as IterationRecord, performance.now() - began, rank)),
  });
  return {
    outcome: results[0].outcome as TrainingOutcome,
    workers: results.map(({ wallTimeMs }, rank) => ({ rank, wallTimeMs, backend: layout.backend })),
  };
}

function openStaging({ config }: Study, { outputDirectory }: RunOptions): Staging | null {
  if (outputDirectory === undefined) return null;
  // A codec that cannot be written is told now, not when there are results to write.
  codecOf(config.exports.compression);
  return Staging.open(outputDirectory);
}

function jobOf(study: Study, { start, training }: Origin, options: RunOptions, staging: Staging | null): TrainingJob {
  const { enabled, compress } = study.config.policy.checkpointing;
  if (staging === null || !enabled) return { study, start, checkpoints: null };
  const outputDirectory = options.outputDirectory as string;
  const checkpoints = {
    outputDirectory,
    training:
      training ??
      newTraining(outputDirectory, study.hash, courseOf(study, start?.warmStart ?? null, start?.boundary ?? null)),
    scratch: staging.scratch,
    compress,
    maxIterations: iterationLimit(study.config.training.stoppingRules),
  };
  return { study, start, checkpoints };
}

/** Moves the results into place. */
function commit(
  staging: Staging | null,
  { study, checkpoints }: TrainingJob,
  outcome: TrainingOutcome,
  meta: RunMeta,
): void {
  if (staging === null) return;
  const { exports, training } = study.config;
  if (exports.training) {
    writeTraining(staging.directory, study, outcome, meta);
    writeHydroModels(staging.directory, study);
  }
  if (exports.stochastic) writeStochastic(staging.directory, study);
  if (exports.cuts) {
    const limit = iterationLimit(training.stoppingRules);
    const { policy } = outcome;
    writePolicy(join(staging.directory, 'policy'), exports.vertices ? policy : { ...policy, vertices: null }, {
      createdAt: meta.completedAt,
      visited: outcome.visited,
      ...(limit === null ? {} : { maxIterations: limit }),
    });
  }
  // Simulations of an earlier policy do not belong beside this one, and neither do its checkpoints.
  staging.commit(PARTS, () =>
    removeOtherTrainings(staging.outputDirectory, checkpoints?.training ?? null, staging.scratch),
  );
}
