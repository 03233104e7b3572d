import type { TrainingResult } from '../options.js';
import { NORMAL_QUANTILE_95 } from '../sddp/bounds.js';
import { boundsFromAbove, isCyclic } from '../sddp/comparable.js';
import { isRiskAverse } from '../sddp/risk-measure.js';
import type { Output } from './context.js';
import { leadingEvents } from './leading-events.js';
import type { RunReporter } from './run-reporter.js';

/** One JSON object a line, `type` first: `started`, `progress` ..., `terminated`; the command adds `result`. */
export function jsonLinesReporter(output: Output, version: string): RunReporter {
  const events = leadingEvents();
  const emit = (line: Readonly<Record<string, unknown>>) => output.write(`${JSON.stringify(line)}\n`);
  return {
    started({ study, caseDirectory, workers }) {
      emit({
        type: 'started',
        case: caseDirectory,
        stages: study.stages.length,
        hydros: study.hydros.length,
        thermals: study.thermals.length,
        buses: study.buses.length,
        lines: study.lines.length,
        ranks: workers,
        threads_per_rank: 1,
        risk_averse: isRiskAverse(study),
        cyclic: isCyclic(study),
        // If not, upper bounds in the progress are mean costs that bound nothing.
        compares_with_bound: boundsFromAbove(study),
        timestamp: new Date().toISOString(),
        cobre_version: version,
      });
    },
    progress(event) {
      if (event.phase === 'simulation') {
        const { complete, total } = events.simulation(event);
        emit({
          type: 'progress',
          phase: 'simulation',
          scenarios_complete: complete,
          scenarios_total: total,
          elapsed_ms: Math.round(event.wallTimeMs),
        });
      } else if (events.isNewIteration(event)) {
        const error = event.upperBoundStdError;
        emit({
          type: 'progress',
          phase: 'training',
          iteration: event.iteration,
          lower_bound: event.lowerBound,
          upper_bound: event.upperBound,
          upper_bound_std: event.upperBoundStd,
          ci_95: error === null ? null : NORMAL_QUANTILE_95 * error,
          gap: event.gap,
          wall_time_ms: Math.round(event.wallTimeMs),
          iteration_time_ms: event.iterationTimeMs === null ? null : Math.round(event.iterationTimeMs),
        });
      }
    },
    terminated(training: TrainingResult<unknown>) {
      emit({
        type: 'terminated',
        reason: training.terminationReason,
        iterations: training.iterations,
        final_lb: training.finalLowerBound,
        final_ub: training.finalUpperBound,
        total_time_ms: Math.round(training.wallTimeMs),
        total_cuts: training.totalCuts,
      });
    },
    stopping() {},
    close() {},
  };
}
