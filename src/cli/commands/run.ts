import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isOverridden } from '../../case/config-overrides.js';
import type { Study } from '../../case/study.js';
import type { Comm } from '../../comm/communicator.js';
import { CobreError, ValidationError, warningRecord } from '../../errors.js';
import type { RunOptions, SimulationResult, TrainingResult } from '../../options.js';
import { boundDoubts, boundsFromAbove, comparesWithBound, creditsSources, isCyclic } from '../../sddp/comparable.js';
import { isRiskAverse } from '../../sddp/risk-measure.js';
import type { CommandContext } from '../context.js';
import { writeEnvelope } from '../envelope.js';
import { errorRecords, errorsIn, renderErrors } from '../error-report.js';
import { ExitCode, exitCodeOf } from '../exit-code.js';
import { plural } from '../format.js';
import { humanReporter } from '../human-reporter.js';
import { watchInterrupts } from '../interrupt.js';
import { jsonLinesReporter } from '../json-lines-reporter.js';
import type { TrainedPolicy } from '../library.js';
import { renderOverrides } from '../overrides.js';
import { boundsData, costsData } from '../result-data.js';
import { renderResults } from '../result-report.js';
import { isStopped, onFirst, runAsRank } from '../run-as-rank.js';
import { type RunPlan, type RunReporter, silentReporter } from '../run-reporter.js';
import { shownPath } from '../shown-path.js';
import type { RunSummary } from '../summary.js';

/** Ranks that the command is to start itself. */
export interface OwnRanks {
  readonly workers: number;
  readonly backend?: 'auto' | 'shm' | 'tcp' | 'local';
  readonly startMethod?: 'thread' | 'spawn';
  /** The option that asked for them. */
  readonly askedBy: string;
}

export interface RunCommandOptions {
  /** `null`: the environment says whether this process is a rank among others or on its own. */
  readonly ranks: OwnRanks | null;
  /** Default: `output` inside the case. */
  readonly output?: string;
  readonly configOverrides: Readonly<Record<string, unknown>>;
  /** Whether `--resume` is among what they come from. */
  readonly resume?: boolean;
}

/** What a run has come to, complete or not. */
interface RunState {
  plan: RunPlan | null;
  training: TrainingResult<TrainedPolicy> | null;
  policy: TrainedPolicy | null;
  simulation: SimulationResult | null;
}

/** What to do where there is no case. */
export const NO_CASE = 'Check the path; cobre init --list shows the cases that you can start from.';

/** Throws `MissingFile` with the suggestion if there is no such directory. */
export async function requireDirectory(directory: string, what: string, suggestion: string): Promise<void> {
  const found = await stat(directory).catch(() => null);
  if (found?.isDirectory()) return;
  throw new CobreError('MissingFile', `${what} '${directory}' ${found ? 'is not a directory' : 'does not exist'}`, {
    suggestion,
  });
}

function chooseReporter(context: CommandContext): RunReporter {
  if (context.quiet) return silentReporter;
  if (context.format === 'json-lines') return jsonLinesReporter(context.stdout, context.version);
  if (context.format === 'human') return humanReporter(context, { banner: true });
  // The result is one JSON document at the end; a person who waits for it at a terminal still sees it move.
  return context.stderr.isTTY ? humanReporter(context, { banner: false }) : silentReporter;
}

/** `cobre run`: load, train, simulate, write, tell. Returns the exit code; as a rank among others, each its own. */
export async function runCommand(
  context: CommandContext,
  caseArgument: string,
  options: RunCommandOptions,
): Promise<ExitCode> {
  const { library, env } = context;
  // First of all, and before any input is read: as one of several ranks, only rank 0 has anything to say.
  if (options.ranks !== null) library.refuseJob(env, options.ranks.askedBy);
  const job = options.ranks === null ? await library.joinJob(env) : null;
  return job === null
    ? runHere(context, caseArgument, options, null)
    : runAsRank(context, job, (own) => runHere(own, caseArgument, options, job));
}

