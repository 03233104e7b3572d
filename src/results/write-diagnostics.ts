import { join } from 'node:path';
import type { TrainingDiagnostics } from '../sddp/diagnostics.js';
import {
  CUT_SELECTION_COLUMNS,
  ITERATION_TIMING_COLUMNS,
  RETRY_HISTOGRAM_COLUMNS,
  SOLVER_ITERATION_COLUMNS,
} from './columns.js';
import { writeJson } from './files.js';
import { writeParquet } from './parquet.js';
import { cutSelectionValues, scalingReport, timingValues, trainingSolverTables } from './training-tables.js';

/**
 * Writes how a training went into `directory` (that of the training): `timing/iterations.parquet`,
 * `solver/iterations.parquet`, `solver/retry_histogram.parquet`, `scaling_report.json` and, where cuts are selected,
 * `cut_selection/iterations.parquet`.
 * @throws CobreError `IoError`
 */
export function writeDiagnostics(directory: string, diagnostics: TrainingDiagnostics): void {
  const { solver, scaling, cutSelection } = diagnostics;
  const { iterations, retries } = trainingSolverTables(solver);
  writeParquet(join(directory, 'timing', 'iterations.parquet'), ITERATION_TIMING_COLUMNS, timingValues(diagnostics));
  writeParquet(join(directory, 'solver', 'iterations.parquet'), SOLVER_ITERATION_COLUMNS, iterations);
  writeParquet(join(directory, 'solver', 'retry_histogram.parquet'), RETRY_HISTOGRAM_COLUMNS, retries);
  writeJson(join(directory, 'scaling_report.json'), scalingReport(scaling));
  if (cutSelection === null) return;
  const file = join(directory, 'cut_selection', 'iterations.parquet');
  writeParquet(file, CUT_SELECTION_COLUMNS, cutSelectionValues(cutSelection));
}
