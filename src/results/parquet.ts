import { statSync } from 'node:fs';
import { asyncBufferFromFile, parquetReadObjects, type SchemaElement } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer';
import { CobreError } from '../errors.js';
import type { Column, ColumnType } from './column.js';
import { type Compression, codecOf } from './compression.js';
import { writeFile } from './files.js';
import { ioError } from './io-error.js';

/**
 * Values of one column, one a row. `null` only where the column is nullable; `Int64` and `UInt64` take bigint values,
 * `Boolean` takes booleans, `Utf8` strings.
 */
export type ColumnValues =
  | Float64Array
  | Int32Array
  | BigInt64Array
  | readonly (number | null)[]
  | readonly boolean[]
  | readonly string[]
  | readonly bigint[];

/** The format's own recommendation; a file here rarely has more rows than one group. */
const ROW_GROUP_ROWS = 100_000;

const PHYSICAL: Readonly<Record<ColumnType, Omit<SchemaElement, 'name'>>> = {
  // Parquet has no physical 8-bit integer: 32 bits annotated as 8 signed ones. In the old way only, which all readers
  // know: hyparquet-writer 0.17 writes the new annotation's bit width as a 32-bit number, and Arrow refuses the file.
  Int8: { type: 'INT32', converted_type: 'INT_8' },
  Int32: { type: 'INT32' },
  Int64: { type: 'INT64' },
  UInt32: { type: 'INT32', converted_type: 'UINT_32' },
  UInt64: { type: 'INT64', converted_type: 'UINT_64' },
  Float64: { type: 'DOUBLE' },
  Boolean: { type: 'BOOLEAN' },
  Utf8: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
};

/** What values of a type are read as; the others are numbers. */
const JAVASCRIPT: Readonly<Partial<Record<ColumnType, string>>> = {
  Int64: 'bigint',
  UInt64: 'bigint',
  Boolean: 'boolean',
  Utf8: 'string',
};

function schemaElements(columns: readonly Column[]): SchemaElement[] {
  const root: SchemaElement = { name: 'schema', num_children: columns.length };
  const leaves = columns.map(
    ({ name, type, nullable }): SchemaElement => ({
      name,
      ...PHYSICAL[type],
      repetition_type: nullable ? 'OPTIONAL' : 'REQUIRED',
    }),
  );
  return [root, ...leaves];
}

/**
 * Encodes a table as Parquet: without timestamps, so that equal tables give equal bytes.
 * @param columns schema, in file order
 * @param values one entry a column, all of the same length
 * @throws CobreError `NotSupported` for a compression that cannot be written
 */
export function encodeParquet(
  columns: readonly Column[],
  values: readonly ColumnValues[],
  compression: Compression = null,
): Uint8Array {
  const encoder = new ParquetEncoder(columns, compression);
  encoder.append(values);
  return encoder.finish();
}

/** A table that is encoded part by part; what is encoded is held in memory, compressed. */
export class ParquetEncoder {
  readonly #columns: readonly Column[];
  readonly #bytes = new ByteWriter();
  readonly #writer: ParquetWriter;

  constructor(columns: readonly Column[], compression: Compression = null) {
    this.#columns = columns;
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema: schemaElements(columns),
      createdBy: 'cobre',
      ...codecOf(compression),
    });
  }

  /** Adds rows: one entry a column, all of the same length. */
  append(values: readonly ColumnValues[]): void {
    const columnData = this.#columns.map(
      ({ name, type }, index): ColumnSource => ({
        name,
        data: values[index] as ColumnSource['data'],
        // A dictionary would merge -0 with 0, and quantities rarely repeat. Minima and maxima of quantities cost writing
        // time and let nobody skip anything: readers select by stage and entity.
        ...(type === 'Float64' ? { encoding: 'PLAIN', statistics: false } : {}),
      }),
    );
    this.#writer.write({ columnData, rowGroupSize: ROW_GROUP_ROWS });
  }

  finish(): Uint8Array {
    this.#writer.finish();
    return new Uint8Array(this.#bytes.getBuffer());
  }
}

/** Writes a table to `file`, making its directory. @throws CobreError `IoError`, `NotSupported` like `encodeParquet` */
export function writeParquet(
  file: string,
  columns: readonly Column[],
  values: readonly ColumnValues[],
  compression: Compression = null,
): void {
  writeFile(file, encodeParquet(columns, values, compression));
}

/**
 * Reads all rows of a file that has at least the given columns.
 * @throws CobreError `MissingFile`, `IoError`, or `ParseError` when it is not Parquet or a column is missing
 */
export async function readParquet(
  file: string,
  columns: readonly Column[],
  suggestion: string,
): Promise<Record<string, unknown>[]> {
  try {
    if (!statSync(file).isFile()) throw new CobreError('ParseError', `${file} is not a file`, { file, suggestion });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new CobreError('MissingFile', `${file} does not exist`, { file, suggestion, cause });
    }
    throw ioError(cause, file, 'read it');
  }
  let rows: Record<string, unknown>[];
  try {
    rows = await parquetReadObjects({ file: await asyncBufferFromFile(file), compressors });
  } catch (cause) {
    throw new CobreError('ParseError', `${file} is not a readable Parquet file`, { file, suggestion, cause });
  }
  for (const row of rows) {
    for (const { name, type, nullable } of columns) {
      const value = row[name];
      if (value === null && nullable) continue;
      const expected = JAVASCRIPT[type] ?? 'number';
      if (typeof value !== expected) {
        throw new CobreError('ParseError', `${file} lacks values of column ${name}`, { file, field: name, suggestion });
      }
    }
  }
  return rows;
}
