import type { Study } from '../case/study.js';
import type { CobreError } from '../errors.js';
import type { RunOptions, SimulationResult, TrainingResult } from '../options.js';
import type { RunSummary } from './summary.js';

/** A trained policy, as far as commands need one. */
export interface TrainedPolicy {
  /** SHA-256 (hex) of the policy's bytes. */
  digest(): string;
}

export interface CaseOptions {
  readonly configOverrides?: Readonly<Record<string, unknown>>;
}

/** The library functions that commands call. Injected, so that commands can be tested on their own. */
export interface Library<P extends TrainedPolicy = TrainedPolicy> {
  loadCase(directory: string, options?: CaseOptions): Promise<Study>;
  validate(
    directory: string,
    options?: CaseOptions,
  ): Promise<{
    readonly errors: readonly CobreError[];
    readonly warnings: readonly string[];
    readonly study: Study | null;
  }>;
  train(study: Study, options?: RunOptions): Promise<TrainingResult<P>>;
  simulate(study: Study, policy: P, options?: RunOptions): Promise<SimulationResult>;
  /** Policy of an earlier run, from its output directory. */
  loadPolicy(outputDirectory: string): Promise<P>;
  readSummary(outputDirectory: string): Promise<RunSummary>;
  solverVersion(): Promise<string>;
}
