import { INFLOW_STATS, LOAD_STATS, type ParsedCase } from '../parsed-case.js';
import { rowsInWords } from '../read/parquet-table.js';
import type { Report } from './report.js';

/** Standard deviations are not negative. */
export function checkStatistics(data: ParsedCase, report: Report): void {
  checkDeviation(report, INFLOW_STATS, 'std_m3s', data.inflowStats?.columns.std_m3s);
  checkDeviation(report, LOAD_STATS, 'std_mw', data.loadStats?.columns.std_mw);
}

function checkDeviation(report: Report, file: string, field: string, values: Float64Array | undefined): void {
  if (values === undefined) return;
  const rows: number[] = [];
  for (let row = 0; row < values.length; row++) {
    if (values[row] < 0) rows.push(row);
  }
  if (rows.length === 0) return;
  report.error('OutOfRange', `${field} of ${file} is ${values[rows[0]]} in ${rowsInWords(rows)}`, {
    file,
    field,
    value: values[rows[0]],
    context: { row: rows[0], count: rows.length },
    suggestion: 'A standard deviation is at least 0.',
  });
}
