import type { Study } from '../case/study.js';
import type { ProgressEvent, TrainingResult } from '../options.js';

/** What is known before a run starts. */
export interface RunPlan {
  readonly study: Study;
  readonly caseDirectory: string;
  readonly outputDirectory: string;
  readonly workers: number;
  /** What they are and through what they talk, in a few words; `null` for one worker and for threads. */
  readonly how: string | null;
}

/** Follows one run from its start to its end. Calls come in this order; `close` comes always and last. */
export interface RunReporter {
  started(plan: RunPlan): void;
  progress(event: ProgressEvent): void;
  terminated(training: TrainingResult<unknown>): void;
  /** The first interrupt: the run is about to end early. */
  stopping(): void;
  /** Gives the terminal back. */
  close(): void;
}

export const silentReporter: RunReporter = {
  started() {},
  progress() {},
  terminated() {},
  stopping() {},
  close() {},
};
