import type { BackendKind } from '../select/backend-kind.js';

/** What a rank's process is told first. */
export interface RankStart {
  readonly type: 'start';
  /** Module of the rank program. */
  readonly url: string;
  readonly rank: number;
  readonly size: number;
  /** The backend and its settings. Through the pipe rather than the environment, which others can read. */
  readonly kind: BackendKind;
  /** Module that exports `createCommunicator(kind)`. */
  readonly commModule: string;
  readonly args: unknown;
  /** Files that must not outlive the run; a rank whose parent has gone removes them. */
  readonly leftovers: readonly string[];
  /** How often the parent wants a sign of life [ms]. */
  readonly heartbeatMs: number;
}

/** Messages from a rank's process to its parent. */
export const UP_FD = 3;
/** The start, then a byte when the ranks are asked to finish early; its end means that the parent is gone. */
export const DOWN_FD = 4;
