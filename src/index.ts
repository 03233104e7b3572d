/** Hydrothermal planning with SDDP: load a case, train a policy, simulate it. */
export { type CaseOptions, loadCase, validate } from './api/load.js';
export { type SimulateOptions, simulate } from './api/simulate.js';
export { train } from './api/train.js';
export type { Study } from './case/study.js';
export {
  type CaseWarning,
  CobreError,
  type ErrorDetails,
  type ErrorKind,
  type ErrorRecord,
  SolverError,
  type SolverErrorPlace,
  ValidationError,
  WorkerError,
} from './errors.js';
export type {
  ConvergenceHistory,
  ProgressEvent,
  Run,
  RunOptions,
  SimulationResult,
  TrainingOrigin,
  TrainingResult,
  WorkerInfo,
} from './options.js';
export { Policy } from './results/policy.js';
export { cobreVersion } from './results/version.js';
export type {
  IterationRecord,
  PolicyData,
  RankIterationRecord,
  StageBasis,
  StageCuts,
  TerminationReason,
} from './sddp/outcome.js';
