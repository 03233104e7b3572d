import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { SchemaElement } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll } from 'vitest';
import { smallCase } from './small-case.js';

type PhysicalType = 'INT32' | 'UINT32' | 'INT64' | 'FLOAT' | 'DOUBLE' | 'STRING' | 'DATE';

/** A Parquet file as columns; `null` in `data` is a missing value. */
export interface TableContent {
  columns: Record<string, { type: PhysicalType; data: unknown[] }>;
}

// biome-ignore lint/suspicious/noExplicitAny: tests patch JSON of every shape, right and wrong.
type Json = any;

/** Content of each file of a case: JSON values, tables (`.parquet`), or raw text and bytes. */
export type CaseContent = Record<string, Json>;

/**
 * What to change, by file: `null` leaves the file out, a function edits the content (or returns another), anything
 * else replaces it. Text and bytes are written as they are.
 */
export type CasePatch = Record<string, ((content: Json) => Json) | TableContent | Uint8Array | string | object | null>;

const directories: string[] = [];
afterAll(async () => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true, force: true });
});

/**
 * Writes a complete, valid case (`smallCase` where no other is given) with the given changes into a fresh temporary directory and
 * returns its path. It is removed when the test file is done.
 */
export async function makeCase(patch: CasePatch = {}, content: CaseContent = smallCase()): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'cobre-case-'));
  directories.push(directory);
  await writeCase(directory, applyPatch(content, patch));
  return directory;
}

/** The content with the changes made; the argument itself is changed. */
export function applyPatch(content: CaseContent, patch: CasePatch): CaseContent {
  for (const [file, change] of Object.entries(patch)) {
    if (change === null) delete content[file];
    else if (typeof change === 'function') content[file] = change(content[file]) ?? content[file];
    else content[file] = change;
  }
  return content;
}

/** Writes the files of a case. */
export async function writeCase(directory: string, content: CaseContent): Promise<void> {
  for (const [file, value] of Object.entries(content)) {
    const path = join(directory, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, encode(file, value));
  }
}

/** A file's bytes: tables as Parquet, text and bytes as they are, everything else as JSON. */
export function encode(file: string, value: unknown): string | Uint8Array {
  if (typeof value === 'string' || value instanceof Uint8Array) return value;
  return file.endsWith('.parquet') ? encodeTable(value as TableContent) : JSON.stringify(value, null, 2);
}

/** How a table is stored, which says nothing about what it holds. */
export interface TableStorage {
  readonly codec?: 'UNCOMPRESSED' | 'SNAPPY';
  readonly rowGroupSize?: number;
  readonly encoding?: 'PLAIN' | undefined;
  /** Columns in which no value is missing are declared so. */
  readonly required?: boolean;
}

export function encodeTable({ columns }: TableContent, storage: TableStorage = {}): Uint8Array {
  const { codec = 'UNCOMPRESSED', rowGroupSize, encoding, required = false } = storage;
  const names = Object.keys(columns);
  const schema: SchemaElement[] = [{ name: 'root', num_children: names.length }];
  for (const name of names) {
    const { type, data } = columns[name];
    const isRequired = required && data.every((cell) => cell !== null && cell !== undefined);
    schema.push({ ...element(name, type), repetition_type: isRequired ? 'REQUIRED' : 'OPTIONAL' });
  }
  const columnData = names.map((name) => ({
    name,
    data: columns[name].data as number[],
    ...(encoding === undefined ? {} : { encoding }),
  }));
  const options = rowGroupSize === undefined ? {} : { rowGroupSize };
  return new Uint8Array(parquetWriteBuffer({ columnData, schema, codec, ...options }));
}

function element(name: string, type: PhysicalType): SchemaElement {
  const base = { name, repetition_type: 'OPTIONAL' } as const;
  if (type === 'UINT32') return { ...base, type: 'INT32', converted_type: 'UINT_32' };
  if (type === 'DATE') return { ...base, type: 'INT32', converted_type: 'DATE' };
  if (type === 'STRING') return { ...base, type: 'BYTE_ARRAY', converted_type: 'UTF8' };
  return { ...base, type };
}
