import { describe } from 'vitest';
import {
  type Broken,
  CONTRACTS,
  cell,
  expectErrors,
  expectWarnings,
  GEOMETRY,
  HYDROS,
  INITIAL,
  LINES,
  MODELS,
  PLANES,
  PUMPS,
  SOURCES,
  set,
  THERMALS,
} from '../support/broken-case.js';
import { fullCase } from '../support/full-case.js';

const structure: Broken[] = [
  [
    'a source has a negative capacity',
    set(SOURCES, 'non_controllable_sources[0].max_generation_mw', -1),
    { kind: 'OutOfRange', file: SOURCES, field: 'non_controllable_sources[0].max_generation_mw', says: 'at least 0' },
  ],
  [
    'a station has no consumption',
    set(PUMPS, 'pumping_stations[0].consumption_mw_per_m3s', undefined),
    {
      kind: 'SchemaViolation',
      file: PUMPS,
      field: 'pumping_stations[0].consumption_mw_per_m3s',
      says: 'is missing',
    },
  ],
  [
    'a contract is of no known type',
    set(CONTRACTS, 'contracts[1].type', 'imports'),
    { kind: 'InvalidEnum', file: CONTRACTS, field: 'contracts[1].type', says: 'Did you mean import?' },
  ],
  [
    'a plant has no known model',
    set(HYDROS, 'hydros[0].generation.model', 'fpla'),
    { kind: 'InvalidEnum', file: HYDROS, field: 'hydros[0].generation.model', says: 'fpha' },
  ],
  [
    'a plant with planes has a productivity',
    set(HYDROS, 'hydros[2].generation.productivity_mw_per_m3s', 1),
    {
      kind: 'SchemaViolation',
      file: HYDROS,
      field: 'hydros[2].generation.productivity_mw_per_m3s',
      says: 'unknown key',
    },
  ],
  [
    'a tailrace has no coefficients',
    set(HYDROS, 'hydros[1].tailrace.coefficients', []),
    { kind: 'OutOfRange', file: HYDROS, field: 'hydros[1].tailrace.coefficients', says: 'at least 1' },
  ],
  [
    'all head is lost',
    set(HYDROS, 'hydros[0].hydraulic_losses.value', 1),
    { kind: 'OutOfRange', file: HYDROS, field: 'hydros[0].hydraulic_losses.value', says: 'less than 1' },
  ],
  [
    'a turbine gives more than it gets',
    set(HYDROS, 'hydros[0].efficiency.value', 1.1),
    { kind: 'OutOfRange', file: HYDROS, field: 'hydros[0].efficiency.value', says: 'at most 1' },
  ],
  [
    'evaporation knows eleven months',
    set(HYDROS, 'hydros[0].evaporation.coefficients_mm', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
    { kind: 'OutOfRange', file: HYDROS, field: 'hydros[0].evaporation.coefficients_mm', says: '12' },
  ],
  [
    'a production model is chosen by nothing known',
    set(MODELS, 'production_models[0].selection_mode', 'season'),
    { kind: 'InvalidEnum', file: MODELS, field: 'production_models[0].selection_mode', says: 'seasonal' },
  ],
  [
    'planes come from nowhere',
    set(MODELS, 'production_models[0].seasons[0].fpha_config.source', 'guess'),
    {
      kind: 'InvalidEnum',
      file: MODELS,
      field: 'production_models[0].seasons[0].fpha_config.source',
      says: 'precomputed',
    },
  ],
];

const references: Broken[] = [
  [
    'a source has no bus',
    set(SOURCES, 'non_controllable_sources[0].bus_id', 6),
    { kind: 'MissingReference', file: SOURCES, field: 'non_controllable_sources[0].bus_id', says: 'bus 6' },
  ],
  [
    'a station has no source',
    set(PUMPS, 'pumping_stations[0].source_hydro_id', 6),
    { kind: 'MissingReference', file: PUMPS, field: 'pumping_stations[0].source_hydro_id', says: 'hydro 6' },
  ],
  [
    'a station has no destination',
    set(PUMPS, 'pumping_stations[0].destination_hydro_id', 6),
    { kind: 'MissingReference', file: PUMPS, field: 'pumping_stations[0].destination_hydro_id', says: 'hydro 6' },
  ],
  [
    'a station has no bus',
    set(PUMPS, 'pumping_stations[0].bus_id', 6),
    { kind: 'MissingReference', file: PUMPS, field: 'pumping_stations[0].bus_id', says: 'bus 6' },
  ],
  [
    'a contract has no bus',
    set(CONTRACTS, 'contracts[0].bus_id', 6),
    { kind: 'MissingReference', file: CONTRACTS, field: 'contracts[0].bus_id', says: 'bus 6' },
  ],
  [
    'a channel leads nowhere',
    set(HYDROS, 'hydros[0].diversion.downstream_id', 6),
    { kind: 'MissingReference', file: HYDROS, field: 'hydros[0].diversion.downstream_id', says: 'hydro 6' },
  ],
  [
    'a filling starts at no stage',
    set(HYDROS, 'hydros[2].filling.start_stage_id', -1),
    { kind: 'MissingReference', file: HYDROS, field: 'hydros[2].filling.start_stage_id', says: 'stage -1' },
  ],
  [
    'a reservoir that is filled is unknown',
    set(INITIAL, 'filling_storage[0].hydro_id', 6),
    { kind: 'MissingReference', file: INITIAL, field: 'filling_storage[0].hydro_id', says: 'hydro 6' },
  ],
  [
    'a production model of an unknown hydro',
    set(MODELS, 'production_models[0].hydro_id', 6),
    { kind: 'MissingReference', file: MODELS, field: 'production_models[0].hydro_id', says: 'hydro 6' },
  ],
  [
    'a production model of an unknown season',
    set(MODELS, 'production_models[0].seasons[1].season_id', 12),
    { kind: 'MissingReference', file: MODELS, field: 'production_models[0].seasons[1].season_id', says: 'season 12' },
  ],
  [
    'a plane of an unknown hydro',
    cell(PLANES, 'hydro_id', 1, 6),
    { kind: 'MissingReference', file: PLANES, field: 'hydro_id', says: 'row 1' },
  ],
  [
    'curves of an unknown hydro',
    cell(GEOMETRY, 'hydro_id', 2, 6),
    { kind: 'MissingReference', file: GEOMETRY, field: 'hydro_id', says: 'hydro 6' },
  ],
];

const duplicates: Broken[] = [
  [
    'two sources share an id',
    set(SOURCES, 'non_controllable_sources[0].id', 4),
    { kind: 'DuplicateId', file: SOURCES, field: 'non_controllable_sources[1].id', says: 'repeats the id 4' },
  ],
  [
    'two contracts share an id',
    set(CONTRACTS, 'contracts[0].id', 0),
    { kind: 'DuplicateId', file: CONTRACTS, field: 'contracts[1].id', says: 'repeats the id 0' },
  ],
  [
    'two stations share an id',
    { [PUMPS]: (file) => void file.pumping_stations.push(file.pumping_stations[0]) },
    { kind: 'DuplicateId', file: PUMPS, field: 'pumping_stations[1].id', says: 'repeats the id 3' },
  ],
  [
    'a hydro has two production models',
    set(MODELS, 'production_models[0].hydro_id', 0),
    { kind: 'DuplicateId', file: MODELS, field: 'production_models[1].hydro_id', says: 'repeats the hydro_id 0' },
  ],
  [
    'a season has two production models',
    set(MODELS, 'production_models[0].seasons[1].season_id', 1),
    {
      kind: 'DuplicateId',
      file: MODELS,
      field: 'production_models[0].seasons[1].season_id',
      says: 'repeats the season_id 1',
    },
  ],
  [
    'a reservoir has two initial storages',
    { [INITIAL]: (file) => void file.storage.push({ hydro_id: 2, value_hm3: 30 }) },
    { kind: 'DuplicateId', file: INITIAL, field: 'filling_storage[0].hydro_id', says: 'storage[2]' },
  ],
  [
    'two planes are the same',
    {
      [PLANES]: (file) => {
        file.columns.stage_id.data[1] = null;
        file.columns.plane_id.data[1] = 0;
      },
    },
    { kind: 'DuplicateId', file: PLANES, field: 'hydro_id', says: 'combination of hydro_id, stage_id and plane_id' },
  ],
  [
    'two points have the same volume',
    cell(GEOMETRY, 'volume_hm3', 1, 300),
    { kind: 'DuplicateId', file: GEOMETRY, field: 'hydro_id', says: 'pair of hydro_id and volume_hm3' },
  ],
];

const physics: Broken[] = [
  [
    'a channel leads back up the river',
    {
      [HYDROS]: (file) => {
        file.hydros[1].diversion = { downstream_id: 0, max_flow_m3s: 5 };
      },
    },
    { kind: 'PhysicalConstraint', file: HYDROS, field: 'hydros[0].diversion.downstream_id', says: '0 -> 1 -> 0' },
  ],
  [
    'a channel leads to where it begins',
    set(HYDROS, 'hydros[0].diversion.downstream_id', 0),
    { kind: 'PhysicalConstraint', file: HYDROS, field: 'hydros[0].diversion.downstream_id', says: '0 -> 0' },
  ],
  [
    'a channel leads to a plant above',
    { [HYDROS]: (file) => void Object.assign(file.hydros[1], { diversion: { downstream_id: 2, max_flow_m3s: 5 } }) },
    { kind: 'PhysicalConstraint', file: HYDROS, field: 'hydros[1].diversion.downstream_id', says: '1 -> 2 -> 1' },
  ],
  [
    'a station pumps in a circle',
    set(PUMPS, 'pumping_stations[0].destination_hydro_id', 1),
    { kind: 'PhysicalConstraint', file: PUMPS, field: 'pumping_stations[0].destination_hydro_id', says: 'back to' },
  ],
  [
    'a station pumps at least more than at most',
    set(PUMPS, 'pumping_stations[0].flow.min_m3s', 21),
    { kind: 'CapacityViolation', file: PUMPS, field: 'pumping_stations[0].flow.min_m3s', says: 'max_m3s = 20' },
  ],
  [
    'a contract takes at least more than at most',
    set(CONTRACTS, 'contracts[1].limits.min_mw', 13),
    { kind: 'CapacityViolation', file: CONTRACTS, field: 'contracts[1].limits.min_mw', says: 'max_mw = 12' },
  ],
  [
    'a tailrace turns back',
    set(HYDROS, 'hydros[0].tailrace.points[1].outflow_m3s', 0),
    {
      kind: 'PhysicalConstraint',
      file: HYDROS,
      field: 'hydros[0].tailrace.points[1].outflow_m3s',
      says: 'rising outflow',
    },
  ],
  [
    'evaporation is linearised outside the reservoir',
    set(HYDROS, 'hydros[0].evaporation.reference_volumes_hm3', [...Array.from({ length: 11 }, () => 300), 700]),
    {
      kind: 'PhysicalConstraint',
      file: HYDROS,
      field: 'hydros[0].evaporation.reference_volumes_hm3[11]',
      says: 'between 50 and 600',
    },
  ],
  [
    'water evaporates from no area',
    set(HYDROS, 'hydros[1].evaporation', { coefficients_mm: Array.from({ length: 12 }, () => 1) }),
    { kind: 'CoverageMismatch', file: HYDROS, field: 'hydros[1].evaporation', says: 'hydro_id 1' },
  ],
  [
    'a fuller reservoir is lower',
    cell(GEOMETRY, 'height_m', 0, 47),
    { kind: 'PhysicalConstraint', file: GEOMETRY, field: 'height_m', says: 'from 48 to 47' },
  ],
  [
    'a fuller reservoir is smaller',
    cell(GEOMETRY, 'area_km2', 2, 1),
    { kind: 'PhysicalConstraint', file: GEOMETRY, field: 'area_km2', says: 'from 2 to 1' },
  ],
  [
    'a volume is negative',
    cell(GEOMETRY, 'volume_hm3', 1, -1),
    { kind: 'OutOfRange', file: GEOMETRY, field: 'volume_hm3', says: 'at least 0' },
  ],
  [
    'more water is being filled in than fits',
    set(INITIAL, 'filling_storage[0].value_hm3', 201),
    { kind: 'PhysicalConstraint', file: INITIAL, field: 'filling_storage[0].value_hm3', says: 'between 0 and 200' },
  ],
];

const service: Broken[] = [
  [
    'a line leaves before it enters',
    { [LINES]: (file) => void Object.assign(file.lines[0], { entry_stage_id: 2, exit_stage_id: 2 }) },
    { kind: 'StageMismatch', file: LINES, field: 'lines[0].exit_stage_id', says: 'first stage without it' },
  ],
  [
    'a thermal leaves before it enters',
    { [THERMALS]: (file) => void Object.assign(file.thermals[0], { entry_stage_id: 2, exit_stage_id: 1 }) },
    { kind: 'StageMismatch', file: THERMALS, field: 'thermals[0].exit_stage_id', says: 'at stage 1' },
  ],
  [
    'a hydro leaves before it enters',
    set(HYDROS, 'hydros[2].exit_stage_id', 2),
    { kind: 'StageMismatch', file: HYDROS, field: 'hydros[2].exit_stage_id', says: 'at stage 2' },
  ],
  [
    'a source leaves before it enters',
    set(SOURCES, 'non_controllable_sources[0].exit_stage_id', 0),
    { kind: 'StageMismatch', file: SOURCES, field: 'non_controllable_sources[0].exit_stage_id', says: 'at stage 0' },
  ],
  [
    'a station leaves before it enters',
    set(PUMPS, 'pumping_stations[0].entry_stage_id', 5),
    { kind: 'StageMismatch', file: PUMPS, field: 'pumping_stations[0].exit_stage_id', says: 'at stage 5' },
  ],
  [
    'a contract leaves before it enters',
    { [CONTRACTS]: (file) => void Object.assign(file.contracts[0], { entry_stage_id: 2, exit_stage_id: 1 }) },
    { kind: 'StageMismatch', file: CONTRACTS, field: 'contracts[0].exit_stage_id', says: 'at stage 2' },
  ],
  [
    'a reservoir is filled when its plant operates',
    set(HYDROS, 'hydros[2].filling.start_stage_id', 2),
    { kind: 'StageMismatch', file: HYDROS, field: 'hydros[2].filling.start_stage_id', says: 'before entry_stage_id' },
  ],
];

const production: Broken[] = [
  [
    'a range ends before it starts',
    set(MODELS, 'production_models[1].stage_ranges[0].end_stage_id', -1),
    {
      kind: 'StageMismatch',
      file: MODELS,
      field: 'production_models[1].stage_ranges[0].start_stage_id',
      says: 'Both ends belong',
    },
  ],
  [
    'planes have a productivity',
    set(MODELS, 'production_models[0].seasons[0].productivity_override', 1),
    {
      kind: 'IncompatibleSettings',
      file: MODELS,
      field: 'production_models[0].seasons[0].productivity_override',
      says: 'Remove productivity_override',
    },
  ],
  [
    'an end of the window is given twice',
    set(MODELS, 'production_models[1].stage_ranges[0].fpha_config.fitting_window.volume_min_hm3', 100),
    {
      kind: 'IncompatibleSettings',
      file: MODELS,
      field: 'production_models[1].stage_ranges[0].fpha_config.fitting_window.volume_min_percentile',
      says: 'not both',
    },
  ],
  [
    'a window is empty',
    set(MODELS, 'production_models[1].stage_ranges[0].fpha_config.fitting_window', {
      volume_min_percentile: 0.5,
      volume_max_percentile: 0.5,
    }),
    {
      kind: 'CapacityViolation',
      file: MODELS,
      field: 'production_models[1].stage_ranges[0].fpha_config.fitting_window.volume_min_percentile',
      says: 'not below',
    },
  ],
  [
    'a window is beyond the curve',
    set(MODELS, 'production_models[1].stage_ranges[0].fpha_config.fitting_window', {
      volume_min_hm3: 2000,
      volume_max_hm3: 3000,
    }),
    {
      kind: 'IncompatibleSettings',
      file: MODELS,
      field: 'production_models[1].stage_ranges[0].fpha_config.fitting_window',
      value: { volume_min_hm3: 2000, volume_max_hm3: 3000 },
      says: 'from 2000 to 3000 hm3, the curve of hydro 0 from 0 to 600 hm3',
    },
  ],
  [
    'a window begins where the curve ends',
    set(MODELS, 'production_models[1].stage_ranges[0].fpha_config.fitting_window', { volume_min_percentile: 1 }),
    {
      kind: 'IncompatibleSettings',
      file: MODELS,
      field: 'production_models[1].stage_ranges[0].fpha_config.fitting_window',
      value: { volume_min_percentile: 1 },
      says: 'it is from 600 hm3',
    },
  ],
  [
    'a window ends before it begins, one end a volume and one a share',
    set(MODELS, 'production_models[1].stage_ranges[0].fpha_config.fitting_window', {
      volume_min_percentile: 0.5,
      volume_max_hm3: 100,
    }),
    {
      kind: 'IncompatibleSettings',
      file: MODELS,
      field: 'production_models[1].stage_ranges[0].fpha_config.fitting_window',
      value: { volume_min_percentile: 0.5, volume_max_hm3: 100 },
      says: 'from 325 to 100 hm3',
    },
  ],
  [
    'an axis has one point',
    set(MODELS, 'production_models[1].stage_ranges[0].fpha_config.volume_discretization_points', 1),
    {
      kind: 'OutOfRange',
      file: MODELS,
      field: 'production_models[1].stage_ranges[0].fpha_config.volume_discretization_points',
      value: 1,
      says: 'at least 2',
    },
  ],
  [
    'planes are missing at a stage',
    {
      [PLANES]: (file) => {
        file.columns.stage_id.data[1] = 0;
        file.columns.stage_id.data[2] = 2;
      },
    },
    { kind: 'CoverageMismatch', file: PLANES, field: 'hydro_id', says: 'hydro 1 at stage 1' },
  ],
  [
    'there are no planes at all',
    { [PLANES]: null },
    { kind: 'CoverageMismatch', file: PLANES, field: 'hydro_id', says: 'hydro 1 at stage 1', errors: 2 },
  ],
  [
    'planes are computed without a tailrace',
    set(HYDROS, 'hydros[0].tailrace', null),
    { kind: 'CoverageMismatch', file: HYDROS, field: 'hydros[0].tailrace', says: 'which computed planes need' },
  ],
  [
    'planes are computed without losses, of which one without effect is shown',
    set(HYDROS, 'hydros[0].hydraulic_losses', null),
    {
      kind: 'CoverageMismatch',
      file: HYDROS,
      field: 'hydros[0].hydraulic_losses',
      says: '{ "type": "factor", "value": 0 }',
    },
  ],
  [
    'planes are computed without curves',
    { [GEOMETRY]: null, ...set(HYDROS, 'hydros[0].evaporation', null) },
    { kind: 'CoverageMismatch', file: GEOMETRY, field: 'hydro_id', says: '2 points or more' },
  ],
  [
    'a plant with planes has another model without a productivity',
    {
      [MODELS]: (file) =>
        void file.production_models.push({
          hydro_id: 2,
          selection_mode: 'seasonal',
          default_model: 'constant_productivity',
          seasons: [],
        }),
    },
    {
      kind: 'IncompatibleSettings',
      file: MODELS,
      field: 'production_models[2].hydro_id',
      says: 'productivity_override',
    },
  ],
  [
    'a plane falls with volume',
    cell(PLANES, 'gamma_v', 0, -0.1),
    { kind: 'OutOfRange', file: PLANES, field: 'gamma_v', says: 'at least 0' },
  ],
  [
    'a plane does not rise with flow',
    cell(PLANES, 'gamma_q', 0, 0),
    { kind: 'OutOfRange', file: PLANES, field: 'gamma_q', says: 'above 0' },
  ],
  [
    'a plane rises with spillage',
    cell(PLANES, 'gamma_s', 2, 0.1),
    { kind: 'OutOfRange', file: PLANES, field: 'gamma_s', says: 'at most 0' },
  ],
  [
    'a plane is corrected upwards',
    cell(PLANES, 'kappa', 2, 1.01),
    { kind: 'OutOfRange', file: PLANES, field: 'kappa', says: 'above 0 and at most 1' },
  ],
  [
    'a plane is valid nowhere',
    {
      [PLANES]: (file) => {
        file.columns.valid_v_min_hm3 = { type: 'DOUBLE', data: [9, null, null] };
        file.columns.valid_v_max_hm3 = { type: 'DOUBLE', data: [8, null, null] };
      },
    },
    { kind: 'CapacityViolation', file: PLANES, field: 'valid_v_min_hm3', says: 'valid_v_max_hm3 = 8' },
  ],
];

describe('a fault of the system is named with its place and its remedy: structure:', () => {
  expectErrors(structure, fullCase);
});
describe('references:', () => {
  expectErrors(references, fullCase);
});
describe('duplicates:', () => {
  expectErrors(duplicates, fullCase);
});
describe('physics:', () => {
  expectErrors(physics, fullCase);
});
describe('service:', () => {
  expectErrors(service, fullCase);
});
describe('production:', () => {
  expectErrors(production, fullCase);
});

describe('what has no effect earns a warning:', () => {
  expectWarnings(
    [
      [
        'a filling without entry',
        set(HYDROS, 'hydros[0].filling', { start_stage_id: 1 }),
        'hydros[0] has no entry_stage_id',
      ],
      [
        'a thermal that comes too late',
        set(THERMALS, 'thermals[1].entry_stage_id', 3),
        'thermals[1] is in service at no stage',
      ],
      [
        'a configuration of planes for another model',
        set(MODELS, 'production_models[0].seasons[1].fpha_config', { source: 'computed' }),
        'fpha_config has no effect',
      ],
      [
        'planes of a stage that does not exist',
        cell(PLANES, 'stage_id', 1, 5),
        'fpha_hyperplanes.parquet: rows of stage 5 have no effect',
      ],
      [
        'a storage of filling for a plant that is not filled',
        {
          [INITIAL]: (file) => {
            file.filling_storage.push(file.storage.pop());
          },
        },
        'hydro 1 is not filled',
      ],
      [
        'a filling that does not reach the least storage',
        // 3 hm3, and 6 m3/s (hydro_bounds.parquet) for 696 h: 18 hm3 of 20.
        {},
        'filled with 18 hm3 by stage 2, less than its least storage 20',
      ],
      [
        'curves that end before the reservoir does',
        cell(GEOMETRY, 'volume_hm3', 0, 599),
        'run from 0 to 599 hm3, its reservoir from 50 to 600',
      ],
      [
        'curves that end on one side: a point is wanted there alone',
        cell(GEOMETRY, 'volume_hm3', 0, 598),
        'Add a point at 600 hm3.',
      ],
      [
        'curves that end on both sides',
        {
          [GEOMETRY]: (file) => {
            file.columns.volume_hm3.data = [597, 60, 300];
          },
        },
        'Add points at 50 and 600 hm3.',
      ],
      [
        'spillage that is dearer than what planes are used for',
        set(HYDROS, 'hydros[0].penalties', { spillage_cost: 0.05 }),
        'not above spillage_cost (0.05), where planes say what is generated, at hydro 0',
      ],
      [
        'a reservoir that is filled from nothing',
        set(INITIAL, 'filling_storage', []),
        'hydro 2 has no entry in filling_storage',
      ],
    ],
    fullCase,
  );
});
