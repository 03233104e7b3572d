import { CASE_TABLES } from '../case-tables.js';
import { INFLOW_STATS, type ParsedCase } from '../parsed-case.js';
import { rowInWords } from '../read/parquet-table.js';
import type { Report } from './report.js';

const COEFFICIENTS = CASE_TABLES.coefficients.file;
const ANNUAL = CASE_TABLES.annual.file;
const INITIAL = 'initial_conditions.json';

/** Whether inflow depends on earlier inflow: the case brings coefficients, or a history to estimate them from. */
export function hasMemory({ coefficients, inflowHistory }: ParsedCase): boolean {
  return Boolean(coefficients?.rows || inflowHistory?.rows);
}

/** Autoregressive coefficients, and the inflow before the study that they refer to. */
export function checkInflowModel(data: ParsedCase, report: Report): void {
  checkLags(data, report);
  checkOrphans(data, report);
  checkPastInflows(data, report);
  checkRecentObservations(data, report);
}

/** The lags of a hydro at a stage run from 1 without gaps, with one residual for all of them. */
function checkLags({ coefficients }: ParsedCase, report: Report): void {
  const groups = new Map<string, number[]>();
  for (let row = 0; row < (coefficients?.rows ?? 0); row++) {
    const { hydro_id, stage_id } = (coefficients as NonNullable<typeof coefficients>).columns;
    const key = `hydro_id ${hydro_id[row]}, stage_id ${stage_id[row]}`;
    const rows = groups.get(key);
    if (rows === undefined) groups.set(key, [row]);
    else rows.push(row);
  }
  for (const [key, rows] of groups) {
    const { lag, residual_std_ratio: ratio } = (coefficients as NonNullable<typeof coefficients>).columns;
    const lags = rows.map((row) => lag[row]).sort((a, b) => a - b);
    const repeated = new Set(lags).size < lags.length;
    const gap = lags.findIndex((value, i) => value !== i + 1);
    // Repeated lags, and lags below 1, have been reported as such.
    if (gap >= 0 && !repeated && lags[0] >= 1) {
      report.error(
        'CoverageMismatch',
        `${COEFFICIENTS} has the lags ${lags.join(', ')} for ${key}, without ${gap + 1}`,
        {
          file: COEFFICIENTS,
          field: 'lag',
          value: lags[gap],
          context: { row: rows[0] },
          suggestion: 'Number the lags from 1 without gaps; a coefficient may be 0.',
        },
      );
    }
    const other = rows.find((row) => Math.abs(ratio[row] - ratio[rows[0]]) > Number.EPSILON);
    if (other === undefined) continue;
    const message = `residual_std_ratio is ${ratio[rows[0]]} and ${ratio[other]} for ${key}`;
    report.error('IncompatibleSettings', `${message}, in ${rowInWords(other)} of ${COEFFICIENTS}`, {
      file: COEFFICIENTS,
      field: 'residual_std_ratio',
      value: ratio[other],
      context: { row: other },
      suggestion: 'Write the same ratio in every row of a hydro and stage.',
    });
  }
}

/** Coefficients are standardised: without mean and deviation of their season they say nothing. */
function checkOrphans(data: ParsedCase, report: Report): void {
  const { inflowStats } = data;
  if (inflowStats === undefined) return;
  const known = new Set<string>();
  for (let row = 0; row < (inflowStats?.rows ?? 0); row++) {
    const { hydro_id, stage_id } = (inflowStats as NonNullable<typeof inflowStats>).columns;
    known.add(`${hydro_id[row]} ${stage_id[row]}`);
  }
  for (const [file, table] of [
    [COEFFICIENTS, data.coefficients],
    [ANNUAL, data.annual],
  ] as const) {
    if (!table?.rows) continue;
    // That there are no statistics at all is told as such.
    if (known.size === 0) continue;
    const { hydro_id, stage_id } = table.columns;
    for (let row = 0; row < table.rows; row++) {
      if (known.has(`${hydro_id[row]} ${stage_id[row]}`)) continue;
      const place = `hydro_id ${hydro_id[row]}, stage_id ${stage_id[row]}`;
      report.error('CoverageMismatch', `${rowInWords(row)} of ${file}: ${INFLOW_STATS} has no row for ${place}`, {
        file,
        field: 'hydro_id',
        value: hydro_id[row],
        context: { row, stage_id: stage_id[row] },
        suggestion: `Add mean and standard deviation for ${place}, or remove the coefficients.`,
      });
      break;
    }
  }
}

