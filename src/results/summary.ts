import { join } from 'node:path';
import { z } from 'zod';
import { BOUND_DOUBTS, type BoundDoubt } from '../sddp/comparable.js';
import type { IterationRecord } from '../sddp/outcome.js';
import { CONVERGENCE_COLUMNS } from './columns.js';
import { readJson } from './files.js';
import { readParquet } from './parquet.js';

const HOW_TO_GET_ONE = 'Point to the output directory of a finished run (cobre run CASE --output DIR).';

/** One row of `training/convergence.parquet`. */
export type ConvergenceRecord = Omit<
  IterationRecord,
  'timeLowerBoundMs' | 'deterministicUpperBound' | 'upperBoundStdError' | 'costToGoMean'
>;

const count = z.number().int().nonnegative();

const trainingManifest = z.looseObject({
  status: z.string(),
  started_at: z.string().nullable(),
  completed_at: z.string().nullable(),
  iterations: z.looseObject({ max_iterations: count.nullable(), completed: count, converged_at: count.nullable() }),
  convergence: z.looseObject({
    achieved: z.boolean(),
    final_gap_percent: z.number().nullable(),
    termination_reason: z.string(),
    // Left out by earlier versions: not given is not null.
    final_upper_bound_std_error: z.number().nullish(),
    risk_averse: z.boolean().default(false),
    cyclic: z.boolean().default(false),
    final_cost_to_go: z.number().nullable().default(null),
    compares_with_bound: z.boolean().optional(),
    lower_bound_doubts: z.array(z.enum(BOUND_DOUBTS)).default([]),
    credits_sources: z.boolean().default(false),
    deterministic_upper_bounds: z.array(z.looseObject({ iteration: count, upper_bound: z.number() })).default([]),
  }),
  cuts: z.looseObject({ total_generated: count, total_active: count, peak_active: count }),
  distribution: z.looseObject({ backend: z.string(), world_size: count }),
  duration_seconds: z.number().nullable().default(null),
});

const simulationManifest = z.looseObject({
  status: z.string(),
  scenarios: z.looseObject({ total: count, completed: count, failed: count }),
  distribution: z.looseObject({ backend: z.string(), world_size: count }),
  summary: z.looseObject({
    mean_cost: z.number(),
    mean_cost_to_go: z.number().nullable().default(null),
    std_cost: z.number(),
    duration_seconds: z.number(),
    compares_with_bound: z.boolean().default(true),
  }),
});

/** How a training ended, from `training/_manifest.json`. */
export interface TrainingSummary {
  /** `complete`, `converged` or `partial`. */
  readonly status: string;
  readonly startedAt: string | null;
  readonly completedAt: string | null;
  readonly maxIterations: number | null;
  readonly iterations: number;
  readonly terminationReason: string;
  readonly finalGapPercent: number | null;
  /** Whether a risk measure other than the expectation was used: the mean cost is then no bound. */
  readonly riskAverse: boolean;
  /** Whether the horizon is endless: the mean cost then ends with the policy's own cost-to-go, [$], where it is told. */
  readonly cyclic: boolean;
  readonly costToGo: number | null;
  /** Whether the mean cost estimates what the lower bound is about: else it is no upper bound. */
  readonly comparesWithBound: boolean;
  /** Why the lower bound may be none; empty where it holds. */
  readonly lowerBoundDoubts: readonly BoundDoubt[];
  /** Standard error of the last mean cost [$]; `null`: not to be told from one path; `undefined`: the manifest is silent. */
  readonly upperBoundStdError: number | null | undefined;
  /** Whether costs count what non-controllable sources generate as minus its price. */
  readonly creditsSources: boolean;
  /** The last upper bound by inner approximation [$]; `null` where there was none. */
  readonly deterministicUpperBound: number | null;
  readonly cutsGenerated: number;
  readonly cutsActive: number;
  /** Since the training began or was resumed; `null` where the manifest is silent. */
  readonly durationSeconds: number | null;
  readonly backend: string;
  readonly workers: number;
}

