import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CobreError } from '../../errors.js';
import { fileError } from './file-error.js';
import { type ColumnType, type ColumnTypes, checkColumns, isOptional, storedType } from './parquet-columns.js';
import { ParquetThread } from './parquet-thread.js';

/**
 * A table by columns; every column has `rows` values. They are finite but for NaN where an optional column has none;
 * dates are days since 1970-01-01.
 */
export interface Table<C extends ColumnTypes> {
  readonly rows: number;
  readonly columns: { readonly [K in keyof C]: Float64Array };
}

type TableContent<C extends ColumnTypes> =
  | { readonly ok: true; readonly table: Table<C> }
  | { readonly ok: false; readonly errors: readonly CobreError[] };

const MS_PER_DAY = 86_400_000;
/** 0001-01-01 and 9999-12-31. */
const FIRST_DAY = -719_162;
const LAST_DAY = 2_932_896;

const WANTED = {
  DOUBLE: 'a finite number',
  INT32: 'a whole number',
  UINT32: 'a whole number that is not negative',
  DATE: 'a day of the years 1 to 9999',
} as const;

/** One for all: cases are read one file at a time. */
const thread = new ParquetThread();

/** Reads a Parquet table with the given columns and no other. Never throws for what the file holds. */
export async function readTable<C extends ColumnTypes>(
  directory: string,
  file: string,
  types: C,
  reader: ParquetThread = thread,
): Promise<TableContent<C>> {
  let buffer: ArrayBuffer;
  try {
    buffer = await readBuffer(directory, file);
  } catch (cause) {
    return { ok: false, errors: [fileError(file, cause)] };
  }
  try {
    return await reader.read(buffer, async ({ rows, schema }, column): Promise<TableContent<C>> => {
      const errors = checkColumns(file, schema, types);
      if (errors.length > 0) return { ok: false, errors };
      const columns: Record<string, Float64Array> = {};
      for (const [name, type] of Object.entries(types)) {
        columns[name] = schema.some((element, i) => i > 0 && element.name === name)
          ? toNumbers(file, name, type, await column(name), errors)
          : new Float64Array(rows).fill(Number.NaN);
      }
      if (errors.length > 0) return { ok: false, errors };
      return { ok: true, table: { rows, columns: columns as Table<C>['columns'] } };
    });
  } catch (cause) {
    return { ok: false, errors: [notParquet(file, cause)] };
  }
}

async function readBuffer(directory: string, file: string): Promise<ArrayBuffer> {
  const bytes = await readFile(join(directory, file));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

/** The column's values as numbers; nulls and non-finite values become one error each kind, with the first row. */
function toNumbers(
  file: string,
  name: string,
  type: ColumnType,
  raw: readonly unknown[],
  errors: CobreError[],
): Float64Array {
  const values = new Float64Array(raw.length);
  const nulls: number[] = [];
  const faulty: number[] = [];
  for (let row = 0; row < raw.length; row++) {
    const cell = raw[row];
    const value = cell instanceof Date ? cell.getTime() / MS_PER_DAY : cell;
    if (value === null || value === undefined) {
      values[row] = Number.NaN;
      if (!isOptional(type)) nulls.push(row);
    } else if (typeof value !== 'number' || !Number.isFinite(value)) faulty.push(row);
    else if (type === 'UINT32' && value < 0) faulty.push(row);
    else if (type === 'DATE' && !(value >= FIRST_DAY && value <= LAST_DAY)) faulty.push(row);
    else values[row] = value;
  }
  if (nulls.length > 0) {
    errors.push(
      new CobreError('SchemaViolation', `column ${name} of ${file} has no value in ${rowsInWords(nulls)}`, {
        file,
        field: name,
        value: null,
        context: { row: nulls[0], count: nulls.length },
        suggestion: `Give ${name} a value in every row; null is not allowed.`,
      }),
    );
  }
  if (faulty.length > 0) {
    const value = raw[faulty[0]];
    const wanted = WANTED[storedType(type)];
    errors.push(
      new CobreError('OutOfRange', `column ${name} of ${file} holds ${String(value)} in ${rowsInWords(faulty)}`, {
        file,
        field: name,
        value,
        context: { row: faulty[0], count: faulty.length },
        suggestion: `Every ${name} must be ${wanted}.`,
      }),
    );
  }
  return values;
}

/** `row 3 (counted from 0)`. */
export function rowInWords(row: number): string {
  return `row ${row} (counted from 0)`;
}

/** `row 3 (counted from 0)`, or `row 3 (counted from 0) and 7 others`. */
export function rowsInWords(rows: readonly number[]): string {
  if (rows.length === 1) return rowInWords(rows[0]);
  return `${rowInWords(rows[0])} and ${rows.length - 1} other${rows.length > 2 ? 's' : ''}`;
}

function notParquet(file: string, cause: unknown): CobreError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CobreError('ParseError', `${file} is not a readable Parquet file: ${reason}`, {
    file,
    suggestion: 'The file is damaged or incomplete; write it again.',
    cause,
  });
}
