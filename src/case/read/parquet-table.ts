import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileMetaData, parquetMetadata, parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { CobreError } from '../../errors.js';
import { fileError } from './file-error.js';
import { type ColumnType, type ColumnTypes, checkColumns } from './parquet-columns.js';

/** A table by columns; every column has `rows` finite values. */
export interface Table<C extends ColumnTypes> {
  readonly rows: number;
  readonly columns: { readonly [K in keyof C]: Float64Array };
}

export type TableContent<C extends ColumnTypes> =
  | { readonly ok: true; readonly table: Table<C> }
  | { readonly ok: false; readonly errors: readonly CobreError[] };

/** More rows than a case can have; a damaged header may claim any number. */
const MAX_ROWS = 50_000_000;

/** Reads a Parquet table with exactly the given columns. Never throws for what the file holds. */
export async function readTable<C extends ColumnTypes>(
  directory: string,
  file: string,
  types: C,
): Promise<TableContent<C>> {
  let buffer: ArrayBuffer;
  let metadata: FileMetaData;
  try {
    buffer = await readBuffer(directory, file);
  } catch (cause) {
    return { ok: false, errors: [fileError(file, cause)] };
  }
  try {
    metadata = readMetadata(buffer);
  } catch (cause) {
    return { ok: false, errors: [notParquet(file, cause)] };
  }
  const schemaErrors = checkColumns(file, metadata.schema, types);
  if (schemaErrors.length > 0) return { ok: false, errors: schemaErrors };

  const rows = Number(metadata.num_rows);
  let raw: Map<string, unknown[]>;
  try {
    raw = await readColumns(buffer, metadata, Object.keys(types));
  } catch (cause) {
    return { ok: false, errors: [notParquet(file, cause)] };
  }
  const errors: CobreError[] = [];
  const columns: Record<string, Float64Array> = {};
  for (const [name, type] of Object.entries(types)) {
    columns[name] = toNumbers(file, name, type, raw.get(name) ?? [], errors);
  }
  if (errors.length > 0) return { ok: false, errors };
  return { ok: true, table: { rows, columns: columns as Table<C>['columns'] } };
}

/** Number of rows of a Parquet file of any schema, or the error that it cannot be read. */
export async function countRows(directory: string, file: string): Promise<number | CobreError> {
  try {
    return Number(readMetadata(await readBuffer(directory, file)).num_rows);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === undefined ? notParquet(file, cause) : fileError(file, cause);
  }
}

async function readBuffer(directory: string, file: string): Promise<ArrayBuffer> {
  const bytes = await readFile(join(directory, file));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

/** Metadata whose claims agree with each other and with the file's length. */
function readMetadata(buffer: ArrayBuffer): FileMetaData {
  const metadata = parquetMetadata(buffer);
  const rows = Number(metadata.num_rows);
  if (!Number.isInteger(rows) || rows < 0 || rows > MAX_ROWS) throw new Error(`it claims ${metadata.num_rows} rows`);
  for (const element of metadata.schema) {
    if (typeof element.name !== 'string') throw new Error('a column has no name');
  }
  let total = 0;
  for (const group of metadata.row_groups) {
    const groupRows = Number(group.num_rows);
    if (!Number.isInteger(groupRows) || groupRows < 0) throw new Error('a row group has no valid number of rows');
    total += groupRows;
    for (const { meta_data: chunk } of group.columns) {
      if (chunk === undefined) throw new Error('a column chunk has no metadata');
      if (Number(chunk.num_values) !== groupRows) throw new Error('a column chunk and its row group differ in length');
      const end = Number(chunk.data_page_offset) + Number(chunk.total_compressed_size);
      // A chunk's size may count its dictionary page, which stands before the data pages.
      const start = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset);
      if (!(start >= 0) || !(end >= 0) || start > buffer.byteLength) throw new Error('a column chunk lies outside');
    }
  }
  if (total !== rows) throw new Error(`its row groups hold ${total} rows, not ${rows}`);
  return metadata;
}

/** The columns one after the other: of several that fail at once, the reader leaves all but one unhandled. */
async function readColumns(
  file: ArrayBuffer,
  metadata: FileMetaData,
  names: readonly string[],
): Promise<Map<string, unknown[]>> {
  const rows = Number(metadata.num_rows);
  const columns = new Map<string, unknown[]>();
  for (const name of names) {
    let cells: unknown[][] = [];
    if (rows > 0) {
      await parquetRead({
        file,
        metadata,
        compressors,
        columns: [name],
        onComplete: (read) => {
          cells = read;
        },
      });
    }
    if (cells.length !== rows) throw new Error(`column ${name} holds ${cells.length} values, not ${rows}`);
    columns.set(
      name,
      cells.map(([cell]) => cell),
    );
  }
  return columns;
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
    const value = raw[row];
    if (value === null || value === undefined) nulls.push(row);
    else if (typeof value !== 'number' || !Number.isFinite(value)) faulty.push(row);
    else if (type === 'UINT32' && value < 0) faulty.push(row);
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
    const wanted = type === 'DOUBLE' ? 'a finite number' : 'a whole number that is not negative';
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
