import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parquetMetadata, parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { CaseContent, TableContent } from './case-builder.js';

/** The content of a case directory, as `writeCase` takes it. What results left there is not part of it. */
export async function readCase(directory: string): Promise<CaseContent> {
  const content: CaseContent = {};
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const file = relative(directory, path);
    if (file.startsWith('output')) continue;
    if (file.endsWith('.json')) content[file] = JSON.parse(readFileSync(path, 'utf8'));
    else if (file.endsWith('.parquet')) content[file] = await readTable(path);
  }
  return content;
}

/** A table whose columns have the types that a case may have. */
async function readTable(path: string): Promise<TableContent> {
  const bytes = readFileSync(path);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const metadata = parquetMetadata(file);
  const leaves = metadata.schema.slice(1);
  let rows: unknown[][] = [];
  await parquetRead({ file, metadata, compressors, onComplete: (read) => void (rows = read) });
  const columns: TableContent['columns'] = {};
  for (const [i, { name, type, converted_type }] of leaves.entries()) {
    const isDay = converted_type === 'DATE';
    const data = rows.map((row) => (isDay ? (row[i] as Date).getTime() / 86_400_000 : (row[i] ?? null)));
    if (isDay) columns[name] = { type: 'DATE', data };
    else if (converted_type === 'UINT_32') columns[name] = { type: 'UINT32', data };
    else columns[name] = { type: type as 'INT32' | 'DOUBLE', data };
  }
  return { columns };
}
