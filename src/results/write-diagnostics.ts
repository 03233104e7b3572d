import { join } from 'node:path';
import type { TrainingDiagnostics } from '../sddp/diagnostics.js';
import {
  type Column,
  CUT_SELECTION_COLUMNS,
  ITERATION_TIMING_COLUMNS,
  RETRY_HISTOGRAM_COLUMNS,
  SOLVER_ITERATION_COLUMNS,
} from './columns.js';
import type { Compression } from './compression.js';
import { writeJson } from './files.js';
import { type ColumnValues, writeParquet } from './parquet.js';
import { cutSelectionValues, scalingReport, timingValues, trainingSolverTables } from './training-tables.js';

/**
 * Writes how a training went into `directory` (that of the training): `timing/iterations.parquet`,
 * `solver/iterations.parquet`, `solver/retry_histogram.parquet`, `scaling_report.json` and, where cuts are selected,
 * `cut_selection/iterations.parquet`.
 * @throws CobreError `IoError`
 */
export function writeDiagnostics(directory: string, diagnostics: TrainingDiagnostics, compression: Compression): void {
  const { solver, scaling, cutSelection } = diagnostics;
  const { iterations, retries } = trainingSolverTables(solver);
  const write = (file: string, columns: readonly Column[], values: readonly ColumnValues[]) =>
    writeParquet(join(directory, file), columns, values, compression);
  write('timing/iterations.parquet', ITERATION_TIMING_COLUMNS, timingValues(diagnostics));
  write('solver/iterations.parquet', SOLVER_ITERATION_COLUMNS, iterations);
  write('solver/retry_histogram.parquet', RETRY_HISTOGRAM_COLUMNS, retries);
  writeJson(join(directory, 'scaling_report.json'), scalingReport(scaling));
  if (cutSelection === null) return;
  write('cut_selection/iterations.parquet', CUT_SELECTION_COLUMNS, cutSelectionValues(cutSelection));
}
