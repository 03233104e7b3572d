import { describe, expect, it } from 'vitest';
import { validateCase } from '#cobre/case/load-case';
import {
  type Broken,
  BUSES,
  CONFIG,
  expectErrors,
  HYDROS,
  INFLOW,
  LINES,
  LOAD,
  PENALTIES,
  STAGES,
  THERMALS,
} from '../support/broken-case.js';
import { encode, makeCase } from '../support/case-builder.js';
import { smallCase, table } from '../support/small-case.js';

const bytesOf = (file: string): Uint8Array => encode(file, smallCase()[file]) as Uint8Array;
const withoutHours = (text: string) => text.replace(/"hours": 248,?/, '"hours": ,');

const structure: Broken[] = [
  ['config.json is missing', { [CONFIG]: null }, { kind: 'MissingFile', file: CONFIG, says: 'config.json' }],
  ['hydros.json is missing', { [HYDROS]: null }, { kind: 'MissingFile', file: HYDROS, says: 'Add system/hydros.json' }],
  ['penalties.json is missing', { [PENALTIES]: null }, { kind: 'MissingFile', file: PENALTIES, says: 'missing' }],
  ['JSON breaks off', { [BUSES]: '{\n  "buses": [\n' }, { kind: 'ParseError', file: BUSES, says: 'line 3, column 1' }],
  [
    'a comma is left over',
    { [LINES]: '{\n  "lines": [],\n}' },
    { kind: 'ParseError', file: LINES, says: 'line 3, column 1' },
  ],
  [
    'a value is missing',
    { [STAGES]: (content) => withoutHours(JSON.stringify(content, null, 1)) },
    { kind: 'ParseError', file: STAGES, says: 'expected a value' },
  ],
  [
    'a key stands twice',
    { [LINES]: '{\n"lines": [],\n"lines": []}' },
    { kind: 'ParseError', file: LINES, says: '"lines" stands twice' },
  ],
  ['text follows the end', { [LINES]: '{"lines": []} x' }, { kind: 'ParseError', file: LINES, says: 'after the end' }],
  ['a file is empty', { [THERMALS]: '' }, { kind: 'ParseError', file: THERMALS, says: 'line 1, column 1' }],
  [
    'a file begins with a byte order mark',
    { [LINES]: '\uFEFF{"lines": []}' },
    { kind: 'ParseError', file: LINES, says: 'byte order mark' },
  ],
  [
    'a file is not UTF-8',
    { [LINES]: Uint8Array.of(0x22, 0xff, 0x22) },
    { kind: 'ParseError', file: LINES, says: 'UTF-8' },
  ],
  ['JSON is nested without end', { [LINES]: '['.repeat(50_000) }, { kind: 'ParseError', file: LINES, says: 'nesting' }],
  ['JSON holds NaN', { [LINES]: '{"lines": [{"id": NaN}]}' }, { kind: 'ParseError', file: LINES, says: 'found "N"' }],
  [
    'a Parquet file is truncated',
    { [INFLOW]: bytesOf(INFLOW).slice(0, -20) },
    { kind: 'ParseError', file: INFLOW, says: 'Parquet' },
  ],
  [
    'a Parquet file is empty',
    { [LOAD]: new Uint8Array(0) },
    { kind: 'ParseError', file: LOAD, says: 'write it again' },
  ],
  ['a Parquet file is text', { [LOAD]: 'bus_id,stage_id\n0,0\n' }, { kind: 'ParseError', file: LOAD, says: 'Parquet' }],
  [
    'an optional file is misspelt',
    { 'scenarios/load_factor.json': { load_factors: [] } },
    { kind: 'SchemaViolation', file: 'scenarios/load_factor.json', says: 'load_factors.json' },
  ],
  [
    'a data file is unknown',
    { 'constraints/rainbow.parquet': table({ x: ['INT32', [1]] }) },
    { kind: 'SchemaViolation', file: 'constraints/rainbow.parquet', says: 'not part of the case format' },
  ],
  [
    'a file is named by an abbreviation',
    { 'scenarios/inflow_stats.parquet': 'x' },
    {
      kind: 'SchemaViolation',
      file: 'scenarios/inflow_stats.parquet',
      says: 'Did you mean scenarios/inflow_seasonal_stats.parquet?',
    },
  ],
  [
    'a folder is misspelt',
    { 'constraint/line_bounds.parquet': table({ x: ['INT32', [1]] }) },
    { kind: 'SchemaViolation', file: 'constraint', says: 'constraints' },
  ],
];

const layout: Broken[] = [
  [
    'a data file at the top is unknown',
    { 'sytem.json': {} },
    { kind: 'SchemaViolation', file: 'sytem.json', says: 'not part of the case format' },
  ],
  [
    'a data file at the top belongs into a folder',
    { 'hydros.json': {} },
    { kind: 'SchemaViolation', file: 'hydros.json', says: 'Did you mean system/hydros.json' },
  ],
  [
    'the name of config.json is misspelt',
    { [CONFIG]: null, 'config.jsn': '{}' },
    { kind: 'SchemaViolation', file: 'config.jsn', says: 'Did you mean config.json', errors: 2 },
  ],
  [
    'the folder system is misspelt',
    { 'sytem/buses.json': {} },
    { kind: 'SchemaViolation', file: 'sytem', says: 'Did you mean system' },
  ],
];

describe('what is not part of the format is refused by name, with what may have been meant:', () => {
  expectErrors(layout);

  it('but notes, hidden files and folders of results may lie beside the data', async () => {
    const { errors } = await validateCase(
      await makeCase({ 'README.md': 'x', '.settings.json': '{}', 'plot.py': 'x', 'output/training/a.json': '{}' }),
    );
    expect(errors).toEqual([]);
  });
});

describe('a directory with neither config.json nor system', () => {
  it.each([
    ['empty', {}],
    ['of another kind', { 'package.json': '{}', 'src/main.js': '' }],
  ])('is said to be no case, once: %s', async (_, files) => {
    const missing = Object.fromEntries(Object.keys(smallCase()).map((file) => [file, null]));
    const directory = await makeCase({ ...missing, ...files });
    const { errors } = await validateCase(directory, { configOverrides: {} });
    expect(errors.map((error) => [error.kind, error.file])).toEqual([['MissingFile', '.']]);
    expect(errors[0].message).toBe(`${directory} is not a case directory: it has no config.json and no system/`);
  });
});

describe('a fault of structure is named with its place and its remedy:', () => expectErrors(structure));
