import { describe } from 'vitest';
import {
  type Broken,
  CONTRACT_BOUNDS,
  cell,
  EXCHANGE_FACTORS,
  expectErrors,
  expectWarnings,
  GENERIC,
  GENERIC_BOUNDS,
  HYDRO_BOUNDS,
  PUMP_BOUNDS,
  retype,
  SOURCE_BOUNDS,
  SOURCE_FACTORS,
  SOURCE_STATS,
  set,
  THERMAL_BOUNDS,
} from '../support/broken-case.js';
import { fullCase } from '../support/full-case.js';
import { table } from '../support/small-case.js';

/** Every table of the constraints, with the column of its entity, and a column of numbers above 0 where it has one. */
const TABLES: [file: string, id: string, positive: string | null][] = [
  [THERMAL_BOUNDS, 'thermal_id', null],
  [HYDRO_BOUNDS, 'hydro_id', null],
  ['constraints/line_bounds.parquet', 'line_id', null],
  [PUMP_BOUNDS, 'station_id', null],
  [CONTRACT_BOUNDS, 'contract_id', null],
  [SOURCE_BOUNDS, 'ncs_id', null],
  ['constraints/penalty_overrides_bus.parquet', 'bus_id', 'excess_cost'],
  ['constraints/penalty_overrides_line.parquet', 'line_id', 'exchange_cost'],
  ['constraints/penalty_overrides_hydro.parquet', 'hydro_id', 'spillage_cost'],
  ['constraints/penalty_overrides_ncs.parquet', 'source_id', 'curtailment_cost'],
];

const keys: Broken[] = TABLES.flatMap(([file, id, positive]): Broken[] => [
  [
    `${file}: an unknown entity`,
    cell(file, id, 0, 77),
    { kind: 'MissingReference', file, field: id, says: '77, which does not exist' },
  ],
  [
    `${file}: a row stands twice`,
    {
      [file]: (content) => {
        for (const column of Object.values<{ data: unknown[] }>(content.columns)) column.data.push(column.data[0]);
      },
    },
    { kind: 'DuplicateId', file, field: id, says: 'rows 0 and' },
  ],
  [
    `${file}: no stages`,
    { [file]: (content) => void delete content.columns.stage_id },
    { kind: 'SchemaViolation', file, field: 'stage_id', says: 'no column stage_id' },
  ],
  [
    `${file}: ids that are missing`,
    cell(file, id, 0, null),
    { kind: 'SchemaViolation', file, field: id, says: 'no value in row 0' },
  ],
  ...(positive === null
    ? []
    : [
        [
          `${file}: a price of 0`,
          cell(file, positive, 0, 0),
          { kind: 'OutOfRange', file, field: positive, says: 'above 0' },
        ] as Broken,
      ]),
]);

const bounds: Broken[] = [
  [
    'a bound is not finite',
    cell(THERMAL_BOUNDS, 'max_generation_mw', 0, Number.NaN),
    { kind: 'OutOfRange', file: THERMAL_BOUNDS, field: 'max_generation_mw', says: 'finite' },
  ],
  [
    'a bound is negative',
    cell(HYDRO_BOUNDS, 'min_storage_hm3', 0, -1),
    { kind: 'OutOfRange', file: HYDRO_BOUNDS, field: 'min_storage_hm3', says: 'at least 0' },
  ],
  [
    'a bound is single precision',
    retype(HYDRO_BOUNDS, 'min_storage_hm3', 'FLOAT'),
    { kind: 'TypeMismatch', file: HYDRO_BOUNDS, field: 'min_storage_hm3', says: 'DOUBLE' },
  ],
  [
    'a column is unknown',
    { [THERMAL_BOUNDS]: (file) => void Object.assign(file.columns, { max_mw: file.columns.max_generation_mw }) },
    { kind: 'SchemaViolation', file: THERMAL_BOUNDS, field: 'max_mw', says: 'unknown column' },
  ],
  [
    'a thermal costs less than nothing',
    cell(THERMAL_BOUNDS, 'cost_per_mwh', 0, -1),
    { kind: 'OutOfRange', file: THERMAL_BOUNDS, field: 'cost_per_mwh', says: 'at least 0' },
  ],
  [
    'the most that a thermal generates at a stage is less than its least',
    cell(THERMAL_BOUNDS, 'max_generation_mw', 0, 4),
    { kind: 'CapacityViolation', file: THERMAL_BOUNDS, field: 'max_generation_mw', says: 'min_generation_mw = 5' },
  ],
  [
    'the least storage at a stage is more than the reservoir holds',
    cell(HYDRO_BOUNDS, 'min_storage_hm3', 0, 201),
    { kind: 'CapacityViolation', file: HYDRO_BOUNDS, field: 'min_storage_hm3', says: 'max_storage_hm3 = 200' },
  ],
  [
    'the most outflow at a stage is less than the least',
    cell(HYDRO_BOUNDS, 'max_outflow_m3s', 1, 4),
    { kind: 'CapacityViolation', file: HYDRO_BOUNDS, field: 'max_outflow_m3s', says: 'min_outflow_m3s = 5' },
  ],
  [
    'a station pumps at least more than at most at a stage',
    { [PUMP_BOUNDS]: (file) => void Object.assign(file.columns, { min_m3s: { type: 'DOUBLE', data: [11] } }) },
    { kind: 'CapacityViolation', file: PUMP_BOUNDS, field: 'min_m3s', says: 'max_m3s = 10' },
  ],
  [
    'a contract takes at least more than at most at a stage',
    cell(CONTRACT_BOUNDS, 'min_mw', 0, 13),
    { kind: 'CapacityViolation', file: CONTRACT_BOUNDS, field: 'min_mw', says: 'max_mw = 12' },
  ],
  [
    'a source is available at an unknown stage',
    cell(SOURCE_BOUNDS, 'stage_id', 0, 9),
    { kind: 'MissingReference', file: SOURCE_BOUNDS, field: 'stage_id', says: 'stage 9' },
  ],
  [
    'a source gives more than it has',
    cell(SOURCE_STATS, 'mean', 1, 1.2),
    { kind: 'OutOfRange', file: SOURCE_STATS, field: 'mean', says: 'at most 1' },
  ],
  [
    'a source deviates less than not at all',
    cell(SOURCE_STATS, 'std', 1, -0.2),
    { kind: 'OutOfRange', file: SOURCE_STATS, field: 'std', says: 'at least 0' },
  ],
];

