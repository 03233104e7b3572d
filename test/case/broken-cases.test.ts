import { describe, expect, it } from 'vitest';
import { loadStudy, validateCase } from '#cobre/case/load-case';
import { CobreError, type ErrorKind, ValidationError } from '#cobre/errors';
import { type CasePatch, encode, makeCase } from '../support/case-builder.js';
import { indefinite, openingsTable, smallCase, table, threeHydros } from '../support/small-case.js';

interface Expected {
  readonly kind: ErrorKind;
  readonly file: string;
  readonly field?: string;
  /** A word that the message or the suggestion must hold. */
  readonly says: string;
  /** How many errors the fault causes; more than one would be noise, unless it says otherwise here. */
  readonly errors?: number;
}

type Broken = readonly [name: string, patch: CasePatch, expected: Expected];

const CONFIG = 'config.json';
const STAGES = 'stages.json';
const PENALTIES = 'penalties.json';
const INITIAL = 'initial_conditions.json';
const BUSES = 'system/buses.json';
const LINES = 'system/lines.json';
const HYDROS = 'system/hydros.json';
const THERMALS = 'system/thermals.json';
const INFLOW = 'scenarios/inflow_seasonal_stats.parquet';
const LOAD = 'scenarios/load_seasonal_stats.parquet';
const FACTORS = 'scenarios/load_factors.json';
const CORRELATION = 'scenarios/correlation.json';
const OPENINGS = 'scenarios/noise_openings.parquet';

/** A patch that sets one field of a JSON file, given by its path; `undefined` removes it. */
function set(file: string, path: string, value: unknown): CasePatch {
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '');
  const last = keys.pop() as string;
  return {
    [file]: (content) => {
      let target = content;
      for (const key of keys) {
        target[key] ??= {};
        target = target[key];
      }
      if (value === undefined) delete target[last];
      else target[last] = value;
    },
  };
}

/** A patch that sets one cell of a table. */
function cell(file: string, column: string, row: number, value: unknown): CasePatch {
  return {
    [file]: (content) => {
      content.columns[column].data[row] = value;
    },
  };
}

/** A patch that changes a column's type. */
function retype(file: string, column: string, type: string): CasePatch {
  return {
    [file]: (content) => {
      content.columns[column].type = type;
      if (type === 'INT64') content.columns[column].data = content.columns[column].data.map(BigInt);
      if (type === 'STRING') content.columns[column].data = content.columns[column].data.map(String);
    },
  };
}

const bytesOf = (file: string): Uint8Array => encode(file, smallCase()[file]) as Uint8Array;
const openings = (edit?: (content: ReturnType<typeof openingsTable>) => void): CasePatch => {
  const content = openingsTable([4, 4, 4], 3, (t, i, e) => t + i + e);
  edit?.(content);
  return { [OPENINGS]: content };
};
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
    'a folder is misspelt',
    { 'constraint/line_bounds.parquet': table({ x: ['INT32', [1]] }) },
    { kind: 'SchemaViolation', file: 'constraint', says: 'constraints' },
  ],
];

