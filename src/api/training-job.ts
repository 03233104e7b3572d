import type { Study } from '../case/study.js';
import { type CheckpointPlace, writeCheckpoint } from '../results/checkpoints.js';
import type { TrainHooks, TrainingStart } from '../sddp/train.js';

/** What every rank of a training is told. */
export interface TrainingJob {
  readonly study: Study;
  readonly start: TrainingStart | null;
  /** Where rank 0 writes checkpoints, or `null` for none. */
  readonly checkpoints: CheckpointPlace | null;
}

/** The part of a training's hooks that keeps its state from time to time. */
export function checkpointHooks({ study, checkpoints }: TrainingJob): TrainHooks {
  if (checkpoints === null) return {};
  const { firstIteration, interval } = study.config.policy.checkpointing;
  return {
    checkpointDue: (iteration) => iteration >= firstIteration && (iteration - firstIteration) % interval === 0,
    onCheckpoint: (policy) => writeCheckpoint(checkpoints, policy),
  };
}
