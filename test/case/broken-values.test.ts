import { describe } from 'vitest';
import {
  type Broken,
  BUSES,
  CONFIG,
  CORRELATION,
  expectErrors,
  FACTORS,
  HYDROS,
  INITIAL,
  LINES,
  PENALTIES,
  STAGES,
  set,
  THERMALS,
} from '../support/broken-case.js';

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
    'the share of a CVaR is 0',
    set(STAGES, 'stages[1].risk_measure', { cvar: { alpha: 0, lambda: 0.5 } }),
    { kind: 'OutOfRange', file: STAGES, field: 'stages[1].risk_measure.cvar.alpha', says: 'greater than 0' },
  ],
  [
    'the weight of a CVaR is above 1',
    set(STAGES, 'stages[1].risk_measure', { cvar: { alpha: 0.5, lambda: 1.5 } }),
    { kind: 'OutOfRange', file: STAGES, field: 'stages[1].risk_measure.cvar.lambda', says: 'at most 1' },
  ],
  [
    'a risk measure has another name',
    set(STAGES, 'stages[1].risk_measure', 'worst_case'),
    {
      kind: 'InvalidEnum',
      file: STAGES,
      field: 'stages[1].risk_measure',
      says: '"expectation", or an object with cvar',
    },
  ],
  [
    'thermal bounds have the old names',
    set(THERMALS, 'thermals[0].min_generation_mw', 1),
    {
      kind: 'SchemaViolation',
      file: THERMALS,
      field: 'thermals[0].min_generation_mw',
      says: 'Did you mean generation.min_mw',
    },
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

describe('a value against the schema is named with its place and its remedy:', () => expectErrors(schema));
