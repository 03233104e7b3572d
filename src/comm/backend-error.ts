import { CobreError, type ErrorDetails } from '../errors.js';

/** What can go wrong before there is a communicator. */
export type BackendErrorKind =
  | 'BackendNotAvailable'
  | 'InvalidBackend'
  | 'InitializationFailed'
  | 'MissingConfiguration';

/** Backends as they are called at the start of a sentence, and inside one. */
const LABELS: Readonly<Record<string, string>> = { mpi: 'MPI', tcp: 'TCP', shm: 'Shared memory', local: 'Local' };
const NAMES: Readonly<Record<string, string>> = { ...LABELS, shm: 'shared memory' };

/** A backend that could not be chosen or started. `toJSON()` has the layout that the selection documents fix. */
export class BackendError extends CobreError {
  override readonly name = 'BackendError';
  readonly backendKind: BackendErrorKind;

  constructor(
    backendKind: BackendErrorKind,
    message: string,
    details: Pick<ErrorDetails, 'context' | 'suggestion' | 'cause'> = {},
  ) {
    super(backendKind === 'InitializationFailed' ? 'MpiError' : 'IncompatibleSettings', message, details);
    this.backendKind = backendKind;
  }
}

/** Where a choice was made, and what there was to choose from. */
export interface BackendChoice {
  /** The variable or option that names the backend. */
  readonly setting: string;
  readonly requested: string;
  readonly available: readonly string[];
  readonly features: readonly string[];
}

/** A backend that exists, but not in this build. */
export function backendNotAvailable(choice: BackendChoice): BackendError {
  const { setting, requested, available } = choice;
  return new BackendError(
    'BackendNotAvailable',
    `Communication backend '${requested}' is not available in this build`,
    {
      context: choiceContext(choice),
      suggestion:
        `Set ${setting} to one of: ${available.join(', ')}. ` +
        `To use ${NAMES[requested] ?? requested}, rebuild with --features ${requested}.`,
    },
  );
}

/** A name that no backend has. */
export function invalidBackend(choice: BackendChoice): BackendError {
  const { setting, requested, available } = choice;
  return new BackendError('InvalidBackend', `'${requested}' is not the name of a communication backend`, {
    context: choiceContext(choice),
    suggestion: `Set ${setting} to one of: ${['auto', ...available].join(', ')}.`,
  });
}

function choiceContext({ setting, requested, available, features }: BackendChoice): Record<string, unknown> {
  return {
    setting,
    requested_value: requested,
    available_backends: [...available],
    build_features: [...features],
  };
}

/** Required variables of the selected backend that are not set. */
export function missingConfiguration(backend: string, missing: readonly string[], example: string): BackendError {
  return new BackendError(
    'MissingConfiguration',
    `${LABELS[backend] ?? backend} backend requires ${enumerate(missing)} to be set`,
    {
      context: { setting: 'COBRE_COMM_BACKEND', requested_value: backend, missing_variables: [...missing] },
      suggestion: `Set the required environment variables. Example: ${example} cobre run /path/to/case`,
    },
  );
}

/** A variable of the selected backend whose value cannot be used. */
export function badConfiguration(backend: string, variable: string, value: string, allowed: string): BackendError {
  return new BackendError('MissingConfiguration', `${variable} cannot be '${value}': it must be ${allowed}`, {
    context: { setting: variable, requested_value: value, backend },
    suggestion: `Set ${variable} to ${allowed}.`,
  });
}

/** What is known of a backend that would not start. */
interface InitializationFailure {
  /** What the system or the library said. */
  readonly message: string;
  /** `host:port` of the coordinator, where there is one. */
  readonly coordinator?: string;
  /** The system's or the library's number for it; taken from `cause.errno` if not given. */
  readonly errorCode?: number;
  readonly cause?: unknown;
}

/**
 * A backend that was chosen but could not start.
 * @param operation What it was doing: `connect`, `attach`, `init`, ...
 */
export function initializationFailed(
  backend: string,
  operation: string,
  detail: InitializationFailure,
  suggestion: string = defaultSuggestion(backend, detail.coordinator),
): BackendError {
  const { message, coordinator, cause } = detail;
  const where = coordinator === undefined ? '' : ` to coordinator at ${coordinator}`;
  const doing =
    operation === 'connect' || where === '' ? `${operation}${where}` : `${operation} (coordinator ${coordinator})`;
  return new BackendError('InitializationFailed', `${LABELS[backend] ?? backend} backend failed to ${doing}`, {
    context: {
      operation,
      backend,
      ...(coordinator === undefined ? {} : { coordinator }),
      error_code: detail.errorCode ?? errnoOf(cause),
      detail: message,
    },
    suggestion,
    ...(cause === undefined ? {} : { cause }),
  });
}

function defaultSuggestion(backend: string, coordinator: string | undefined): string {
  if (coordinator !== undefined) {
    return `Verify that the TCP coordinator is running at ${coordinator} and that the port is accessible from this host.`;
  }
  if (backend === 'mpi') return 'Start the program with mpiexec or srun, and verify that the MPI library is installed.';
  return 'Verify that all ranks were started with the same settings, or set COBRE_COMM_BACKEND=local to run one rank.';
}

/** libuv has error numbers negated. */
function errnoOf(cause: unknown): number | null {
  const errno = (cause as { errno?: unknown } | undefined)?.errno;
  return typeof errno === 'number' ? Math.abs(errno) : null;
}

/** `A`, `A and B`, `A, B, and C`. */
function enumerate(words: readonly string[]): string {
  if (words.length <= 2) return words.join(' and ');
  return `${words.slice(0, -1).join(', ')}, and ${words.at(-1)}`;
}