async function runHere(
  context: CommandContext,
  caseArgument: string,
  options: RunCommandOptions,
  job: Comm | null,
): Promise<ExitCode> {
  const caseDirectory = resolve(caseArgument);
  const outputDirectory = options.output === undefined ? join(caseDirectory, 'output') : resolve(options.output);
  const reporter = chooseReporter(context);
  const controller = new AbortController();
  const { signal } = controller;
  const stop = () => controller.abort();
  context.outputClosed.addEventListener('abort', stop);
  let interrupted = false;
  const unwatch = watchInterrupts(context.signals, {
    onFirst: () => {
      interrupted = true;
      reporter.stopping();
      stop();
    },
    exitNow: (code) => {
      reporter.close();
      const checkpoints =
        state.plan?.study.config.policy.checkpointing.enabled && existsSync(join(outputDirectory, 'checkpoints'));
      context.stderr.write(
        (state.training?.outputDirectory ?? null) === null
          ? `Ended at once: nothing of this run was saved${checkpoints ? ', but its last checkpoint: --resume goes on from there' : ''}.\n`
          : `Ended at once: the policy is in ${shownPath(join(outputDirectory, 'policy'))}, nothing of the simulation was saved.\n`,
      );
      context.exitNow(code);
    },
  });
  const state: RunState = { plan: null, training: null, policy: null, simulation: null };
  let failure: unknown = null;
  try {
    await runPhases(context, { caseDirectory, outputDirectory, options, job, signal, reporter, state });
  } catch (error) {
    failure = nameResumeOption(error, options);
    context.onFailure?.(error);
  } finally {
    reporter.close();
    unwatch();
    context.outputClosed.removeEventListener('abort', stop);
  }
  const { configOverrides } = options;
  return report(context, { caseArgument, configOverrides, outputDirectory, state, failure, interrupted });
}

async function runPhases(
  context: CommandContext,
  run: {
    readonly caseDirectory: string;
    readonly outputDirectory: string;
    readonly options: RunCommandOptions;
    /** The other ranks, where this process is one of several. */
    readonly job: Comm | null;
    readonly signal: AbortSignal;
    readonly reporter: RunReporter;
    readonly state: RunState;
  },
): Promise<void> {
  const { library } = context;
  const { caseDirectory, outputDirectory, options, job, signal, reporter, state } = run;
  const study = await onFirst(job, async () => {
    await requireDirectory(caseDirectory, 'the case directory', NO_CASE);
    const loaded = await library.loadCase(caseDirectory, { configOverrides: options.configOverrides });
    refuseNothing(loaded);
    return loaded;
  });
  const { training, simulation } = study.config;
  const { workers = job?.size ?? 1, askedBy: _, ...ways } = options.ranks ?? {};
  state.plan = { study, caseDirectory, outputDirectory, workers, how: howText(options.ranks, job) };
  reporter.started(state.plan);
  if (context.format === 'human' && !context.quiet && job === null && workers > context.cores) {
    context.stderr.write(
      `${plural(workers, 'worker')} share ${plural(context.cores, 'core')}: as many workers as cores would be faster.\n`,
    );
  }
  const runOptions: RunOptions = {
    ...(job === null ? { numWorkers: workers, ...ways } : { communicator: job }),
    outputDirectory,
    onProgress: (event) => reporter.progress(event),
    signal,
  };
  if (isStopped(job, signal)) return;
  if (training.enabled) {
    state.training = await library.train(study, runOptions);
    state.policy = state.training.policy;
    reporter.terminated(state.training);
  } else {
    await onFirst(job, async () => {
      state.policy = await library.loadPolicy(study, outputDirectory);
    });
  }
  if (simulation.enabled && !isStopped(job, signal)) {
    state.simulation = await library.simulate(study, state.policy, runOptions);
  }
}

