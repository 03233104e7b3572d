import { describe } from 'vitest';
import {
  type Broken,
  BUSES,
  CONFIG,
  CORRELATION,
  expectErrors,
  FACTORS,
  HYDROS,
  INFLOW,
  INITIAL,
  LINES,
  LOAD,
  PENALTIES,
  STAGES,
  set,
  THERMALS,
} from '../support/broken-case.js';
import { indefinite, threeHydros } from '../support/small-case.js';

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
    'a hydro that may not be empty has no initial storage',
    { [INITIAL]: (content) => void content.storage.pop() },
    {
      kind: 'CoverageMismatch',
      file: INITIAL,
      field: 'storage',
      says: 'hydro_id 1 and a value_hm3 between 20 and 200',
    },
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
    'a stage comes before the one that it follows',
    {
      [STAGES]: (content) => {
        Object.assign(content.stages[1], { start_date: '2023-12-01', end_date: '2024-01-01' });
      },
    },
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
        content.season_definitions = { cycle_type: 'monthly', seasons: [{ id: 0, label: 'all', month_start: 1 }] };
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
    'a cycle has no way back',
    set(STAGES, 'policy_graph', { type: 'cyclic', annual_discount_rate: 0.1 }),
    { kind: 'StageMismatch', file: STAGES, field: 'policy_graph.transitions', says: '"source_id": 2' },
  ],
  [
    'the costs of a cycle have no sum',
    set(STAGES, 'policy_graph', {
      type: 'cyclic',
      annual_discount_rate: 0,
      transitions: [{ source_id: 2, target_id: 0, probability: 1 }],
    }),
    { kind: 'OutOfRange', file: STAGES, field: 'policy_graph.annual_discount_rate', says: 'above 0' },
  ],
  [
    'the costs of a cycle have no sum, for all its transitions say so',
    set(STAGES, 'policy_graph', {
      type: 'cyclic',
      annual_discount_rate: 0.1,
      transitions: [
        { source_id: 1, target_id: 2, probability: 1, annual_discount_rate_override: 0 },
        { source_id: 2, target_id: 1, probability: 1, annual_discount_rate_override: 0 },
      ],
    }),
    { kind: 'OutOfRange', file: STAGES, field: 'policy_graph.transitions', says: 'annual_discount_rate_override' },
  ],
  [
    'a cycle leads back to a stage that does not exist',
    set(STAGES, 'policy_graph', {
      type: 'cyclic',
      annual_discount_rate: 0.1,
      transitions: [{ source_id: 2, target_id: 9, probability: 1 }],
    }),
    { kind: 'MissingReference', file: STAGES, field: 'policy_graph.transitions[0].target_id', says: 'stage 9' },
  ],
  [
    'a cycle ends with a boundary',
    {
      ...set(STAGES, 'policy_graph', {
        type: 'cyclic',
        annual_discount_rate: 0.1,
        transitions: [{ source_id: 2, target_id: 0, probability: 1 }],
      }),
      ...set(CONFIG, 'policy.boundary', { path: '../monthly/policy', source_stage: 2 }),
    },
    { kind: 'IncompatibleSettings', file: CONFIG, field: 'policy.boundary', says: 'finite_horizon' },
  ],
  [
    'cuts are to be selected, but not how',
    set(CONFIG, 'training.cut_selection', { enabled: true }),
    { kind: 'IncompatibleSettings', file: CONFIG, field: 'training.cut_selection.method', says: 'domination' },
  ],
  [
    'a simulation has no scenarios',
    set(CONFIG, 'simulation.num_scenarios', 0),
    { kind: 'OutOfRange', file: CONFIG, field: 'simulation.num_scenarios', says: 'at least one' },
  ],
];

describe('a contradiction is named with its place and its remedy:', () => expectErrors(meaning));