const schema: Broken[] = [
  [
    'a required field is missing',
    set(HYDROS, 'hydros[0].reservoir.max_storage_hm3', undefined),
    { kind: 'SchemaViolation', file: HYDROS, field: 'hydros[0].reservoir.max_storage_hm3', says: 'required' },
  ],
  [
    'a required section is missing',
    set(CONFIG, 'training', undefined),
    { kind: 'SchemaViolation', file: CONFIG, field: 'training', says: 'required' },
  ],
  [
    'forward_passes is missing',
    set(CONFIG, 'training.forward_passes', undefined),
    { kind: 'SchemaViolation', file: CONFIG, field: 'training.forward_passes', says: 'Add training.forward_passes' },
  ],
  [
    'a key is unknown',
    set(HYDROS, 'hydros[1].reservoir.max_storage', 5),
    { kind: 'SchemaViolation', file: HYDROS, field: 'hydros[1].reservoir.max_storage', says: 'max_storage_hm3' },
  ],
  [
    'a key is misspelt at the top',
    set(CONFIG, 'simulations', {}),
    { kind: 'SchemaViolation', file: CONFIG, field: 'simulations', says: 'simulation' },
  ],
  [
    'a key is unknown in a union',
    set(HYDROS, 'hydros[0].generation.productivity', 1),
    {
      kind: 'SchemaViolation',
      file: HYDROS,
      field: 'hydros[0].generation.productivity',
      says: 'productivity_mw_per_m3s',
    },
  ],
  [
    'thermal bounds have the old names',
    set(THERMALS, 'thermals[0].min_generation_mw', 1),
    { kind: 'SchemaViolation', file: THERMALS, field: 'thermals[0].min_generation_mw', says: 'known keys' },
  ],
  [
    'stages still hold the scenario source',
    set(STAGES, 'scenario_source', {}),
    { kind: 'SchemaViolation', file: STAGES, field: 'scenario_source', says: 'Remove it' },
  ],
  [
    'a number is text',
    set(THERMALS, 'thermals[0].cost_per_mwh', '40'),
    { kind: 'TypeMismatch', file: THERMALS, field: 'thermals[0].cost_per_mwh', says: 'must be a number' },
  ],
  [
    'text is a number',
    set(BUSES, 'buses[0].name', 3),
    { kind: 'TypeMismatch', file: BUSES, field: 'buses[0].name', says: 'must be a string' },
  ],
  [
    'an id is fractional',
    set(BUSES, 'buses[0].id', 0.5),
    { kind: 'TypeMismatch', file: BUSES, field: 'buses[0].id', says: 'whole number' },
  ],
  [
    'a list is an object',
    set(BUSES, 'buses', {}),
    { kind: 'TypeMismatch', file: BUSES, field: 'buses', says: 'array' },
  ],
  ['a file is a list', { [THERMALS]: [] }, { kind: 'TypeMismatch', file: THERMALS, says: 'object' }],
  [
    'a switch is a number',
    set(CONFIG, 'training.enabled', 1),
    { kind: 'TypeMismatch', file: CONFIG, field: 'training.enabled', says: 'true or false' },
  ],
  [
    'a section is null',
    set(CONFIG, 'simulation', null),
    { kind: 'TypeMismatch', file: CONFIG, field: 'simulation', says: 'object' },
  ],
  [
    'an id exceeds 32 bits',
    set(BUSES, 'buses[0].id', 3e9),
    { kind: 'OutOfRange', file: BUSES, field: 'buses[0].id', says: '2147483647' },
  ],
  [
    'a capacity is negative',
    set(LINES, 'lines[0].capacity.direct_mw', -1),
    { kind: 'OutOfRange', file: LINES, field: 'lines[0].capacity.direct_mw', says: 'at least 0' },
  ],
  [
    'losses take everything',
    set(LINES, 'lines[0].losses_percent', 100),
    { kind: 'OutOfRange', file: LINES, field: 'lines[0].losses_percent', says: 'less than 100' },
  ],
  [
    'a number overflows',
    { [THERMALS]: (content) => JSON.stringify(content).replace('"max_mw":80', '"max_mw":1e999') },
    { kind: 'OutOfRange', file: THERMALS, field: 'thermals[0].generation.max_mw', says: 'finite' },
  ],
  [
    'a penalty is 0',
    set(PENALTIES, 'hydro.spillage_cost', 0),
    { kind: 'OutOfRange', file: PENALTIES, field: 'hydro.spillage_cost', says: 'greater than 0' },
  ],
  [
    'a stage has no openings',
    set(STAGES, 'stages[0].num_scenarios', 0),
    { kind: 'OutOfRange', file: STAGES, field: 'stages[0].num_scenarios', says: 'at least 1' },
  ],
  [
    'a stage has no blocks',
    set(STAGES, 'stages[0].blocks', []),
    { kind: 'OutOfRange', file: STAGES, field: 'stages[0].blocks', says: 'at least 1 element' },
  ],
  [
    'a block lasts no time',
    set(STAGES, 'stages[1].blocks[0].hours', 0),
    { kind: 'OutOfRange', file: STAGES, field: 'stages[1].blocks[0].hours', says: 'greater than 0' },
  ],
  [
    'there are no stages',
    { [STAGES]: (content) => ({ ...content, stages: [] }) },
    { kind: 'OutOfRange', file: STAGES, field: 'stages', says: 'at least 1' },
  ],
  [
    'a stage has a negative id',
    set(STAGES, 'stages[0].id', -1),
    { kind: 'OutOfRange', file: STAGES, field: 'stages[0].id', says: 'at least 0' },
  ],
  [
    'a discount rate is negative',
    set(STAGES, 'policy_graph.annual_discount_rate', -0.1),
    { kind: 'OutOfRange', file: STAGES, field: 'policy_graph.annual_discount_rate', says: 'at least 0' },
  ],
  [
    'a seed exceeds 53 bits',
    set(CONFIG, 'training.tree_seed', 2 ** 60),
    { kind: 'OutOfRange', file: CONFIG, field: 'training.tree_seed', says: '9007199254740991' },
  ],
  [
    'an iteration limit is 0',
    set(CONFIG, 'training.stopping_rules[0].limit', 0),
    { kind: 'OutOfRange', file: CONFIG, field: 'training.stopping_rules[0].limit', says: 'at least 1' },
  ],
  [
    'initial storage is negative',
    set(INITIAL, 'storage[0].value_hm3', -1),
    { kind: 'OutOfRange', file: INITIAL, field: 'storage[0].value_hm3', says: 'at least 0' },
  ],
  [
    'a load factor is 0',
    set(FACTORS, 'load_factors[0].block_factors[0].factor', 0),
    { kind: 'OutOfRange', file: FACTORS, field: 'load_factors[0].block_factors[0].factor', says: 'greater than 0' },
  ],
  [
    'a correlation exceeds 1',
    set(CORRELATION, 'profiles.default.correlation_groups[0].matrix[0][1]', 1.5),
    {
      kind: 'OutOfRange',
      file: CORRELATION,
      field: 'profiles.default.correlation_groups[0].matrix[0][1]',
      says: 'at most 1',
    },
  ],
  [
    'a choice is unknown',
    set(CONFIG, 'training.stopping_mode', 'both'),
    { kind: 'InvalidEnum', file: CONFIG, field: 'training.stopping_mode', says: 'any, all' },
  ],
  [
    'a generation model is misspelt',
    set(HYDROS, 'hydros[0].generation.model', 'constant_productivty'),
    {
      kind: 'InvalidEnum',
      file: HYDROS,
      field: 'hydros[0].generation.model',
      says: 'Did you mean constant_productivity',
    },
  ],
  [
    'a stopping rule is unknown',
    set(CONFIG, 'training.stopping_rules[0].type', 'gap'),
    { kind: 'InvalidEnum', file: CONFIG, field: 'training.stopping_rules[0].type', says: 'bound_stalling' },
  ],
  [
    'a correlation method is unknown',
    set(CORRELATION, 'method', 'qr'),
    { kind: 'InvalidEnum', file: CORRELATION, field: 'method', says: 'spectral, cholesky' },
  ],
  [
    'a date does not exist',
    set(STAGES, 'stages[0].start_date', '2024-02-30'),
    { kind: 'SchemaViolation', file: STAGES, field: 'stages[0].start_date', says: '2024-01-31' },
  ],
  [
    'an inflow method is unknown',
    set(CONFIG, 'modeling.inflow_non_negativity.method', 'clip'),
    { kind: 'InvalidEnum', file: CONFIG, field: 'modeling.inflow_non_negativity.method', says: 'truncation' },
  ],
];

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
    { kind: 'SchemaViolation', file: INFLOW, field: 'mean_m3s', says: 'row 2' },
  ],
  [
    'an id is null',
    cell(LOAD, 'bus_id', 0, null),
    { kind: 'SchemaViolation', file: LOAD, field: 'bus_id', says: 'null is not allowed' },
  ],
  [
    'a mean is NaN',
    cell(INFLOW, 'mean_m3s', 1, Number.NaN),
    { kind: 'OutOfRange', file: INFLOW, field: 'mean_m3s', says: 'NaN in row 1' },
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
    { kind: 'CoverageMismatch', file: OPENINGS, field: 'value', says: '24 of the 36' },
  ],
  [
    'openings have an entity too many',
    { [OPENINGS]: openingsTable([4, 4, 4], 4, () => 0) },
    { kind: 'CoverageMismatch', file: OPENINGS, field: 'entity_index', says: 'there are 3' },
  ],
  [
    'openings are fewer than num_scenarios',
    { [OPENINGS]: openingsTable([4, 3, 4], 3, () => 0) },
    { kind: 'CoverageMismatch', file: OPENINGS, field: 'value', says: 'num_scenarios' },
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

const meaning: Broken[] = [
  [
    'two buses share an id',
    set(BUSES, 'buses[1].id', 0),
    { kind: 'DuplicateId', file: BUSES, field: 'buses[1].id', says: 'buses[0]' },
  ],
  [
    'two stages share an id',
    set(STAGES, 'stages[1].id', 2),
    { kind: 'DuplicateId', file: STAGES, field: 'stages[2].id', says: 'stages[1]' },
  ],
  [
    'a hydro is filled twice',
    set(INITIAL, 'storage[1].hydro_id', 0),
    { kind: 'DuplicateId', file: INITIAL, field: 'storage[1].hydro_id', says: 'storage[0]' },
  ],
  [
    'a load factor stands twice',
    { [FACTORS]: (content) => void content.load_factors.push(content.load_factors[0]) },
    { kind: 'DuplicateId', file: FACTORS, field: 'load_factors[1]', says: 'Merge' },
  ],
  [
    'a block factor stands twice',
    set(FACTORS, 'load_factors[0].block_factors[1].block_id', 0),
    {
      kind: 'DuplicateId',
      file: FACTORS,
      field: 'load_factors[0].block_factors[1].block_id',
      says: 'block_factors[0]',
    },
  ],
  [
    'a line leads nowhere',
    set(LINES, 'lines[0].target_bus_id', 5),
    { kind: 'MissingReference', file: LINES, field: 'lines[0].target_bus_id', says: '0, 1' },
  ],
  [
    'a hydro has no bus',
    set(HYDROS, 'hydros[0].bus_id', 5),
    { kind: 'MissingReference', file: HYDROS, field: 'hydros[0].bus_id', says: 'bus 5' },
  ],
  [
    'a hydro flows nowhere',
    set(HYDROS, 'hydros[0].downstream_id', 8),
    { kind: 'MissingReference', file: HYDROS, field: 'hydros[0].downstream_id', says: 'hydro 8' },
  ],
  [
    'a thermal has no bus',
    set(THERMALS, 'thermals[1].bus_id', -1),
    { kind: 'MissingReference', file: THERMALS, field: 'thermals[1].bus_id', says: 'bus -1' },
  ],
  [
    'initial storage of an unknown hydro',
    set(INITIAL, 'storage[0].hydro_id', 4),
    { kind: 'MissingReference', file: INITIAL, field: 'storage[0].hydro_id', says: 'hydro 4' },
  ],
  [
    'past inflow of an unknown hydro',
    set(INITIAL, 'past_inflows', [{ hydro_id: 4, values_m3s: [1] }]),
    { kind: 'MissingReference', file: INITIAL, field: 'past_inflows[0].hydro_id', says: 'hydro 4' },
  ],
  [
    'a load factor of an unknown bus',
    set(FACTORS, 'load_factors[0].bus_id', 4),
    { kind: 'MissingReference', file: FACTORS, field: 'load_factors[0].bus_id', says: 'bus 4' },
  ],
  [
    'a load factor of an unknown stage',
    set(FACTORS, 'load_factors[0].stage_id', 4),
    { kind: 'MissingReference', file: FACTORS, field: 'load_factors[0].stage_id', says: 'stage 4' },
  ],
  [
    'a load factor of an unknown block',
    set(FACTORS, 'load_factors[0].block_factors[1].block_id', 2),
    {
      kind: 'MissingReference',
      file: FACTORS,
      field: 'load_factors[0].block_factors[1].block_id',
      says: 'blocks 0, 1',
    },
  ],
  [
    'a correlation of an unknown hydro',
    set(CORRELATION, 'profiles.default.correlation_groups[0].entities[1].id', 6),
    {
      kind: 'MissingReference',
      file: CORRELATION,
      field: 'profiles.default.correlation_groups[0].entities[1].id',
      says: 'hydro 6',
    },
  ],
  [
    'a schedule of an unknown profile',
    set(CORRELATION, 'schedule', [{ stage_id: 0, profile_name: 'wet' }]),
    { kind: 'MissingReference', file: CORRELATION, field: 'schedule[0].profile_name', says: 'default' },
  ],
  [
    'a season that is not defined',
    {
      [STAGES]: (content) => {
        content.season_definitions = { cycle_type: 'monthly', seasons: [{ id: 0, label: 'January', month_start: 1 }] };
        content.stages[2].season_id = 3;
      },
    },
    { kind: 'MissingReference', file: STAGES, field: 'stages[2].season_id', says: 'season 3' },
  ],
  [
    'a transition from an unknown stage',
    set(STAGES, 'policy_graph.transitions', [{ source_id: 9, target_id: 1, probability: 1 }]),
    { kind: 'MissingReference', file: STAGES, field: 'policy_graph.transitions[0].source_id', says: 'stage 9' },
  ],
  [
    'the cascade is a cycle',
    set(HYDROS, 'hydros[1].downstream_id', 0),
    { kind: 'PhysicalConstraint', file: HYDROS, field: 'hydros[0].downstream_id', says: '0 -> 1 -> 0' },
  ],
  [
    'a hydro flows into itself',
    set(HYDROS, 'hydros[1].downstream_id', 1),
    { kind: 'PhysicalConstraint', file: HYDROS, field: 'hydros[1].downstream_id', says: '1 -> 1' },
  ],
  [
    'storage bounds contradict',
    set(HYDROS, 'hydros[0].reservoir.min_storage_hm3', 700),
    {
      kind: 'CapacityViolation',
      file: HYDROS,
      field: 'hydros[0].reservoir.min_storage_hm3',
      says: 'max_storage_hm3 = 600',
    },
  ],
  [
    'outflow bounds contradict',
    set(HYDROS, 'hydros[1].outflow.min_outflow_m3s', 500),
    {
      kind: 'CapacityViolation',
      file: HYDROS,
      field: 'hydros[1].outflow.min_outflow_m3s',
      says: 'raise max_outflow_m3s',
    },
  ],
  [
    'turbine bounds contradict',
    set(HYDROS, 'hydros[0].generation.min_turbined_m3s', 101),
    { kind: 'CapacityViolation', file: HYDROS, field: 'hydros[0].generation.min_turbined_m3s', says: '101' },
  ],
  [
    'generation bounds contradict',
    set(HYDROS, 'hydros[0].generation.min_generation_mw', 91),
    { kind: 'CapacityViolation', file: HYDROS, field: 'hydros[0].generation.min_generation_mw', says: '91' },
  ],
  [
    'thermal bounds contradict',
    set(THERMALS, 'thermals[1].generation.min_mw', 61),
    { kind: 'CapacityViolation', file: THERMALS, field: 'thermals[1].generation.min_mw', says: 'max_mw = 60' },
  ],
  [
    'deficit costs fall',
    set(PENALTIES, 'bus.deficit_segments[1].cost', 2000),
    { kind: 'PenaltyConsistency', file: PENALTIES, field: 'bus.deficit_segments[1].cost', says: 'increase' },
  ],
  [
    'the last deficit is bounded',
    set(BUSES, 'buses[1].deficit_segments[0].depth_mw', 10),
    { kind: 'PhysicalConstraint', file: BUSES, field: 'buses[1].deficit_segments[0].depth_mw', says: 'null' },
  ],
  [
    'a deficit before the last is unbounded',
    set(PENALTIES, 'bus.deficit_segments[0].depth_mw', null),
    { kind: 'PhysicalConstraint', file: PENALTIES, field: 'bus.deficit_segments[0].depth_mw', says: 'not the last' },
  ],
  [
    'initial storage overflows',
    set(INITIAL, 'storage[1].value_hm3', 201),
    { kind: 'PhysicalConstraint', file: INITIAL, field: 'storage[1].value_hm3', says: 'between 20 and 200' },
  ],
  [
    'initial storage is below the dead volume',
    set(INITIAL, 'storage[0].value_hm3', 1),
    { kind: 'PhysicalConstraint', file: INITIAL, field: 'storage[0].value_hm3', says: 'between 50 and 600' },
  ],
  [
    'a stage ends before it starts',
    set(STAGES, 'stages[2].end_date', '2024-03-01'),
    { kind: 'StageMismatch', file: STAGES, field: 'stages[2].end_date', says: 'day after the last day' },
  ],
  [
    'stages overlap',
    set(STAGES, 'stages[1].start_date', '2024-01-15'),
    { kind: 'StageMismatch', file: STAGES, field: 'stages[1].start_date', says: '2024-02-01' },
  ],
  [
    'block ids have a gap',
    set(STAGES, 'stages[2].blocks[1].id', 2),
    { kind: 'StageMismatch', file: STAGES, field: 'stages[2].blocks', says: 'without gaps' },
  ],
  [
    'a season holds months and quarters',
    {
      [STAGES]: (content) => {
        content.season_definitions = { cycle_type: 'custom', seasons: [{ id: 0, label: 'all', month_start: 1 }] };
        content.stages[0].season_id = 0;
        Object.assign(content.stages[2], { season_id: 0, end_date: '2024-06-01' });
      },
      [INFLOW]: null,
      [LOAD]: null,
    },
    { kind: 'StageMismatch', file: STAGES, field: 'stages[2].season_id', says: 'seasons of their own' },
  ],
  [
    'a matrix has too few rows',
    set(CORRELATION, 'profiles.default.correlation_groups[0].matrix', [[1, 0]]),
    {
      kind: 'CoverageMismatch',
      file: CORRELATION,
      field: 'profiles.default.correlation_groups[0].matrix',
      says: '2 rows of 2',
    },
  ],
  [
    'a matrix has a short row',
    set(CORRELATION, 'profiles.default.correlation_groups[0].matrix[1]', [1]),
    {
      kind: 'CoverageMismatch',
      file: CORRELATION,
      field: 'profiles.default.correlation_groups[0].matrix[1]',
      says: '1 numbers',
    },
  ],
  [
    'a matrix is not symmetric',
    set(CORRELATION, 'profiles.default.correlation_groups[0].matrix[0][1]', 0.5),
    {
      kind: 'PhysicalConstraint',
      file: CORRELATION,
      field: 'profiles.default.correlation_groups[0].matrix[0][1]',
      says: 'symmetric',
    },
  ],
  [
    'a diagonal is not 1',
    set(CORRELATION, 'profiles.default.correlation_groups[0].matrix[1][1]', 0.9),
    {
      kind: 'PhysicalConstraint',
      file: CORRELATION,
      field: 'profiles.default.correlation_groups[0].matrix[1][1]',
      says: 'diagonal',
    },
  ],
  [
    'a matrix has no Cholesky factor',
    { [CORRELATION]: indefinite('cholesky'), [HYDROS]: threeHydros, [INFLOW]: null },
    {
      kind: 'PhysicalConstraint',
      file: CORRELATION,
      field: 'profiles.default.correlation_groups[0].matrix',
      says: 'spectral',
    },
  ],
  [
    'an entity is correlated twice',
    set(CORRELATION, 'profiles.default.correlation_groups[0].entities[1].id', 0),
    {
      kind: 'DuplicateId',
      file: CORRELATION,
      field: 'profiles.default.correlation_groups[0].entities[1]',
      says: 'once',
    },
  ],
  [
    'a group mixes inflow and load',
    set(CORRELATION, 'profiles.default.correlation_groups[0].entities[1].type', 'load'),
    {
      kind: 'IncompatibleSettings',
      file: CORRELATION,
      field: 'profiles.default.correlation_groups[0].entities[1].type',
      says: 'one type',
    },
  ],
  [
    'no profile is the default',
    {
      [CORRELATION]: (content) => {
        content.profiles = { wet: content.profiles.default, dry: content.profiles.default };
      },
    },
    { kind: 'IncompatibleSettings', file: CORRELATION, field: 'profiles', says: '"default"' },
  ],
  [
    'training may never end',
    set(CONFIG, 'training.stopping_rules', [{ type: 'time_limit', seconds: 3 }]),
    { kind: 'IncompatibleSettings', file: CONFIG, field: 'training.stopping_rules', says: 'iteration_limit' },
  ],
  [
    'a simulation has no scenarios',
    set(CONFIG, 'simulation.num_scenarios', 0),
    { kind: 'OutOfRange', file: CONFIG, field: 'simulation.num_scenarios', says: 'at least one' },
  ],
];

const unsupportedFields: [file: string, field: string, value: unknown][] = [
  [HYDROS, 'hydros[0].tailrace', { type: 'polynomial', coefficients: [1] }],
  [HYDROS, 'hydros[0].hydraulic_losses', { type: 'factor', value: 0.1 }],
  [HYDROS, 'hydros[0].efficiency', { type: 'constant', value: 0.9 }],
  [HYDROS, 'hydros[0].evaporation', { coefficients_mm: [] }],
  [HYDROS, 'hydros[0].diversion', { downstream_id: 1, max_flow_m3s: 3 }],
  [HYDROS, 'hydros[0].filling', { start_stage_id: 0 }],
  [HYDROS, 'hydros[0].entry_stage_id', 1],
  [HYDROS, 'hydros[1].exit_stage_id', 2],
  [HYDROS, 'hydros[0].generation.model', 'fpha'],
  [HYDROS, 'hydros[0].generation.model', 'linearized_head'],
  [THERMALS, 'thermals[0].gnl_config', { lag_stages: 2 }],
  [THERMALS, 'thermals[0].entry_stage_id', 0],
  [LINES, 'lines[0].exit_stage_id', 1],
  [STAGES, 'stages[1].risk_measure', { cvar: { alpha: 0.1, lambda: 0.5 } }],
  [STAGES, 'stages[1].block_mode', 'chronological'],
  [STAGES, 'stages[1].sampling_method', 'lhs'],
  [STAGES, 'stages[1].state_variables.storage', false],
  [STAGES, 'policy_graph.type', 'cyclic'],
  [INITIAL, 'filling_storage', [{ hydro_id: 0, value_hm3: 1 }]],
  [CORRELATION, 'profiles.default.correlation_groups[0].entities[0].type', 'ncs'],
  [CONFIG, 'training.cut_formulation', 'multi'],
  [CONFIG, 'training.cut_selection.enabled', true],
  [CONFIG, 'training.cut_selection.max_active_per_stage', 10],
  [CONFIG, 'training.forward_pass.type', 'alternative'],
  [CONFIG, 'training.stopping_rules[0].type', 'simulation'],
  [CONFIG, 'training.scenario_source.inflow.scheme', 'external'],
  [CONFIG, 'training.scenario_source.load.scheme', 'out_of_sample'],
  [CONFIG, 'training.scenario_source.historical_years', [2010]],
  [CONFIG, 'simulation.scenario_source.inflow.scheme', 'historical'],
  [CONFIG, 'simulation.policy_type', 'inner'],
  [CONFIG, 'simulation.output_path', './elsewhere'],
  [CONFIG, 'modeling.inflow_non_negativity.method', 'truncation_with_penalty'],
  [CONFIG, 'policy.mode', 'warm_start'],
  [CONFIG, 'policy.path', './other'],
  [CONFIG, 'policy.boundary', { path: 'x', source_stage: 0 }],
  [CONFIG, 'policy.checkpointing.enabled', true],
  [CONFIG, 'upper_bound_evaluation.enabled', true],
  [CONFIG, 'exports.states', true],
  [CONFIG, 'exports.forward_detail', true],
  [CONFIG, 'exports.compression', 'lz4'],
];

const unsupportedFiles = [
  'system/non_controllable_sources.json',
  'system/pumping_stations.json',
  'system/energy_contracts.json',
  'system/hydro_geometry.parquet',
  'system/hydro_production_models.json',
  'system/fpha_hyperplanes.parquet',
  'scenarios/inflow_history.parquet',
  'scenarios/inflow_ar_coefficients.parquet',
  'scenarios/inflow_annual_component.parquet',
  'scenarios/external_inflow_scenarios.parquet',
  'scenarios/external_load_scenarios.parquet',
  'scenarios/external_ncs_scenarios.parquet',
  'scenarios/non_controllable_factors.json',
  'scenarios/non_controllable_stats.parquet',
  'constraints/thermal_bounds.parquet',
  'constraints/hydro_bounds.parquet',
  'constraints/line_bounds.parquet',
  'constraints/pumping_bounds.parquet',
  'constraints/contract_bounds.parquet',
  'constraints/ncs_bounds.parquet',
  'constraints/exchange_factors.json',
  'constraints/generic_constraints.json',
  'constraints/generic_constraint_bounds.parquet',
  'constraints/penalty_overrides_bus.parquet',
  'constraints/penalty_overrides_line.parquet',
  'constraints/penalty_overrides_hydro.parquet',
  'constraints/penalty_overrides_ncs.parquet',
];

async function expectError(patch: CasePatch, expected: Expected): Promise<void> {
  const { errors, study } = await validateCase(await makeCase(patch));
  expect(study).toBeNull();
  for (const error of errors) expect(error).toBeInstanceOf(CobreError);
  const { kind, file, field } = expected;
  const match = errors.find((error) => error.kind === kind && error.file === file && error.field === field);
  expect(match, `among ${JSON.stringify(errors, null, 1)}`).toBeDefined();
  expect(`${match?.message} ${match?.suggestion}`).toContain(expected.says);
  expect(match?.suggestion).toMatch(/\.$/);
  expect(errors, JSON.stringify(errors, null, 1)).toHaveLength(expected.errors ?? 1);
}

describe.each([
  ['structure', structure],
  ['schema', schema],
  ['tables', tables],
  ['meaning', meaning],
])('a fault of %s is named with its place and its remedy:', (_, cases) => {
  it.each(cases.map((each) => [...each] as [string, CasePatch, Expected]))('%s', async (_name, patch, expected) => {
    await expectError(patch, expected);
  });
});

describe('what is not supported yet is refused by name, never ignored:', () => {
  it.each(unsupportedFields)('%s %s', async (file, field, value) => {
    await expectError(set(file, field, value), { kind: 'NotSupported', file, field, says: 'not supported yet' });
  });

  it.each(unsupportedFiles)('%s', async (file) => {
    const content = file.endsWith('.json') ? { entries: [{ id: 0 }] } : table({ id: ['INT32', [0]] });
    await expectError({ [file]: content }, { kind: 'NotSupported', file, says: 'Remove the file' });
  });

  it.each([
    ['a transition that skips a stage', [{ source_id: 0, target_id: 2, probability: 1 }], 'target_id'],
    ['a transition with a chance', [{ source_id: 0, target_id: 1, probability: 0.5 }], 'probability'],
    ['a transition back', [{ source_id: 2, target_id: 0, probability: 1 }], 'target_id'],
  ])('%s', async (_, transitions, key) => {
    await expectError(set(STAGES, 'policy_graph.transitions', transitions), {
      kind: 'NotSupported',
      file: STAGES,
      field: `policy_graph.transitions[0].${key}`,
      says: 'probability 1',
    });
  });

  it('noise that stages of one season share', async () => {
    const patch: CasePatch = {
      [STAGES]: (content) => {
        for (const stage of content.stages) stage.season_id = stage.id === 2 ? 1 : 0;
      },
    };
    await expectError(patch, {
      kind: 'NotSupported',
      file: STAGES,
      field: 'stages[1].season_id',
      says: 'shared noise',
    });
  });

  it('a damaged file of a kind that is not supported', async () => {
    const file = 'constraints/hydro_bounds.parquet';
    await expectError({ [file]: 'PAR1' }, { kind: 'ParseError', file, says: 'Parquet' });
  });
});

describe('several faults', () => {
  it('are reported together, across files and layers', async () => {
    const directory = await makeCase({
      [THERMALS]: (content) => {
        content.thermals[0].cost_per_mwh = 'dear';
      },
      [BUSES]: null,
      [HYDROS]: (content) => {
        content.hydros[0].evaporation = { coefficients_mm: [] };
        content.hydros[0].reservoir.min_storage_hm3 = 900;
        content.hydros[1].downstream_id = 77;
        content.hydros[1].color = 'blue';
      },
      [CONFIG]: '{',
      ...cell(INFLOW, 'mean_m3s', 0, Number.NaN),
      'system/pumping_stations.json': { pumping_stations: [{ id: 1 }] },
    });
    const { errors } = await validateCase(directory);
    expect(errors.map((error) => `${error.kind} ${error.file} ${error.field ?? ''}`.trim()).sort()).toEqual([
      'CapacityViolation system/hydros.json hydros[0].reservoir.min_storage_hm3',
      'MissingFile system/buses.json',
      'MissingReference system/hydros.json hydros[1].downstream_id',
      'NotSupported system/hydros.json hydros[0].evaporation',
      'NotSupported system/pumping_stations.json',
      'OutOfRange scenarios/inflow_seasonal_stats.parquet mean_m3s',
      'ParseError config.json',
      'SchemaViolation system/hydros.json hydros[1].color',
      'TypeMismatch system/thermals.json thermals[0].cost_per_mwh',
    ]);
  });

  it('come as one ValidationError from loadStudy', async () => {
    const directory = await makeCase({ [CONFIG]: null, [BUSES]: null });
    const error = await loadStudy(directory).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ValidationError);
    expect((error as ValidationError).errors.map((each) => each.file)).toEqual([CONFIG, BUSES]);
  });
});