/** That there is nothing to resume from is a matter of the option, where one asked for it. */
function nameResumeOption(error: unknown, { resume, configOverrides }: RunCommandOptions): unknown {
  if (!(error instanceof CobreError) || error.kind !== 'CheckpointFailed' || error.field !== 'policy.mode')
    return error;
  if (!isOverridden(configOverrides, ['policy', 'mode'])) return error;
  return new CobreError(error.kind, error.message, {
    field: resume ? '--resume' : '--set policy.mode',
    ...(error.suggestion === undefined ? {} : { suggestion: error.suggestion }),
    context: error.context,
    cause: error.cause,
  });
}

function refuseNothing({ config }: Study): void {
  if (config.training.enabled || config.simulation.enabled) return;
  throw new CobreError('IncompatibleSettings', 'training and simulation are both disabled: nothing to do', {
    file: 'config.json',
    field: 'training.enabled',
    suggestion: 'Enable one of them.',
  });
}

/** What workers are and through what they talk, where it is not what everybody expects. */
function howText(ranks: OwnRanks | null, job: Comm | null): string | null {
  if (job !== null) return `${job.size === 1 ? 'as a rank' : 'as ranks'} over ${job.backend}`;
  if (ranks === null || ranks.workers === 1) return null;
  if (ranks.backend === 'tcp') return 'as processes over tcp';
  return ranks.startMethod === 'spawn' ? 'as processes' : null;
}

/** A run was cut short if anything that it set out to do is missing. */
function isComplete(state: RunState): boolean {
  if (!state.plan) return false;
  const { training, simulation } = state.plan.study.config;
  if (training.enabled && (!state.training || state.training.terminationReason === 'interrupted')) return false;
  return !simulation.enabled || (state.simulation?.complete ?? false);
}

/** The result as `cobre summary` would read it back. */
function toSummary(state: RunState): RunSummary {
  const { training, simulation } = state;
  return {
    caseName: state.plan?.study.name ?? null,
    status: isComplete(state) ? 'complete' : 'partial',
    startedAt: null,
    completedAt: null,
    policyDigest: state.policy?.digest() ?? null,
    creditsSources: state.plan !== null && creditsSources(state.plan.study),
    training: training && {
      iterations: training.iterations,
      terminationReason: training.terminationReason,
      lowerBound: training.finalLowerBound,
      upperBound: training.finalUpperBound,
      upperBoundStdError: training.finalUpperBoundStdError,
      costToGo: training.finalCostToGo,
      paths: state.plan?.study.config.training.forwardPasses ?? null,
      deterministicUpperBound:
        training.records.findLast((record) => record.deterministicUpperBound !== null)?.deterministicUpperBound ?? null,
      gap: training.finalGap,
      riskAverse: state.plan !== null && isRiskAverse(state.plan.study),
      cyclic: state.plan !== null && isCyclic(state.plan.study),
      comparesWithBound: state.plan !== null && boundsFromAbove(state.plan.study),
      lowerBoundDoubts: state.plan === null ? [] : boundDoubts(state.plan.study, training.origin.foreignCuts),
      totalCuts: training.totalCuts,
      iterationsBefore: training.origin.iterations,
      workers: state.plan?.workers ?? null,
      wallTimeMs: training.wallTimeMs,
      history: training.convergenceHistory,
    },
    simulation: simulation?.complete
      ? {
          scenarios: simulation.scenarios,
          meanCost: simulation.meanCost,
          costToGo: simulation.meanCostToGo,
          stdCost: simulation.stdCost,
          ...(state.plan !== null && !comparesWithBound(state.plan.study) ? { comparesWithBound: false } : {}),
          wallTimeMs: simulation.wallTimeMs,
        }
      : null,
  };
}

