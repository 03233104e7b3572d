import type { FutureEnd } from './future-end.js';
import type {
  IterationRecord,
  PolicyData,
  RankIterationRecord,
  StageCuts,
  StageVertices,
  TrainingState,
} from './outcome.js';

export interface TrainHooks {
  /** Called on every rank after each iteration; the same record everywhere but for the rank's own part. */
  readonly onIteration?: (record: IterationRecord, own: RankIterationRecord) => void;
  /** Asked on every rank after each iteration; true on any of them ends the training with what it has. */
  readonly stopRequested?: () => boolean;
  /** Given the policy on rank 0, to keep it: before the first iteration, when `checkpointDue` after one, and at the end. */
  readonly onCheckpoint?: (policy: PolicyData) => void;
  readonly checkpointDue?: (iteration: number) => boolean;
  /** Bytes of solver memory per rank. */
  readonly solverBytes?: number;
}

/** What a training begins with instead of nothing. The same on every rank. */
export interface TrainingStart {
  readonly cuts: readonly StageCuts[];
  /** Vertices of the training that is gone on with. */
  readonly vertices?: readonly StageVertices[] | null;
  /** Digest of the policy whose cuts a warm start began with, or `null`. */
  readonly warmStart: string | null;
  /** Whether these cuts, or some of those that they came from, were made for another problem. */
  readonly foreignCuts?: boolean;
  /** What comes after the last stage, whose cuts are then among `cuts`; `null`: nothing. */
  readonly end?: FutureEnd | null;
  /** Digest of the boundary that they are of, where the study names one. */
  readonly boundary?: string | null;
  /** Where an earlier training stopped, to be gone on from; `null` begins with iteration 1. */
  readonly training: TrainingState | null;
}
