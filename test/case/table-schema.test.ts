import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { SchemaElement } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CASE_TABLES, type TableName, type TableSpec } from '#cobre/case/case-tables';
import type { ParsedCase } from '#cobre/case/parsed-case';
import { ACCEPTED_TYPES, checkColumns, isOptional, storedType } from '#cobre/case/read/parquet-columns';
import { readTable } from '#cobre/case/read/parquet-table';
import { schemaOf } from '#cobre/case/schema/json-schema';
import { Report } from '#cobre/case/validate/report';
import { checkTableRanges } from '#cobre/case/validate/table-rows';
import { type TableContent, writeCase } from '../support/case-builder.js';

type Row = Record<string, unknown>;

const ajv = new Ajv2020({ strict: true, validateFormats: false, allowUnionTypes: true });
const TABLES = Object.entries(CASE_TABLES) as [TableName, TableSpec][];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cobre-tables-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Whether the reader takes a table of this row alone. */
async function isRead({ file, columns }: TableSpec, row: Row): Promise<boolean> {
  const content: TableContent = { columns: {} };
  for (const [column, value] of Object.entries(row)) {
    const type = column in columns ? storedType(columns[column]) : 'DOUBLE';
    const cell = type === 'DATE' && typeof value === 'string' ? new Date(value) : value;
    content.columns[column] = { type, data: [cell] };
  }
  await writeCase(folder, { [file]: content });
  return (await readTable(folder, file, columns)).ok;
}

/** Whether the checks of ranges find nothing in a row that has been read. */
function isInRange(name: TableName, row: Row): boolean {
  const columns = Object.fromEntries(
    Object.entries(row).map(([column, value]) => [column, Float64Array.of(Number(value))]),
  );
  const report = new Report();
  checkTableRanges({ [name]: { rows: 1, columns } } as unknown as ParsedCase, report);
  return report.errors.length === 0;
}

/** A row that is in range, with a value in every column. */
function rowOf({ columns, ranges }: TableSpec): Row {
  const value = (name: string) => {
    if (columns[name] === 'DATE') return '2024-02-29';
    return ranges[name]?.max === 0 ? -1 : 1;
  };
  return Object.fromEntries(Object.keys(columns).map((name) => [name, value(name)]));
}

/** The row with a column too many, and with each column left out or without a value. */
function* forms({ columns }: TableSpec, row: Row): Generator<Row> {
  yield row;
  yield { ...row, beside: 1 };
  for (const name of Object.keys(columns)) {
    const { [name]: _, ...without } = row;
    yield without;
    yield { ...row, [name]: null };
  }
}

/** The row with other numbers in each column that holds numbers. */
function* numbers({ columns }: TableSpec, row: Row): Generator<Row> {
  for (const [name, type] of Object.entries(columns)) {
    if (type === 'DATE') continue;
    const whole = [0, 1, 2, 2 ** 31 - 1, ...(type === 'UINT32' ? [] : [-1, -(2 ** 31)])];
    for (const value of type.startsWith('DOUBLE') ? [...whole, 0.5, 1.5, 5e-324, -5e-324, -1e308] : whole) {
      yield { ...row, [name]: value };
    }
  }
}

describe('the schema of a table', () => {
  it.each(TABLES)('%s accepts and refuses what the reader and the checks of ranges do', async (name, spec) => {
    const validate = ajv.compile(schemaOf(spec.file));
    const says = (row: Row) => `${JSON.stringify(row)} ${JSON.stringify(validate.errors)}`;
    const row = rowOf(spec);
    for (const form of forms(spec, row)) expect(validate([form]), says(form)).toBe(await isRead(spec, form));
    for (const each of numbers(spec, row)) expect(validate([each]), says(each)).toBe(isInRange(name, each));
    expect(validate([row, row])).toBe(true);
    for (const bad of [row, [1], [null]]) expect(validate(bad)).toBe(false);
  });

  it.each(TABLES)('%s tells of each column what it means and how it is stored', (_, { file, columns }) => {
    const schema = schemaOf(file) as never as {
      description: string;
      items: { properties: Record<string, { description: string; $comment: string }> };
    };
    expect(schema.description).toMatch(/\.$/);
    expect(Object.keys(schema.items.properties)).toEqual(Object.keys(columns));
    for (const [name, { description, $comment }] of Object.entries(schema.items.properties)) {
      expect(description, name).toMatch(/^[A-Z].*\.$/);
      const unit = /_(mw|m3s|hm3|m|km2|cost|mwh)$/.exec(name)?.[1];
      const symbols: Record<string, string> = { mw: 'MW', m3s: 'm3/s', m: 'm', cost: '$/', mwh: '$/MWh' };
      if (unit !== undefined) expect(description).toContain(`[${symbols[unit] ?? unit}`);
      expect($comment).toContain(ACCEPTED_TYPES[storedType(columns[name])]);
      expect($comment.includes('may be left out')).toBe(isOptional(columns[name]));
    }
  });

  it('speaks of columns that there are', () => {
    for (const [, { columns, meanings = {} }] of TABLES) {
      expect(Object.keys(meanings).filter((name) => !(name in columns))).toEqual([]);
    }
  });

  it.each<[keyof typeof ACCEPTED_TYPES, boolean, Partial<SchemaElement>]>([
    ['INT32', true, { type: 'INT32' }],
    ['INT32', true, { type: 'INT32', converted_type: 'INT_32' }],
    ['INT32', false, { type: 'INT32', converted_type: 'UINT_32' }],
    ['INT32', false, { type: 'INT64' }],
    ['UINT32', true, { type: 'INT32' }],
    ['UINT32', true, { type: 'INT32', converted_type: 'UINT_32' }],
    ['UINT32', false, { type: 'INT32', converted_type: 'INT_32' }],
    ['DOUBLE', true, { type: 'DOUBLE' }],
    ['DOUBLE', false, { type: 'FLOAT' }],
    ['DATE', true, { type: 'INT32', converted_type: 'DATE' }],
    ['DATE', false, { type: 'INT32' }],
  ])('says of %s what is accepted: %s for %j', (type, accepted, element) => {
    const elements = [{ name: 'table' }, { name: 'column', ...element }] as SchemaElement[];
    expect(checkColumns('x.parquet', elements, { column: type })).toHaveLength(accepted ? 0 : 1);
    if (accepted) expect(ACCEPTED_TYPES[type]).toMatch(new RegExp(`^${element.type}\\b`));
  });
});