/** Each hydro has as many past values as its longest lag. */
function checkPastInflows(data: ParsedCase, report: Report): void {
  const { initialConditions, coefficients, stages } = data;
  if (!initialConditions) return;
  for (const [i, { values_m3s, season_ids }] of initialConditions.past_inflows.entries()) {
    if (!season_ids || season_ids.length === values_m3s.length) continue;
    const field = `past_inflows[${i}].season_ids`;
    report.error('CoverageMismatch', `${field} has ${season_ids.length} seasons for ${values_m3s.length} values`, {
      file: INITIAL,
      field,
      value: season_ids,
      suggestion: 'Give one season for each of values_m3s, or none at all.',
    });
  }
  if (!hasMemory(data)) {
    // Without statistics there is an error that speaks of them already.
    if (initialConditions.past_inflows.length > 0 && data.inflowStats?.rows) {
      report.warn('IncompatibleSettings', 'past_inflows has no effect, because the inflow has no autoregressive part', {
        file: INITIAL,
        field: 'past_inflows',
        suggestion: `Remove it, or add ${COEFFICIENTS}.`,
      });
    }
    return;
  }
  // Where the file is faulty already, an entry with a wrong id may have been meant for the hydro that is missed.
  if (!report.clean(INITIAL)) return;
  const order = new Map<number, number>();
  for (let row = 0; row < (coefficients?.rows ?? 0); row++) {
    const { hydro_id, lag } = (coefficients as NonNullable<typeof coefficients>).columns;
    order.set(hydro_id[row], Math.max(order.get(hydro_id[row]) ?? 0, lag[row]));
  }
  const given = new Map(initialConditions.past_inflows.map((entry) => [entry.hydro_id, entry.values_m3s.length]));
  const declared = stages?.stages.some((stage) => stage.state_variables?.inflow_lags) ?? false;
  for (const [id, lags] of [...order].sort(([a], [b]) => a - b)) {
    const count = given.get(id) ?? 0;
    if (count >= lags) continue;
    const values = count === 1 ? '1 value' : `${count} values`;
    const depends = lags === 1 ? 'the last one' : `the last ${lags}`;
    const message = `hydro ${id} has ${values} in past_inflows, but its inflow depends on ${depends}`;
    const suggestion = `Give an entry with hydro_id ${id} and ${lags === 1 ? '1 value' : `${lags} values`} or more, the latest first.`;
    const position = initialConditions.past_inflows.findIndex((entry) => entry.hydro_id === id);
    const at = {
      file: INITIAL,
      ...(position < 0
        ? { field: 'past_inflows', value: initialConditions.past_inflows.map((entry) => entry.hydro_id) }
        : {
            field: `past_inflows[${position}].values_m3s`,
            value: initialConditions.past_inflows[position].values_m3s,
          }),
    };
    if (!declared) {
      const instead = data.inflowHistory?.rows
        ? 'what is missing is taken from the inflow history, else it is the mean of its season'
        : 'what is missing is the mean of its season';
      report.warn('CoverageMismatch', `${message}; ${instead}`, { ...at, suggestion });
      continue;
    }
    report.error(
      'CoverageMismatch',
      `${message}, and state_variables.inflow_lags of stages.json says that they are known`,
      {
        ...at,
        context: { hydro_id: id, needed: lags },
        suggestion,
      },
    );
  }
}

/** Periods end after they start, and those of one hydro do not overlap. ISO dates sort as text. */
function checkRecentObservations(data: ParsedCase, report: Report): void {
  const observations = [...(data.initialConditions?.recent_observations ?? []).entries()];
  for (const [i, { start_date, end_date }] of observations) {
    if (end_date > start_date) continue;
    const message = `recent_observations[${i}] ends on ${end_date}, not after it starts on ${start_date}`;
    report.error('StageMismatch', message, {
      file: INITIAL,
      field: `recent_observations[${i}].end_date`,
      value: end_date,
      suggestion: 'end_date is the day after the last day of the period.',
    });
  }
  observations.sort(([, a], [, b]) => a.hydro_id - b.hydro_id || (a.start_date < b.start_date ? -1 : 1));
  for (let k = 1; k < observations.length; k++) {
    const [[before, earlier], [i, later]] = [observations[k - 1], observations[k]];
    if (earlier.hydro_id !== later.hydro_id || earlier.end_date <= later.start_date) continue;
    if (earlier.end_date <= earlier.start_date || later.end_date <= later.start_date) continue;
    const message = `recent_observations[${i}] of hydro ${later.hydro_id} starts on ${later.start_date}`;
    report.error('StageMismatch', `${message}, before recent_observations[${before}] ends on ${earlier.end_date}`, {
      file: INITIAL,
      field: `recent_observations[${i}].start_date`,
      value: later.start_date,
      suggestion: 'Let the periods of a hydro follow each other.',
    });
  }
  if (observations.length > 0 && !hasMemory(data)) {
    report.warn(
      'IncompatibleSettings',
      'recent_observations has no effect, because the inflow has no autoregressive part',
      { file: INITIAL, field: 'recent_observations', suggestion: `Remove it, or add ${COEFFICIENTS}.` },
    );
  }
}
