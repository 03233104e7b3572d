import { readFileSync } from 'node:fs';
import { parquetMetadata, parquetReadObjects, type SchemaElement } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

/** A column of a Parquet file: what its schema says, and its values from first to last row. */
export interface StoredColumn {
  readonly element: SchemaElement;
  readonly data: readonly unknown[];
}

/** The columns of a flat Parquet file, in the order of the file; a missing value is `null`. */
export async function readColumns(path: string): Promise<StoredColumn[]> {
  const bytes = readFileSync(path);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const metadata = parquetMetadata(file);
  const rows = await parquetReadObjects({ file, metadata, compressors });
  return metadata.schema.slice(1).map((element) => ({ element, data: rows.map((row) => row[element.name] ?? null) }));
}
