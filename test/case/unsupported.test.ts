import { describe, it } from 'vitest';
import {
  CONFIG,
  CORRELATION,
  expectError,
  HYDROS,
  INITIAL,
  LINES,
  STAGES,
  set,
  THERMALS,
} from '../support/broken-case.js';
import type { CasePatch } from '../support/case-builder.js';
import { table } from '../support/small-case.js';

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
  [STAGES, 'stages[1].block_mode', 'chronological'],
  [STAGES, 'stages[1].sampling_method', 'lhs'],
  [STAGES, 'stages[1].state_variables.storage', false],
  [INITIAL, 'filling_storage', [{ hydro_id: 0, value_hm3: 1 }]],
  [CORRELATION, 'profiles.default.correlation_groups[0].entities[0].type', 'ncs'],
  [CONFIG, 'training.forward_pass.type', 'alternative'],
  [CONFIG, 'training.scenario_source.inflow.scheme', 'external'],
  [CONFIG, 'training.scenario_source.load.scheme', 'out_of_sample'],
  [CONFIG, 'training.scenario_source.historical_years', [2010]],
  [CONFIG, 'simulation.scenario_source.inflow.scheme', 'historical'],
  [CONFIG, 'simulation.output_path', './elsewhere'],
  [CONFIG, 'modeling.inflow_non_negativity.method', 'truncation_with_penalty'],
  [CONFIG, 'policy.boundary', { path: 'x', source_stage: 0 }],
  [CONFIG, 'exports.states', true],
  [CONFIG, 'exports.stochastic', true],
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

  it('an upper bound by inner approximation of a cycle', async () => {
    const patch: CasePatch = {
      ...set(STAGES, 'policy_graph', {
        type: 'cyclic',
        annual_discount_rate: 0.1,
        transitions: [{ source_id: 2, target_id: 0, probability: 1 }],
      }),
      ...set(CONFIG, 'upper_bound_evaluation.enabled', true),
    };
    const field = 'upper_bound_evaluation.enabled';
    await expectError(patch, { kind: 'NotSupported', file: CONFIG, field, says: 'not supported yet' });
  });

  it('a cycle with a chance', async () => {
    const transitions = [
      { source_id: 2, target_id: 0, probability: 0.5 },
      { source_id: 2, target_id: 1, probability: 0.5 },
    ];
    await expectError(set(STAGES, 'policy_graph', { type: 'cyclic', annual_discount_rate: 0.1, transitions }), {
      kind: 'NotSupported',
      file: STAGES,
      field: 'policy_graph.transitions[0].probability',
      says: 'probability 1',
      errors: 2,
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