const lines = 'exchange_factors[0]';
const sources = 'non_controllable_factors[0]';
const factors: Broken[] = [
  [
    'a factor of an unknown line',
    set(EXCHANGE_FACTORS, `${lines}.line_id`, 4),
    { kind: 'MissingReference', file: EXCHANGE_FACTORS, field: `${lines}.line_id`, says: 'line 4' },
  ],
  [
    'a factor of a line at an unknown stage',
    set(EXCHANGE_FACTORS, `${lines}.stage_id`, 4),
    { kind: 'MissingReference', file: EXCHANGE_FACTORS, field: `${lines}.stage_id`, says: 'stage 4' },
  ],
  [
    'a factor of a line in an unknown block',
    set(EXCHANGE_FACTORS, `${lines}.block_factors[0].block_id`, 2),
    {
      kind: 'MissingReference',
      file: EXCHANGE_FACTORS,
      field: `${lines}.block_factors[0].block_id`,
      says: 'blocks 0, 1',
    },
  ],
  [
    'a line carries less than nothing',
    set(EXCHANGE_FACTORS, `${lines}.block_factors[0].reverse_factor`, -1),
    {
      kind: 'OutOfRange',
      file: EXCHANGE_FACTORS,
      field: `${lines}.block_factors[0].reverse_factor`,
      says: 'at least 0',
    },
  ],
  [
    'a line has its factors twice',
    { [EXCHANGE_FACTORS]: (file) => void file.exchange_factors.push(file.exchange_factors[0]) },
    { kind: 'DuplicateId', file: EXCHANGE_FACTORS, field: 'exchange_factors[1]', says: 'Merge' },
  ],
  [
    'a factor of an unknown source',
    set(SOURCE_FACTORS, `${sources}.ncs_id`, 5),
    { kind: 'MissingReference', file: SOURCE_FACTORS, field: `${sources}.ncs_id`, says: 'source 5' },
  ],
  [
    'a block of a source has two factors',
    set(SOURCE_FACTORS, `${sources}.block_factors[1].block_id`, 1),
    {
      kind: 'DuplicateId',
      file: SOURCE_FACTORS,
      field: `${sources}.block_factors[1].block_id`,
      says: 'block_factors[0]',
    },
  ],
  [
    'a factor of a source in an unknown block',
    set(SOURCE_FACTORS, `${sources}.block_factors[0].block_id`, 2),
    {
      kind: 'MissingReference',
      file: SOURCE_FACTORS,
      field: `${sources}.block_factors[0].block_id`,
      says: 'blocks 0, 1',
    },
  ],
];