/** What a simulation came to, from `simulation/_manifest.json`. Costs in $, discounted to the first stage. */
export interface SimulationSummary {
  /** `complete` or `partial`. */
  readonly status: string;
  readonly scenariosTotal: number;
  readonly scenariosCompleted: number;
  readonly meanCost: number;
  /** Of that, the policy's own cost-to-go after the last stage of an endless horizon; else `null`. */
  readonly meanCostToGo: number | null;
  readonly stdCost: number;
  /** Whether these estimate what the lower bound of the training is about. */
  readonly comparesWithBound: boolean;
  readonly durationSeconds: number;
  readonly backend: string;
  readonly workers: number;
}

/**
 * The convergence history in an output directory, one record an iteration.
 * @throws CobreError `MissingFile`, `ParseError` or `IoError`
 */
export async function readConvergence(directory: string): Promise<ConvergenceRecord[]> {
  const file = join(directory, 'training', 'convergence.parquet');
  const rows = await readParquet(file, CONVERGENCE_COLUMNS, HOW_TO_GET_ONE);
  return rows.map((row) => {
    const value = (name: string): number => Number(row[name]);
    return {
      iteration: value('iteration'),
      lowerBound: value('lower_bound'),
      upperBoundMean: value('upper_bound_mean'),
      upperBoundStd: value('upper_bound_std'),
      gapPercent: row.gap_percent === null ? null : value('gap_percent'),
      cutsAdded: value('cuts_added'),
      cutsRemoved: value('cuts_removed'),
      cutsActive: value('cuts_active'),
      forwardPasses: value('forward_passes'),
      lpSolves: value('lp_solves'),
      timeForwardMs: value('time_forward_ms'),
      timeBackwardMs: value('time_backward_ms'),
      timeTotalMs: value('time_total_ms'),
    };
  });
}

/** How the training in an output directory ended. @throws CobreError `MissingFile`, `ParseError` or `IoError` */
export async function readTrainingSummary(directory: string): Promise<TrainingSummary> {
  const file = join(directory, 'training', '_manifest.json');
  const manifest = readJson(file, trainingManifest, HOW_TO_GET_ONE);
  return {
    status: manifest.status,
    startedAt: manifest.started_at,
    completedAt: manifest.completed_at,
    maxIterations: manifest.iterations.max_iterations,
    iterations: manifest.iterations.completed,
    terminationReason: manifest.convergence.termination_reason,
    finalGapPercent: manifest.convergence.final_gap_percent,
    riskAverse: manifest.convergence.risk_averse,
    cyclic: manifest.convergence.cyclic,
    costToGo: manifest.convergence.final_cost_to_go,
    comparesWithBound: manifest.convergence.compares_with_bound ?? !manifest.convergence.risk_averse,
    lowerBoundDoubts: manifest.convergence.lower_bound_doubts,
    upperBoundStdError: manifest.convergence.final_upper_bound_std_error,
    creditsSources: manifest.convergence.credits_sources,
    deterministicUpperBound: manifest.convergence.deterministic_upper_bounds.at(-1)?.upper_bound ?? null,
    cutsGenerated: manifest.cuts.total_generated,
    cutsActive: manifest.cuts.total_active,
    durationSeconds: manifest.duration_seconds,
    backend: manifest.distribution.backend,
    workers: manifest.distribution.world_size,
  };
}

/** What the simulation in an output directory came to. @throws CobreError `MissingFile`, `ParseError` or `IoError` */
export async function readSimulationSummary(directory: string): Promise<SimulationSummary> {
  const file = join(directory, 'simulation', '_manifest.json');
  const manifest = readJson(file, simulationManifest, HOW_TO_GET_ONE);
  return {
    status: manifest.status,
    scenariosTotal: manifest.scenarios.total,
    scenariosCompleted: manifest.scenarios.completed,
    meanCost: manifest.summary.mean_cost,
    meanCostToGo: manifest.summary.mean_cost_to_go,
    stdCost: manifest.summary.std_cost,
    comparesWithBound: manifest.summary.compares_with_bound,
    durationSeconds: manifest.summary.duration_seconds,
    backend: manifest.distribution.backend,
    workers: manifest.distribution.world_size,
  };
}
