import { CobreError } from '../errors.js';
import type { Policy } from '../results/policy.js';
import type { ConvergenceRecord, SimulationSummary, TrainingSummary } from '../results/summary.js';
import type { RunSummary } from './summary.js';

/** The readers of each part of an output directory. They throw `MissingFile` for a part that is not there. */
export interface ResultReaders {
  training(directory: string): Promise<TrainingSummary>;
  convergence(directory: string): Promise<readonly ConvergenceRecord[]>;
  simulation(directory: string): Promise<SimulationSummary>;
  policy(directory: string): Promise<Pick<Policy, 'data' | 'digest'>>;
}

async function orMissing<T>(part: Promise<T>): Promise<T | null> {
  try {
    return await part;
  } catch (error) {
    if (error instanceof CobreError && error.kind === 'MissingFile') return null;
    throw error;
  }
}

/**
 * All that an output directory tells about its run. Parts that a run left out are `null`.
 * @throws CobreError `MissingFile` when there is neither a training nor a simulation; what reading throws
 */
export async function readRunSummary(directory: string, readers: ResultReaders): Promise<RunSummary> {
  const [manifest, history, simulation, policy] = await Promise.all([
    orMissing(readers.training(directory)),
    orMissing(readers.convergence(directory)),
    orMissing(readers.simulation(directory)),
    orMissing(readers.policy(directory)),
  ]);
  if (!manifest && !simulation) {
    throw new CobreError('MissingFile', `there are no results in '${directory}'`, {
      file: directory,
      suggestion: 'Point to the output directory of a finished run (cobre run CASE --output DIR).',
    });
  }
  const last = history?.at(-1) ?? null;
  return {
    caseName: policy?.data.caseName ?? null,
    status: manifest?.status ?? simulation?.status ?? 'unknown',
    startedAt: manifest?.startedAt ?? null,
    completedAt: manifest?.completedAt ?? null,
    policyDigest: policy?.digest() ?? null,
    creditsSources: manifest?.creditsSources ?? false,
    training: manifest && {
      iterations: manifest.iterations,
      iterationsBefore: null,
      terminationReason: manifest.terminationReason,
      lowerBound: last?.lowerBound ?? Number.NaN,
      upperBound: last?.upperBoundMean ?? Number.NaN,
      upperBoundStdError: errorOf(manifest, last),
      costToGo: manifest.costToGo,
      paths: last?.forwardPasses ?? null,
      gap: manifest.finalGapPercent === null ? null : manifest.finalGapPercent / 100,
      deterministicUpperBound: manifest.deterministicUpperBound,
      riskAverse: manifest.riskAverse,
      cyclic: manifest.cyclic,
      comparesWithBound: manifest.comparesWithBound,
      lowerBoundDoubts: manifest.lowerBoundDoubts,
      totalCuts: manifest.cutsActive,
      workers: manifest.workers,
      wallTimeMs: timeOf(manifest, history),
      history: {
        lowerBound: (history ?? []).map((record) => record.lowerBound),
        upperBound: (history ?? []).map((record) => record.upperBoundMean),
      },
    },
    simulation: simulation && {
      scenarios: simulation.scenariosCompleted,
      meanCost: simulation.meanCost,
      costToGo: simulation.meanCostToGo,
      stdCost: simulation.stdCost,
      ...(simulation.comparesWithBound === false ? { comparesWithBound: false } : {}),
      wallTimeMs: 1000 * simulation.durationSeconds,
    },
  };
}

/** Manifests of earlier versions leave it to the convergence history, which does not tell whether one path was all there is. */
function errorOf({ upperBoundStdError }: TrainingSummary, last: ConvergenceRecord | null): number | null {
  if (upperBoundStdError !== undefined) return upperBoundStdError;
  return last === null || last.forwardPasses === 1 ? null : last.upperBoundStd / Math.sqrt(last.forwardPasses);
}

/** As the run itself told it; of an earlier version's manifest, without what is between iterations. */
function timeOf({ durationSeconds }: TrainingSummary, history: readonly ConvergenceRecord[] | null): number | null {
  if (durationSeconds !== null) return 1000 * durationSeconds;
  return history?.reduce((sum, record) => sum + record.timeTotalMs, 0) ?? null;
}
