import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { CaseContent, TableContent } from './case-builder.js';
import { readColumns } from './read-columns.js';

const MS_PER_DAY = 86_400_000;

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
  const columns: TableContent['columns'] = {};
  for (const { element, data } of await readColumns(path)) {
    const { name, type, converted_type } = element;
    if (converted_type === 'DATE') {
      columns[name] = { type: 'DATE', data: data.map((cell) => (cell as Date).getTime() / MS_PER_DAY) };
    } else
      columns[name] = { type: converted_type === 'UINT_32' ? 'UINT32' : (type as 'INT32' | 'DOUBLE'), data: [...data] };
  }
  return { columns };
}
