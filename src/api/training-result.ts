import type { ConvergenceHistory, ProgressEvent, TrainingOrigin, TrainingResult, WorkerInfo } from '../options.js';
import { Policy } from '../results/policy.js';
import { NORMAL_QUANTILE_95 } from '../sddp/bounds.js';
import type { IterationRecord, TrainingOutcome } from '../sddp/outcome.js';

/** What a rank tells after an iteration. */
export function trainingEvent(record: IterationRecord, wallTimeMs: number, workerId: number | null): ProgressEvent {
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
  let wallTimeMs = 0;
  return {
    iteration: Int32Array.from(history, (record) => record.iteration),
    lowerBound: column((record) => record.lowerBound),
    upperBound: column((record) => record.upperBoundMean),
    upperBoundStd: column((record) => record.upperBoundStd),
    upperBoundStdError: column((record) => record.upperBoundStdError ?? Number.NaN),
    ci95: column((record) => NORMAL_QUANTILE_95 * (record.upperBoundStdError ?? Number.NaN)),
    gap: column((record) => relativeGap(record) ?? Number.NaN),
    iterationTimeMs: column((record) => record.timeTotalMs),
    wallTimeMs: column((record) => (wallTimeMs += record.timeTotalMs)),
  };
}

/** The result of a training as callers get it. */
export function trainingResult(
  { outcome, workers }: { readonly outcome: TrainingOutcome; readonly workers: readonly WorkerInfo[] | null },
  origin: TrainingOrigin,
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
    finalCostToGo: last.costToGoMean,
    finalGap: relativeGap(last),
    terminationReason: outcome.terminationReason,
    origin,
    totalCuts: last.cutsActive,
    wallTimeMs: outcome.wallTimeMs,
    outputDirectory,
    workers,
  };
}
