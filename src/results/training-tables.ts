import type {
  CutSelectionRecord,
  SolverIteration,
  StageScaling,
  TimingRecord,
  TrainingDiagnostics,
} from '../sddp/diagnostics.js';
import { countersAt, SOLVER_PHASES } from '../sddp/diagnostics.js';
import type { ColumnValues } from './parquet.js';
import { type SolverRow, solverTable } from './solver-tables.js';

/** Whole milliseconds of each, as the format has them. */
function milliseconds<T>(records: readonly T[], value: (record: T) => number): BigInt64Array {
  return BigInt64Array.from(records, (record) => BigInt(Math.round(value(record))));
}

/** `training/timing/iterations.parquet`: values of `ITERATION_TIMING_COLUMNS`. */
export function timingValues({ timing }: TrainingDiagnostics): ColumnValues[] {
  const forward = ({ forward: pass }: TimingRecord) => pass.wallMs - pass.exchangeMs;
  const column = (value: (record: TimingRecord) => number) => milliseconds(timing, value);
  return [
    Int32Array.from(timing, ({ iteration }) => iteration),
    column(forward),
    column((record) => record.backward.wallMs),
    column((record) => record.selectionMs),
    column((record) => record.forward.exchangeMs),
    column((record) => record.backward.exchangeMs),
    column((record) => record.lowerBoundMs),
    column(() => 0), // state_exchange_ms
    column((record) => record.cutBatchMs),
    column((record) => record.backward.setupMs),
    column((record) => record.backward.imbalanceMs),
    column((record) => record.backward.schedulingMs),
    column((record) => record.forward.setupMs),
    column((record) => record.forward.imbalanceMs),
    column((record) => record.forward.schedulingMs),
    column((record) =>
      Math.max(
        0,
        record.totalMs - record.forward.wallMs - record.backward.wallMs - record.selectionMs - record.lowerBoundMs,
      ),
    ),
  ];
}

/** Rows of `training/solver/`: phases and stages in which something was solved. */
function trainingSolverRows(iterations: readonly SolverIteration[]): SolverRow[] {
  return iterations.flatMap((record) =>
    SOLVER_PHASES.flatMap((phase, p) =>
      Array.from({ length: record.stages }, (_, stage) => ({
        iteration: record.iteration,
        phase,
        stage,
        counters: countersAt(record, p, stage),
      })).filter(({ counters }) => counters.solves > 0),
    ),
  );
}

/** `training/solver/`: values of `SOLVER_ITERATION_COLUMNS` and of `RETRY_HISTOGRAM_COLUMNS`. */
export function trainingSolverTables(iterations: readonly SolverIteration[]) {
  return solverTable(trainingSolverRows(iterations));
}

/** `training/cut_selection/iterations.parquet`: values of `CUT_SELECTION_COLUMNS`. */
export function cutSelectionValues(records: readonly CutSelectionRecord[]): ColumnValues[] {
  const whole = (value: (record: CutSelectionRecord) => number) => Int32Array.from(records, value);
  return [
    whole(({ iteration }) => iteration),
    whole(({ stage }) => stage),
    whole(({ populated }) => populated),
    whole(({ activeBefore }) => activeBefore),
    whole(({ deactivated }) => deactivated),
    whole(({ activeAfter }) => activeAfter),
    Float64Array.from(records, ({ selectionMs }) => selectionMs),
    records.map(({ budgetEvicted }) => budgetEvicted),
    records.map(({ activeAfterBudget }) => activeAfterBudget),
  ];
}

/** `training/scaling_report.json`. Matrix and right-hand sides go to the solver as they are: both sides are the same. */
export function scalingReport(scaling: readonly StageScaling[]): unknown {
  return scaling.map(({ stage, coefficients, rightHandSides }) => {
    const ranges = {
      coefficient_min: coefficients.min,
      coefficient_max: coefficients.max,
      rhs_min: rightHandSides.min,
      rhs_max: rightHandSides.max,
    };
    return { stage, before: ranges, after: ranges };
  });
}
