import { describe } from 'vitest';
import { type Broken, cell, expectErrors, INFLOW, LOAD, OPENINGS, retype } from '../support/broken-case.js';
import type { CasePatch } from '../support/case-builder.js';
import { openingsTable } from '../support/small-case.js';

const openings = (edit?: (content: ReturnType<typeof openingsTable>) => void): CasePatch => {
  const content = openingsTable([4, 4, 4], 3, (t, i, e) => t + i + e);
  edit?.(content);
  return { [OPENINGS]: content };
};
const tables: Broken[] = [
  [
    'a column is missing',
    { [INFLOW]: (content) => void delete content.columns.std_m3s },
    { kind: 'SchemaViolation', file: INFLOW, field: 'std_m3s', says: 'no column std_m3s' },
  ],
  [
    'a column is unknown',
    { [LOAD]: (content) => void Object.assign(content.columns, { std: content.columns.std_mw }) },
    { kind: 'SchemaViolation', file: LOAD, field: 'std', says: 'Did you mean std_mw' },
  ],
  [
    'an id column is 64 bits wide',
    retype(INFLOW, 'hydro_id', 'INT64'),
    { kind: 'TypeMismatch', file: INFLOW, field: 'hydro_id', says: 'INT32' },
  ],
  [
    'an id column is unsigned',
    retype(INFLOW, 'hydro_id', 'UINT32'),
    { kind: 'TypeMismatch', file: INFLOW, field: 'hydro_id', says: 'unsigned' },
  ],
  [
    'a mean is single precision',
    retype(INFLOW, 'mean_m3s', 'FLOAT'),
    { kind: 'TypeMismatch', file: INFLOW, field: 'mean_m3s', says: 'DOUBLE' },
  ],
  [
    'a mean is text',
    retype(LOAD, 'mean_mw', 'STRING'),
    { kind: 'TypeMismatch', file: LOAD, field: 'mean_mw', says: 'UTF8' },
  ],
  [
    'a mean is null',
    cell(INFLOW, 'mean_m3s', 2, null),
    { kind: 'SchemaViolation', file: INFLOW, field: 'mean_m3s', says: 'row 2 (counted from 0)' },
  ],
  [
    'an id is null',
    cell(LOAD, 'bus_id', 0, null),
    { kind: 'SchemaViolation', file: LOAD, field: 'bus_id', says: 'null is not allowed' },
  ],
  [
    'a mean is NaN',
    cell(INFLOW, 'mean_m3s', 1, Number.NaN),
    { kind: 'OutOfRange', file: INFLOW, field: 'mean_m3s', says: 'NaN in row 1 (counted from 0)' },
  ],
  [
    'a deviation is infinite',
    cell(LOAD, 'std_mw', 3, Number.POSITIVE_INFINITY),
    { kind: 'OutOfRange', file: LOAD, field: 'std_mw', says: 'finite' },
  ],
  [
    'a deviation is negative',
    cell(INFLOW, 'std_m3s', 0, -1),
    { kind: 'OutOfRange', file: INFLOW, field: 'std_m3s', says: 'at least 0' },
  ],
  [
    'a row stands twice',
    cell(LOAD, 'stage_id', 1, 0),
    { kind: 'DuplicateId', file: LOAD, field: 'bus_id', says: 'rows 0 and 1', errors: 2 },
  ],
  [
    'a row is missing',
    {
      [INFLOW]: (content) => {
        for (const column of Object.values(content.columns) as { data: unknown[] }[]) column.data.pop();
      },
    },
    { kind: 'CoverageMismatch', file: INFLOW, field: 'hydro_id', says: 'hydro_id 1 at stage 2' },
  ],
  [
    'a hydro is unknown',
    cell(INFLOW, 'hydro_id', 0, 7),
    { kind: 'MissingReference', file: INFLOW, field: 'hydro_id', says: 'hydro 7', errors: 2 },
  ],
  [
    'a stage is unknown',
    cell(LOAD, 'stage_id', 0, 9),
    { kind: 'MissingReference', file: LOAD, field: 'stage_id', says: 'stage 9', errors: 2 },
  ],
  [
    'openings lack a stage',
    { [OPENINGS]: openingsTable([4, 4], 3, () => 0) },
    { kind: 'StageMismatch', file: OPENINGS, field: 'stage_id', says: '3 stages' },
  ],
  [
    'openings lack an entity',
    { [OPENINGS]: openingsTable([4, 4, 4], 2, () => 0) },
    {
      kind: 'CoverageMismatch',
      file: OPENINGS,
      field: 'value',
      says: '8 of the 12 values of stage 0, and too few at 2 more',
    },
  ],
  [
    'openings have an entity too many',
    { [OPENINGS]: openingsTable([4, 4, 4], 4, () => 0) },
    { kind: 'CoverageMismatch', file: OPENINGS, field: 'entity_index', says: 'there are 3' },
  ],
  [
    'openings are fewer than num_scenarios',
    { [OPENINGS]: openingsTable([4, 3, 4], 3, () => 0) },
    { kind: 'CoverageMismatch', file: OPENINGS, field: 'value', says: '9 of the 12 values of stage 1 ' },
  ],
  [
    'openings are an empty table',
    { [OPENINGS]: openingsTable([], 3, () => 0) },
    { kind: 'CoverageMismatch', file: OPENINGS, field: 'value', says: 'has no rows' },
  ],
  [
    'openings are more than num_scenarios',
    { [OPENINGS]: openingsTable([4, 4, 5], 3, () => 0) },
    { kind: 'CoverageMismatch', file: OPENINGS, field: 'opening_index', says: 'opening 4' },
  ],
  [
    'an opening stands twice',
    openings((content) => {
      content.columns.opening_index.data[3] = 0;
    }),
    { kind: 'DuplicateId', file: OPENINGS, field: 'entity_index', says: 'repeats' },
  ],
  [
    'an opening is NaN',
    openings((content) => {
      content.columns.value.data[3] = Number.NaN;
    }),
    { kind: 'OutOfRange', file: OPENINGS, field: 'value', says: 'row 3' },
  ],
  [
    'openings are fractional',
    openings((content) => {
      content.columns.opening_index.type = 'DOUBLE';
    }),
    { kind: 'TypeMismatch', file: OPENINGS, field: 'opening_index', says: 'UINT32' },
  ],
];

describe('a fault of a table is named with its place and its remedy:', () => expectErrors(tables));
