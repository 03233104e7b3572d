import { describe } from 'vitest';
import { CONFIG, expectErrors, set } from '../support/broken-case.js';

const inner = {
  enabled: true,
  policy_type: 'inner',
};

describe('a simulation by the inner approximation, which needs vertices:', () => {
  expectErrors([
    [
      'no upper bound is evaluated',
      set(CONFIG, 'simulation', inner),
      {
        kind: 'IncompatibleSettings',
        file: CONFIG,
        field: 'simulation.policy_type',
        says: 'Set upper_bound_evaluation',
      },
    ],
    [
      'the training ends before the first upper bound',
      {
        [CONFIG]: (file) => {
          file.simulation = inner;
          file.training.stopping_rules = [{ type: 'iteration_limit', limit: 7 }];
          file.upper_bound_evaluation = { enabled: true, initial_iteration: 8 };
        },
      },
      {
        kind: 'IncompatibleSettings',
        file: CONFIG,
        field: 'upper_bound_evaluation.initial_iteration',
        says: 'Set initial_iteration to 7 or less.',
      },
    ],
  ]);
});
