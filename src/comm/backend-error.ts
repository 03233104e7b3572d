import { CobreError } from '../errors.js';

export type BackendErrorKind =
  | 'BackendNotAvailable'
  | 'InvalidBackend'
  | 'InitializationFailed'
  | 'MissingConfiguration';

/** A communication backend that cannot be selected or started. */
export class BackendError extends CobreError {
  override readonly name = 'BackendError';
  readonly backendKind: BackendErrorKind;

  constructor(
    backendKind: BackendErrorKind,
    message: string,
    context: Readonly<Record<string, unknown>>,
    suggestion: string,
    cause?: unknown,
  ) {
    super(backendKind === 'InitializationFailed' ? 'MpiError' : 'IncompatibleSettings', message, {
      context,
      suggestion,
      cause,
    });
    this.backendKind = backendKind;
  }
}

/** A backend that was selected rightly but could not start. */
export function initializationFailed(
  backend: string,
  operation: string,
  detail: {
    readonly message: string;
    readonly coordinator?: string;
    readonly errorCode?: number;
    readonly cause?: unknown;
  },
  suggestion: string,
): BackendError {
  const { message, coordinator, errorCode, cause } = detail;
  const context = {
    operation,
    backend,
    ...(coordinator === undefined ? {} : { coordinator }),
    ...(errorCode === undefined ? {} : { error_code: errorCode }),
    detail: cause instanceof Error ? cause.message : message,
  };
  return new BackendError('InitializationFailed', message, context, suggestion, cause);
}
