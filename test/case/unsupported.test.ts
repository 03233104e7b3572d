import { describe, it } from 'vitest';
import { CONFIG, expectError, STAGES, set, THERMALS } from '../support/broken-case.js';
import type { CasePatch } from '../support/case-builder.js';

const unsupportedFields: [file: string, field: string, value: unknown][] = [
  [THERMALS, 'thermals[0].gnl_config', { lag_stages: 2 }],
  [CONFIG, 'training.forward_pass.type', 'alternative'],
  [CONFIG, 'exports.states', true],
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
});
