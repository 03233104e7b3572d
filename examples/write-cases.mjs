/** Writes cases whose content is computed: tables as Parquet, documents as JSON. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';

const INT32 = { type: 'INT32' };
const UINT32 = { type: 'INT32', converted_type: 'UINT_32' };
const DOUBLE = { type: 'DOUBLE' };

const optional = (type) => ({ ...type, repetition_type: 'OPTIONAL' });

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
  'constraints/thermal_bounds.parquet': { thermal_id: INT32, stage_id: INT32, max_generation_mw: DOUBLE },
  'constraints/contract_bounds.parquet': { contract_id: INT32, stage_id: INT32, max_mw: DOUBLE, price_per_mwh: DOUBLE },
  'constraints/generic_constraint_bounds.parquet': {
    constraint_id: INT32,
    stage_id: INT32,
    block_id: optional(INT32),
    bound: DOUBLE,
  },
  'system/fpha_hyperplanes.parquet': {
    hydro_id: INT32,
    stage_id: optional(INT32),
    plane_id: INT32,
    gamma_0: DOUBLE,
    gamma_v: DOUBLE,
    gamma_q: DOUBLE,
    gamma_s: DOUBLE,
  },
};

/** Uncompressed, so that the bytes depend on the rows alone and not on a compressor's version. */
function parquetBytes(path, rows) {
  const columns = Object.entries(SCHEMAS[path]);
  const buffer = parquetWriteBuffer({
    columnData: columns.map(([name]) => ({ name, data: rows.map((row) => row[name] ?? null) })),
    schema: [
      { name: 'schema', num_children: columns.length },
      ...columns.map(([name, type]) => ({ name, repetition_type: 'REQUIRED', ...type })),
    ],
    codec: 'UNCOMPRESSED',
  });
  return Buffer.from(buffer);
}

const LINE_WIDTH = 120;

const isBranch = (value) => value !== null && typeof value === 'object';
/** The text of a value on one line. */
function inline(value) {
  if (!isBranch(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  return `{ ${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}: ${inline(item)}`)
    .join(', ')} }`;
}

/** JSON as the project's formatter leaves it: a value stands on one line where it fits behind `head`, its indented key. */
function lines(head, value, indent) {
  const line = head + inline(value);
  if (!isBranch(value) || line.length < LINE_WIDTH) return line;
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

/**
 * Brings the files of some cases up to date. `cases` has `{ tables, documents }` by name: from path inside the case to
 * rows (an array of objects) or to a JSON value. With `check` nothing is written. Returns the paths, under `folder`,
 * of the files that differed.
 */
export function writeCases(folder, cases, check) {
  const stale = [];
  for (const [name, { tables, documents = {} }] of Object.entries(cases)) {
    const outputs = [
      ...Object.entries(tables).map(([path, rows]) => [path, parquetBytes(path, rows)]),
      ...Object.entries(documents).map(([path, document]) => [path, jsonBytes(document)]),
    ];
    for (const [path, bytes] of outputs) {
      const target = join(folder, name, path);
      if (readOrNull(target)?.equals(bytes)) continue;
      stale.push(`${name}/${path}`);
      if (check) continue;
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, bytes);
    }
  }
  return stale;
}
