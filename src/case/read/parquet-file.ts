import { type FileMetaData, parquetMetadata, parquetRead, type SchemaElement } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

/** More rows than a case can have; a damaged header may claim any number. */
const MAX_ROWS = 50_000_000;

/**
 * A Parquet file in memory. Throws for damage that it sees; damage that it does not see may keep the decoder busy for
 * ever, or let it ask for any amount of memory. So this runs in a thread that can be ended: see `ParquetThread`.
 */
export class ParquetFile {
  readonly #buffer: ArrayBuffer;
  readonly #metadata: FileMetaData;

  constructor(buffer: ArrayBuffer) {
    this.#buffer = buffer;
    this.#metadata = readMetadata(buffer);
  }

  get rows(): number {
    return Number(this.#metadata.num_rows);
  }

  /** The table itself, then its columns. */
  get schema(): SchemaElement[] {
    return this.#metadata.schema;
  }

  /** The cells of a column from first to last row. */
  async column(name: string): Promise<unknown[]> {
    let read: unknown[][] = [];
    if (this.rows > 0) {
      await parquetRead({
        file: this.#buffer,
        metadata: this.#metadata,
        compressors,
        columns: [name],
        onComplete: (rows) => {
          read = rows;
        },
      });
    }
    if (read.length !== this.rows) throw new Error(`column ${name} holds ${read.length} values, not ${this.rows}`);
    return read.map(([cell]) => cell);
  }
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