function toData(state: RunState, outputDirectory: string) {
  const { plan, training, simulation } = state;
  if (!plan) return null;
  const told = toSummary(state);
  return {
    case_directory: plan.caseDirectory,
    case_name: plan.study.name,
    output_directory: outputDirectory,
    workers: plan.workers,
    policy_digest: state.policy?.digest() ?? null,
    training: training &&
      told.training && {
        iterations: training.iterations,
        policy_mode: training.origin.mode,
        iterations_before: training.origin.iterations,
        started_from: training.origin.directory,
        ...boundsData(told.training),
        termination_reason: training.terminationReason,
        total_cuts: training.totalCuts,
        wall_time_ms: Math.round(training.wallTimeMs),
      },
    simulation:
      simulation && told.simulation
        ? {
            ...costsData(told.simulation),
            output_directory: simulation.outputDirectory && join(simulation.outputDirectory, 'simulation'),
            output_file_count: simulation.outputFiles.length,
            wall_time_ms: Math.round(simulation.wallTimeMs),
          }
        : null,
  };
}

function interruptedError(state: RunState): CobreError {
  const done = state.training?.iterations ?? 0;
  const saved = state.training?.outputDirectory ?? null;
  if (state.training && state.training.terminationReason !== 'interrupted') {
    return new CobreError('Cancelled', 'interrupted before the simulation was complete; it was not written');
  }
  if (!state.training || done === 0) {
    return new CobreError('Cancelled', 'interrupted before the first iteration was complete; nothing was written');
  }
  const where = saved === null ? '' : `; their policy is in ${shownPath(join(saved, 'policy'))}`;
  return new CobreError('Cancelled', `interrupted after ${plural(done, 'complete iteration')}${where}`, {
    context: { iterations: done },
    ...(saved === null ? {} : { suggestion: 'To go on to the end, give the same command with --resume.' }),
  });
}

function report(
  context: CommandContext,
  run: {
    readonly caseArgument: string;
    readonly configOverrides: Readonly<Record<string, unknown>>;
    readonly outputDirectory: string;
    readonly state: RunState;
    readonly failure: unknown;
    /** A signal asked for the end, rather than a reader that left. */
    readonly interrupted: boolean;
  },
): ExitCode {
  const { state, outputDirectory } = run;
  const cancelled = run.failure instanceof CobreError && run.failure.kind === 'Cancelled';
  const cutShort = cancelled || (run.failure === null && !isComplete(state));
  const error = cutShort ? interruptedError(state) : run.failure;
  const exitCode = error === null ? ExitCode.success : exitCodeOf(error);

  // Whoever was to be told has left, content with what there was (`| head`).
  if (context.outputClosed.aborted) return cutShort && !run.interrupted ? ExitCode.success : exitCode;
  if (context.format !== 'human') {
    writeEnvelope(context, {
      command: 'run',
      exitCode,
      errors: error === null ? [] : errorRecords(error),
      warnings: (state.plan?.study.warnings ?? []).map(warningRecord),
      data: toData(state, outputDirectory),
      summary: state.plan && {
        status: error === null ? 'completed' : cutShort ? 'interrupted' : 'failed',
        total_time_ms: Math.round((state.training?.wallTimeMs ?? 0) + (state.simulation?.wallTimeMs ?? 0)),
      },
    });
    return exitCode;
  }
  if (!context.quiet && state.plan && (state.training || state.simulation) && (error === null || cutShort)) {
    context.stdout.write(
      renderResults(toSummary(state), outputDirectory, context.outStyle, {
        rules: state.plan.study.config.training.stoppingRules,
        ...(context.stdout.columns === undefined ? {} : { width: context.stdout.columns }),
      }),
    );
  }
  if (error !== null) {
    context.stderr.write(renderErrors(errorsIn(error), context.errStyle));
    if (error instanceof ValidationError) {
      const options = renderOverrides(run.configOverrides);
      context.stderr.write(`Nothing was run. Check again with: cobre validate ${run.caseArgument}${options}\n`);
    }
  }
  return exitCode;
}