describe('a case directory', () => {
  it.each([
    ['that does not exist', 'nowhere', 'does not exist'],
    ['that is a file', 'config.json', 'is a file'],
  ])('%s is one error', async (_, name, words) => {
    const { errors, study } = await validateCase(`${await makeCase()}/${name}`);
    expect(study).toBeNull();
    expect(errors).toHaveLength(1);
    expect(errors[0].kind).toBe('MissingFile');
    expect(errors[0].message).toContain(words);
  });

  it('with a folder where a file should be is refused', async () => {
    const patch: CasePatch = { [LINES]: null, [`${LINES}/lines.json`]: {} };
    await expectError(patch, { kind: 'IoError', file: LINES, says: 'directory' });
  });
});

describe('faults in overrides of the configuration', () => {
  it.each<[string, Record<string, unknown>, ErrorKind, string]>([
    ['a wrong type', { training: { forward_passes: 'two' } }, 'TypeMismatch', 'training.forward_passes'],
    [
      'a number that is not finite',
      { training: { forward_passes: Number.NaN } },
      'OutOfRange',
      'training.forward_passes',
    ],
    ['an unknown key', { trainings: {} }, 'SchemaViolation', 'trainings'],
    [
      'an element of an array',
      { training: { stopping_rules: [{ type: 'gap' }] } },
      'InvalidEnum',
      'training.stopping_rules[0].type',
    ],
    ['what is not supported', { policy: { mode: 'resume' } }, 'NotSupported', 'policy.mode'],
    [
      'rules that contradict',
      { training: { stopping_rules: [{ type: 'time_limit', seconds: 1 }] } },
      'IncompatibleSettings',
      'training.stopping_rules',
    ],
    ['a section that is no object', { training: null }, 'TypeMismatch', 'training'],
    ['a key of the prototype', JSON.parse('{"__proto__": {"enabled": false}}'), 'SchemaViolation', '__proto__'],
  ])('are named as such: %s', async (_, configOverrides, kind, field) => {
    const { errors } = await validateCase(await makeCase(), { configOverrides });
    expect(errors.map((error) => [error.kind, error.file, error.field])).toEqual([[kind, CONFIG, field]]);
    expect(errors[0].message).toContain('configOverrides');
  });

  it('are told apart from faults of the file', async () => {
    const directory = await makeCase(set(CONFIG, 'training.stopping_mode', 'both'));
    const { errors } = await validateCase(directory, { configOverrides: { training: { forward_passes: 0 } } });
    const inOverrides = errors.filter((error) => error.message.includes('configOverrides'));
    expect(errors).toHaveLength(2);
    expect(inOverrides.map((error) => error.field)).toEqual(['training.forward_passes']);
  });
});
