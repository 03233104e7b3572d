import type { Study } from '../case/study.js';
import type { Comm } from '../comm/communicator.js';
import type { HighsRuntime } from '../lp/highs-runtime.js';
import { finishSteps } from './finish-steps.js';
import type { TrainingOutcome } from './outcome.js';
import { Training } from './training.js';
import type { TrainHooks, TrainingStart } from './training-start.js';

export type { TrainHooks, TrainingStart } from './training-start.js';

/**
 * Trains a policy by SDDP: forward passes that sample trial points, backward passes that cut there. Every rank calls
 * it with the same study; all get the same policy, to the last bit, for any number of ranks (the reasons: fixed units
 * of work, history-free solves, sums in index order).
 * Source: Pereira and Pinto (1991); the specification's math/sddp-algorithm.md.
 * @throws SolverError
 */
export function trainPolicy<C extends Comm>(
  comm: C,
  study: Study,
  runtime: HighsRuntime,
  hooks: TrainHooks = {},
  start: TrainingStart | null = null,
): TrainingOutcome {
  return finishSteps(trainSteps(comm, study, runtime, hooks, start));
}

/** The same, an iteration at a time: for a caller who must do other things in between. */
export function* trainSteps<C extends Comm>(
  comm: C,
  study: Study,
  runtime: HighsRuntime,
  hooks: TrainHooks = {},
  start: TrainingStart | null = null,
): Generator<void, TrainingOutcome> {
  const training = new Training(comm, study, runtime, hooks, start);
  try {
    return yield* training.run();
  } finally {
    training.dispose();
  }
}
