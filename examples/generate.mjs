/**
 * Writes the computed files of the example cases: every Parquet table, and the JSON of `four-regions`.
 *
 *   node examples/generate.mjs            rewrites them
 *   node examples/generate.mjs --check    changes nothing; exits with 1 if a file differs from what would be written
 *
 * The numbers are in `<case>.mjs` beside this script. Each exports `{ tables, documents }`, from path inside the case
 * to rows (an array of objects) or to a JSON value.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parquetWriteBuffer } from 'hyparquet-writer';
import * as cascade from './cascade.mjs';
import * as fourRegions from './four-regions.mjs';
import * as oneReservoir from './one-reservoir.mjs';

const CASES = { 'one-reservoir': oneReservoir, cascade, 'four-regions': fourRegions };

const INT32 = { type: 'INT32' };
const UINT32 = { type: 'INT32', converted_type: 'UINT_32' };
const DOUBLE = { type: 'DOUBLE' };

/** Columns of each table, in the order and with the physical types of the case format. */
const SCHEMAS = {
  'scenarios/inflow_seasonal_stats.parquet': { hydro_id: INT32, stage_id: INT32, mean_m3s: DOUBLE, std_m3s: DOUBLE },
  'scenarios/load_seasonal_stats.parquet': { bus_id: INT32, stage_id: INT32, mean_mw: DOUBLE, std_mw: DOUBLE },
  'scenarios/noise_openings.parquet': {
    stage_id: INT32,
    opening_index: UINT32,
    entity_index: UINT32,
    value: DOUBLE,
  },
};

/** Uncompressed, so that the bytes depend on the rows alone and not on a compressor's version. */
function parquetBytes(path, rows) {
  const columns = Object.entries(SCHEMAS[path]);
  const buffer = parquetWriteBuffer({
    columnData: columns.map(([name]) => ({ name, data: rows.map((row) => row[name]) })),
    schema: [
      { name: 'schema', num_children: columns.length },
      ...columns.map(([name, type]) => ({ name, ...type, repetition_type: 'REQUIRED' })),
    ],
    codec: 'UNCOMPRESSED',
  });
  return Buffer.from(buffer);
}

const LINE_WIDTH = 120;

const isBranch = (value) => value !== null && typeof value === 'object';
const needsLines = (value) =>
  isBranch(value) && ((Array.isArray(value) && value.length > 1 && value.every(isBranch)) || anyNeedsLines(value));
const anyNeedsLines = (value) => Object.values(value).some(needsLines);

/** The text of a value on one line. */
function inline(value) {
  if (!isBranch(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  return `{ ${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}: ${inline(item)}`)
    .join(', ')} }`;
}

/**
 * JSON as the project's formatter leaves it: a value stands on one line where it fits behind `head`, its indented key,
 * unless it holds a list of several objects.
 */
function lines(head, value, indent) {
  if (!isBranch(value) || !needsLines(value)) {
    const line = head + inline(value);
    if (!isBranch(value) || line.length < LINE_WIDTH) return line;
  }
  return head + members(value, indent);
}

function members(value, indent) {
  const pad = ' '.repeat(indent + 2);
  const [open, close, items] = Array.isArray(value)
    ? ['[', ']', value.map((item) => lines(pad, item, indent + 2))]
    : ['{', '}', Object.entries(value).map(([key, item]) => lines(`${pad}${JSON.stringify(key)}: `, item, indent + 2))];
  return `${open}\n${items.join(',\n')}\n${' '.repeat(indent)}${close}`;
}

const jsonBytes = (document) => Buffer.from(`${members(document, 0)}\n`);

function readOrNull(path) {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

const check = process.argv.includes('--check');
const here = dirname(fileURLToPath(import.meta.url));
const stale = [];
for (const [name, { tables, documents = {} }] of Object.entries(CASES)) {
  const outputs = [
    ...Object.entries(tables).map(([path, rows]) => [path, parquetBytes(path, rows)]),
    ...Object.entries(documents).map(([path, document]) => [path, jsonBytes(document)]),
  ];
  for (const [path, bytes] of outputs) {
    const target = join(here, name, path);
    if (readOrNull(target)?.equals(bytes)) continue;
    stale.push(`${name}/${path}`);
    if (check) continue;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, bytes);
  }
}
for (const path of stale) console.log(`${check ? 'differs' : 'wrote'} examples/${path}`);
if (check && stale.length > 0) process.exitCode = 1;