const basin = 'constraints[0]';
const generic: Broken[] = [
  [
    'an expression cannot be read',
    set(GENERIC, `${basin}.expression`, 'hydro_outflow(0) * 2'),
    { kind: 'SchemaViolation', file: GENERIC, field: `${basin}.expression`, says: 'column 18' },
  ],
  [
    'an expression speaks of an unknown variable',
    set(GENERIC, `${basin}.expression`, 'hydro_outflw(0)'),
    { kind: 'SchemaViolation', file: GENERIC, field: `${basin}.expression`, says: 'Did you mean hydro_outflow?' },
  ],
  ...(
    [
      ['hydro_storage', 'hydro'],
      ['thermal_generation', 'thermal'],
      ['line_exchange', 'line'],
      ['bus_deficit', 'bus'],
      ['pumping_power', 'pumping station'],
      ['contract_import', 'contract'],
      ['non_controllable_generation', 'non-controllable source'],
    ] as const
  ).map(
    ([variable, what]): Broken => [
      `an expression speaks of a ${what} that does not exist`,
      set(GENERIC, `${basin}.expression`, `${variable}(66) - 2 * ${variable}(66)`),
      { kind: 'MissingReference', file: GENERIC, field: `${basin}.expression`, says: `${what} 66` },
    ],
  ),
  [
    'an expression speaks of a block that does not exist',
    set(GENERIC, `${basin}.expression`, 'hydro_outflow(0, 2)'),
    { kind: 'MissingReference', file: GENERIC, field: `${basin}.expression`, says: 'hydro_outflow(0, 2)' },
  ],
  [
    'a constraint is of no known sense',
    set(GENERIC, `${basin}.sense`, '>'),
    { kind: 'InvalidEnum', file: GENERIC, field: `${basin}.sense`, says: '>=' },
  ],
  [
    'a violation has no price',
    set(GENERIC, `${basin}.slack`, { enabled: true }),
    { kind: 'SchemaViolation', file: GENERIC, field: `${basin}.slack.penalty`, says: 'missing' },
  ],
  [
    'a violation costs nothing',
    set(GENERIC, `${basin}.slack.penalty`, 0),
    { kind: 'OutOfRange', file: GENERIC, field: `${basin}.slack.penalty`, says: 'not above 0' },
  ],
  [
    'two constraints share an id',
    set(GENERIC, 'constraints[1].id', 9),
    // The bound of what is now unknown is not reported: its id may have been meant to be that.
    { kind: 'DuplicateId', file: GENERIC, field: 'constraints[1].id', says: 'repeats the id 9' },
  ],
  [
    'a bound of an unknown constraint',
    cell(GENERIC_BOUNDS, 'constraint_id', 1, 3),
    { kind: 'MissingReference', file: GENERIC_BOUNDS, field: 'constraint_id', says: 'generic constraint 3' },
  ],
  [
    'a bound in an unknown block',
    cell(GENERIC_BOUNDS, 'block_id', 0, 2),
    { kind: 'MissingReference', file: GENERIC_BOUNDS, field: 'block_id', says: 'blocks 0 to 1' },
  ],
  [
    'two bounds of all blocks',
    cell(GENERIC_BOUNDS, 'block_id', 0, null),
    { kind: 'DuplicateId', file: GENERIC_BOUNDS, field: 'constraint_id', says: 'rows 0 and 2' },
  ],
  [
    'a bound is infinite',
    cell(GENERIC_BOUNDS, 'bound', 0, Number.POSITIVE_INFINITY),
    { kind: 'OutOfRange', file: GENERIC_BOUNDS, field: 'bound', says: 'finite' },
  ],
  [
    'bounds without constraints',
    { [GENERIC]: null },
    {
      kind: 'MissingReference',
      file: GENERIC_BOUNDS,
      field: 'constraint_id',
      says: 'There is no generic constraint at all',
      errors: 2,
    },
  ],
];

describe('a fault of what changes at stages is named: keys:', () => {
  expectErrors(keys, fullCase);
});
describe('bounds:', () => {
  expectErrors(bounds, fullCase);
});
describe('factors:', () => {
  expectErrors(factors, fullCase);
});
describe('generic constraints:', () => {
  expectErrors(generic, fullCase);
});

describe('what has no effect earns a warning:', () => {
  expectWarnings(
    [
      ...TABLES.filter(([file]) => file !== SOURCE_BOUNDS).map(
        ([file]) =>
          [
            `${file}: a stage that does not exist`,
            cell(file, 'stage_id', 0, 8),
            `${file}: rows of stage 8 have no effect`,
          ] as const,
      ),
      [
        'a bound of a channel that is not there',
        {
          [HYDRO_BOUNDS]: table({
            hydro_id: ['INT32', [1]],
            stage_id: ['INT32', [0]],
            max_diversion_m3s: ['DOUBLE', [3]],
          }),
        },
        'max_diversion_m3s has no effect for hydro_id 1',
      ],
      [
        'an inflow for a filling that is not there',
        {
          [HYDRO_BOUNDS]: table({
            hydro_id: ['INT32', [1]],
            stage_id: ['INT32', [0]],
            filling_inflow_m3s: ['DOUBLE', [3]],
          }),
        },
        'filling_inflow_m3s has no effect for hydro_id 1',
      ],
      [
        'a thermal bound of one block',
        {
          [THERMAL_BOUNDS]: (file) =>
            void Object.assign(file.columns, { block_id: { type: 'INT32', data: [0, null] } }),
        },
        'block_id has no effect for thermal_id 1',
      ],
      [
        'a constraint without a bound',
        cell(GENERIC_BOUNDS, 'stage_id', 1, 5),
        'constraints[1] has no bound at any stage',
      ],
      ['constraints without a table of bounds: the first', { [GENERIC_BOUNDS]: null }, 'constraints[0] has no bound'],
      ['constraints without a table of bounds: the second', { [GENERIC_BOUNDS]: null }, 'constraints[1] has no bound'],
      [
        'a channel that is not there',
        set(GENERIC, 'constraints[1].expression', 'hydro_diversion(1)'),
        'hydro_diversion(1) is 0',
      ],
      [
        'a contract of the other type',
        set(GENERIC, 'constraints[1].expression', 'contract_import(1)'),
        'contract 1 is an export',
      ],
    ],
    fullCase,
  );
});
