import { join } from 'node:path';
import type { Study } from '../case/study.js';
import { boundDoubts, boundsFromAbove, creditsSources, isCyclic } from '../sddp/comparable.js';
import type { IterationRecord, RankIterationRecord, TrainingOutcome } from '../sddp/outcome.js';
import { isRiskAverse } from '../sddp/risk-measure.js';
import { iterationLimit } from '../sddp/stopping-rules.js';
import { CONVERGENCE_COLUMNS, RANK_TIMING_COLUMNS } from './columns.js';
import type { Compression } from './compression.js';
import { writeDictionaries } from './dictionaries.js';
import { writeJson } from './files.js';
import { writeParquet } from './parquet.js';
import { distribution, hasConverged, type RunMeta } from './run-meta.js';
import { writeDiagnostics } from './write-diagnostics.js';

const FORMAT_VERSION = '2.0.0';

/**
 * Writes `training/` under `directory`: `convergence.parquet`, `timing/mpi_ranks.parquet`, what `writeDiagnostics` writes,
 * `_manifest.json`, `metadata.json` and `dictionaries/`.
 * @throws CobreError `IoError`
 */
export function writeTraining(directory: string, study: Study, outcome: TrainingOutcome, meta: RunMeta): void {
  const training = join(directory, 'training');
  const { compression } = study.config.exports;
  writeConvergence(join(training, 'convergence.parquet'), outcome.history, compression);
  writeRankTiming(join(training, 'timing', 'mpi_ranks.parquet'), outcome.ranks, compression);
  writeDiagnostics(training, outcome.diagnostics, compression);
  writeDictionaries(join(training, 'dictionaries'), study, meta);
  writeJson(join(training, 'metadata.json'), trainingMetadata(study, outcome, meta));
  writeJson(join(training, '_manifest.json'), trainingManifest(study, outcome, meta));
}

function int32(values: readonly number[]): Int32Array {
  return Int32Array.from(values);
}

/** Times are measured in fractions of a millisecond and written in whole ones. */
function int64(values: readonly number[]): BigInt64Array {
  return BigInt64Array.from(values, (value) => BigInt(Math.round(value)));
}

function writeConvergence(file: string, history: readonly IterationRecord[], compression: Compression): void {
  const values = [
    int32(history.map((r) => r.iteration)),
    Float64Array.from(history, (r) => r.lowerBound),
    Float64Array.from(history, (r) => r.upperBoundMean),
    Float64Array.from(history, (r) => r.upperBoundStd),
    history.map((r) => r.gapPercent),
    int32(history.map((r) => r.cutsAdded)),
    int32(history.map((r) => r.cutsRemoved)),
    int64(history.map((r) => r.cutsActive)),
    int64(history.map((r) => r.timeForwardMs)),
    int64(history.map((r) => r.timeBackwardMs)),
    int64(history.map((r) => r.timeTotalMs)),
    int32(history.map((r) => r.forwardPasses)),
    int64(history.map((r) => r.lpSolves)),
  ];
  writeParquet(file, CONVERGENCE_COLUMNS, values, compression);
}

function writeRankTiming(file: string, ranks: readonly RankIterationRecord[], compression: Compression): void {
  const values = [
    int32(ranks.map((r) => r.iteration)),
    int32(ranks.map((r) => r.rank)),
    int64(ranks.map((r) => r.forwardMs)),
    int64(ranks.map((r) => r.backwardMs)),
    int64(ranks.map((r) => r.exchangeMs)),
    int64(ranks.map((r) => r.waitMs)),
    int64(ranks.map((r) => r.lpSolves)),
    int32(ranks.map((r) => r.trajectories)),
  ];
  writeParquet(file, RANK_TIMING_COLUMNS, values, compression);
}

function trainingManifest(study: Study, outcome: TrainingOutcome, meta: RunMeta): unknown {
  const { history, terminationReason } = outcome;
  const last = history.at(-1);
  const achieved = hasConverged(outcome, study.config.training.stoppingRules);
  const status = terminationReason === 'interrupted' ? 'partial' : achieved ? 'converged' : 'complete';
  return {
    version: FORMAT_VERSION,
    status,
    started_at: meta.startedAt,
    completed_at: meta.completedAt,
    iterations: {
      max_iterations: iterationLimit(study.config.training.stoppingRules),
      completed: history.length,
      converged_at: achieved ? (last?.iteration ?? null) : null,
    },
    convergence: {
      achieved,
      final_gap_percent: last?.gapPercent ?? null,
      termination_reason: terminationReason,
      // Beyond the format: what a reader wants to see first.
      final_lower_bound: last?.lowerBound ?? null,
      final_upper_bound: last?.upperBoundMean ?? null,
      final_upper_bound_std_error: last?.upperBoundStdError ?? null,
      // Under a risk measure the lower bound is of the nested, risk-adjusted cost, and the upper bound estimates the
      // policy's expected cost: it bounds nothing, and there is no gap.
      risk_averse: isRiskAverse(study),
      // In an endless horizon paths end with the policy's own cost-to-go: what is part of the upper bound then.
      cyclic: isCyclic(study),
      final_cost_to_go: last?.costToGoMean ?? null,
      // Nor is it an upper bound of other scenarios than the lower bound's.
      compares_with_bound: boundsFromAbove(study),
      // Why the lower bound may be none; empty where it holds.
      lower_bound_doubts: boundDoubts(study, outcome.policy.foreignCuts ?? false),
      // What sources generate counts as minus its price.
      credits_sources: creditsSources(study),
      // By inner approximation: upper bounds without sampling, of what the lower bound is of.
      deterministic_upper_bounds: history.flatMap(({ iteration, deterministicUpperBound: bound }) =>
        bound === null ? [] : [{ iteration, upper_bound: bound }],
      ),
    },
    cuts: {
      total_generated: history.reduce((sum, record) => sum + record.cutsAdded, 0),
      total_active: last?.cutsActive ?? 0,
      peak_active: history.reduce((peak, record) => Math.max(peak, record.cutsActive), 0),
    },
    checksum: null,
    distribution: distribution(meta),
    // Beyond the format: since the training began or was resumed.
    duration_seconds: outcome.wallTimeMs / 1000,
  };
}

function trainingMetadata(study: Study, outcome: TrainingOutcome, meta: RunMeta): unknown {
  const { training, policy } = study.config;
  return {
    version: FORMAT_VERSION,
    run_info: {
      run_id: `${study.hash.slice(0, 12)}-${meta.startedAt}`,
      started_at: meta.startedAt,
      completed_at: meta.completedAt,
      duration_seconds: outcome.wallTimeMs / 1000,
      cobre_version: meta.cobreVersion,
      solver: 'highs',
      solver_version: outcome.solverVersion,
      hostname: meta.hostname,
      user: null,
      case_directory: meta.caseDirectory,
      case_name: study.name,
    },
    configuration_snapshot: {
      seed: training.treeSeed,
      forward_passes: training.forwardPasses,
      stopping_mode: training.stoppingMode,
      policy_mode: policy.mode,
    },
    problem_dimensions: {
      num_stages: study.stages.length,
      num_hydros: study.hydros.length,
      num_thermals: study.thermals.length,
      num_buses: study.buses.length,
      num_lines: study.lines.length,
    },
    performance_summary: null,
    data_integrity: null,
    environment: { distribution: distribution(meta) },
  };
}
