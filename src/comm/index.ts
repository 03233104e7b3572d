/** MPI-style collectives for Node: the same program on one rank or many, with the same bits out. */
export { CobreError, type ErrorKind, WorkerError } from '../errors.js';
export { BackendError, type BackendErrorKind } from './backend-error.js';
export type {
  Comm,
  CommArray,
  CommArrayConstructor,
  Communicator,
  Counts,
  GatherBuffer,
  NumericArray,
  ReduceOp,
  SharedMemoryProvider,
  SharedRegion,
} from './communicator.js';
export { CommError, type CommErrorDetails, type CommErrorKind } from './errors.js';
export { createLocalCommunicator, LocalCommunicator } from './local/local-communicator.js';
export type { RankContext, RankProgram, RunRanksOptions } from './rank-program.js';
export { runRanks } from './run-ranks.js';
export type { BackendKind, BackendName, ShmConfig, TcpConfig } from './select/backend-kind.js';
export { createCommunicator } from './select/create-communicator.js';
export { availableBackends } from './select/features.js';
