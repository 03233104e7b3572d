import { BackendError } from '../comm/index.js';
import { CobreError, type ErrorKind, ValidationError } from '../errors.js';

/** What the process ends with. */
export const ExitCode = {
  success: 0,
  arguments: 1,
  configuration: 2,
  input: 3,
  runtime: 4,
  /** No checkpoint or stored policy is there that the run could begin with. */
  checkpoint: 5,
  /** 128 + SIGINT, as shells report it. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

const RUNTIME_KINDS: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  'SolverError',
  'IoError',
  'WorkerError',
  'CommError',
  'MpiError',
  'InternalError',
]);

const CONFIG_FILE = 'config.json';

function concernsConfiguration(error: CobreError): boolean {
  if (error.file !== undefined) return error.file === CONFIG_FILE;
  return error.kind === 'IncompatibleSettings';
}

/** Exit code for the errors of a case: configuration only if nothing else is wrong. */
export function exitCodeOfErrors(errors: readonly CobreError[]): ExitCode {
  if (errors.length === 0) return ExitCode.success;
  const codes = errors.map(exitCodeOf);
  for (const code of [
    ExitCode.interrupted,
    ExitCode.checkpoint,
    ExitCode.runtime,
    ExitCode.input,
    ExitCode.configuration,
  ]) {
    if (codes.includes(code)) return code;
  }
  return ExitCode.arguments;
}

/** Exit code for anything thrown. What is not one of ours is a fault of the program: runtime. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof ValidationError) return exitCodeOfErrors(error.errors);
  if (!(error instanceof CobreError)) return ExitCode.runtime;
  // Comes before any input is read, whatever kind it shares with errors of the input.
  if (error instanceof BackendError) return ExitCode.runtime;
  if (error.kind === 'CheckpointFailed' || error.kind === 'PolicyMismatch') return ExitCode.checkpoint;
  if (error.kind === 'Cancelled') return ExitCode.interrupted;
  // Named by its option: the command line is at odds with something outside the case.
  if (error.kind === 'InvalidArgument' || error.field?.startsWith('--')) return ExitCode.arguments;
  if (RUNTIME_KINDS.has(error.kind)) return ExitCode.runtime;
  return concernsConfiguration(error) ? ExitCode.configuration : ExitCode.input;
}
