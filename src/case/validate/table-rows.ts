import { CASE_TABLES, type ColumnRange, type TableName, type TableSpec } from '../case-tables.js';
import { isoDate } from '../dates.js';
import type { ParsedCase } from '../parsed-case.js';
import { rowInWords, rowsInWords } from '../read/parquet-table.js';
import { type Known, type KnownIds, reportMissing } from './known-ids.js';
import { repeatedRow } from './repeated-rows.js';
import type { Report } from './report.js';

/** A table of any kind, by columns. */
export interface AnyTable {
  readonly rows: number;
  readonly columns: Readonly<Record<string, Float64Array>>;
}

/** The tables that could be read, in the order of their files. */
function* tablesOf(data: ParsedCase): Generator<[TableSpec, AnyTable]> {
  for (const name of Object.keys(CASE_TABLES) as TableName[]) {
    const table = data[name];
    if (table) yield [CASE_TABLES[name], table as AnyTable];
  }
}

/** Values outside the range of their column. */
export function checkTableRanges(data: ParsedCase, report: Report): void {
  for (const [{ file, ranges }, { columns }] of tablesOf(data)) {
    for (const [field, range] of Object.entries(ranges)) {
      const rows = rowsOutside(columns[field], range);
      if (rows.length === 0) continue;
      report.error('OutOfRange', `${field} of ${file} is ${columns[field][rows[0]]} in ${rowsInWords(rows)}`, {
        file,
        field,
        value: columns[field][rows[0]],
        context: { row: rows[0], count: rows.length },
        suggestion: `It must be ${rangeInWords(range)}.`,
      });
    }
  }
}

function rowsOutside(values: Float64Array, { min, max, positive }: ColumnRange): number[] {
  const rows: number[] = [];
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (value < (min ?? value) || value > (max ?? value) || (positive && value <= 0)) rows.push(row);
  }
  return rows;
}

function rangeInWords({ min, max, positive }: ColumnRange): string {
  const words = [
    ...(positive ? ['above 0'] : []),
    ...(min === undefined ? [] : [`at least ${min}`]),
    ...(max === undefined ? [] : [`at most ${max}`]),
  ];
  return words.join(' and ');
}

/** Rows that have the key of an earlier row. */
export function checkTableDuplicates(data: ParsedCase, report: Report): void {
  for (const [{ file, keys, columns: types }, { columns }] of tablesOf(data)) {
    if (keys.length === 0) continue;
    const repetition = repeatedRow(keys.map((column) => columns[column]));
    if (repetition === null) continue;
    const { first, row, count } = repetition;
    const more = count > 1 ? `, and ${count - 1} more like that` : '';
    const cell = (column: string) =>
      types[column] === 'DATE' ? isoDate(columns[column][row]) : orNone(columns[column][row]);
    const key = keys.map((column) => `${column} ${cell(column)}`).join(', ');
    const [entity, ...others] = keys;
    report.error('DuplicateId', `${file} has ${key} in rows ${first} and ${row} (counted from 0)${more}`, {
      file,
      field: entity,
      value: columns[entity][row],
      context: {
        row,
        ...Object.fromEntries(others.map((column) => [column, cell(column)])),
        count,
      },
      suggestion: `Keep one row for each ${keys.length === 2 ? 'pair' : 'combination'} of ${listed(keys)}.`,
    });
  }
}

function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}

function orNone(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** Identifiers, by the column that holds them. */
const REFERENCES = {
  hydro_id: 'hydros',
  bus_id: 'buses',
  line_id: 'lines',
  thermal_id: 'thermals',
  station_id: 'pumps',
  contract_id: 'contracts',
  ncs_id: 'sources',
  source_id: 'sources',
  constraint_id: 'constraints',
} as const satisfies Record<string, keyof Known>;

/** Rows that refer to entities or stages that do not exist. */
export function checkTableReferences(data: ParsedCase, known: Known, report: Report): void {
  for (const [{ file, stages }, { columns }] of tablesOf(data)) {
    for (const [field, kind] of Object.entries(REFERENCES)) {
      if (columns[field] !== undefined) checkColumn(report, file, field, columns[field], known[kind]);
    }
    if (stages === 'study') checkColumn(report, file, 'stage_id', columns.stage_id, known.stages);
    if (stages === 'all') checkColumn(report, file, 'stage_id', columns.stage_id, known.allStages);
    if (stages === 'past') {
      checkColumn(report, file, 'stage_id', columns.stage_id, known.allStages, (stage) => stage < 0);
    }
    if (stages === 'any') warnOfStages(report, file, columns.stage_id, known.stages);
  }
}

function checkColumn(
  report: Report,
  file: string,
  field: string,
  values: Float64Array,
  target: KnownIds | undefined,
  passes: (value: number) => boolean = () => false,
): void {
  if (target === undefined) return;
  for (const [value, row] of firstRows(values)) {
    if (target.ids.has(value) || passes(value)) continue;
    reportMissing(report, target, value, { file, field, place: `${rowInWords(row)} of ${file}`, row });
  }
}

function warnOfStages(report: Report, file: string, values: Float64Array, stages: KnownIds | undefined): void {
  if (stages === undefined) return;
  const unknown = [...firstRows(values).keys()].filter((id) => !stages.ids.has(id)).sort((a, b) => a - b);
  if (unknown.length === 0) return;
  const word = unknown.length === 1 ? 'stage' : 'stages';
  report.warn(
    'MissingReference',
    `rows of ${word} ${unknown.join(', ')} have no effect, because there is no such stage`,
    { file, field: 'stage_id', value: unknown[0], suggestion: 'Remove them, or name a stage of stages.json.' },
  );
}

/** Each distinct value, with the first row that holds it; rows without a value are passed over. */
function firstRows(values: Float64Array): Map<number, number> {
  const rows = new Map<number, number>();
  for (let row = 0; row < values.length; row++) {
    if (!Number.isNaN(values[row]) && !rows.has(values[row])) rows.set(values[row], row);
  }
  return rows;
}
