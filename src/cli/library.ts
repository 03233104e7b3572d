import type { Study } from '../case/study.js';
import type { Comm } from '../comm/communicator.js';
import type { CaseWarning, CobreError } from '../errors.js';
import type { RunOptions, SimulationResult, TrainingResult } from '../options.js';
import type { RunSummary } from './summary.js';

type Environment = Readonly<Record<string, string | undefined>>;

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
  /** The other ranks, where the environment makes this process one of several; `null` where it is on its own. */
  joinJob(env: Environment): Promise<Comm | null>;
  /** Throws where the environment makes this process a rank, and `option` asks it to start ranks of its own. */
  refuseJob(env: Environment, option: string): void;
  loadCase(directory: string, options?: CaseOptions): Promise<Study>;
  validate(
    directory: string,
    options?: CaseOptions,
  ): Promise<{
    readonly errors: readonly CobreError[];
    readonly warnings: readonly CaseWarning[];
    readonly study: Study | null;
  }>;
  train(study: Study, options?: RunOptions): Promise<TrainingResult<P>>;
  /** With a communicator only rank 0's policy is looked at; the others may have none. */
  simulate(study: Study, policy: P | null, options?: RunOptions): Promise<SimulationResult>;
  /** Policy of an earlier run, from where the study says: its output directory, or another. */
  loadPolicy(study: Study, outputDirectory: string): Promise<P>;
  readSummary(outputDirectory: string): Promise<RunSummary>;
  solverVersion(): Promise<string>;
}
