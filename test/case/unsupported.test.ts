import { describe, it } from 'vitest';
import { CONFIG, expectError, STAGES, set, THERMALS } from '../support/broken-case.js';

const unsupportedFields: [file: string, field: string, value: unknown][] = [
  [THERMALS, 'thermals[0].gnl_config', { lag_stages: 2 }],
  [STAGES, 'policy_graph.type', 'cyclic'],
  [CONFIG, 'training.forward_pass.type', 'alternative'],
  [CONFIG, 'training.stopping_rules[0].type', 'simulation'],
  [CONFIG, 'simulation.policy_type', 'inner'],
  [CONFIG, 'upper_bound_evaluation.enabled', true],
];

describe('what is not supported yet is refused by name, never ignored:', () => {
  it.each(unsupportedFields)('%s %s', async (file, field, value) => {
    await expectError(set(file, field, value), { kind: 'NotSupported', file, field, says: 'not supported yet' });
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
});
