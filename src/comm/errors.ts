import { CobreError, type ErrorDetails } from '../errors.js';

/** What went wrong in a collective, with the numbers that belong to it. */
export type CommErrorDetails =
  | {
      readonly commKind: 'CollectiveFailed';
      readonly operation: string;
      /** Error code of the MPI library, or `null` on the other backends. */
      readonly mpiErrorCode: number | null;
      /** The rank that broke the collective, or `null` where no single one did. */
      readonly failedRank: number | null;
    }
  | {
      readonly commKind: 'InvalidBufferSize';
      readonly operation: string;
      /** Elements that were needed. */
      readonly expected: number;
      /** Elements that were given. */
      readonly actual: number;
    }
  | { readonly commKind: 'InvalidRoot'; readonly root: number; readonly size: number }
  | { readonly commKind: 'InvalidCommunicator' }
  | { readonly commKind: 'AllocationFailed'; readonly requestedBytes: number };

export type CommErrorKind = CommErrorDetails['commKind'];

/** A collective or an allocation that could not be done. `details` holds the fields of its `commKind`. */
export class CommError extends CobreError {
  override readonly name = 'CommError';
  readonly commKind: CommErrorKind;
  readonly details: CommErrorDetails;

  constructor(message: string, details: CommErrorDetails, more: Pick<ErrorDetails, 'suggestion' | 'cause'> = {}) {
    super('CommError', message, { ...more, context: { ...details } });
    this.commKind = details.commKind;
    this.details = details;
  }
}

export function collectiveFailed(operation: string, message: string, failedRank: number | null = null): CommError {
  return new CommError(`${operation} failed: ${message}`, {
    commKind: 'CollectiveFailed',
    operation,
    mpiErrorCode: null,
    failedRank,
  });
}

export function invalidBufferSize(operation: string, what: string, expected: number, actual: number): CommError {
  return new CommError(`${operation}: ${what}: expected ${expected}, got ${actual}`, {
    commKind: 'InvalidBufferSize',
    operation,
    expected,
    actual,
  });
}

export function invalidRoot(root: number, size: number): CommError {
  return new CommError(`root ${root} is not a rank of a communicator of size ${size}`, {
    commKind: 'InvalidRoot',
    root,
    size,
  });
}

export function invalidCommunicator(operation: string): CommError {
  return new CommError(`${operation}: the communicator is closed`, { commKind: 'InvalidCommunicator' });
}

export function allocationFailed(requestedBytes: number, why: string, suggestion?: string): CommError {
  return new CommError(
    `cannot allocate a shared region of ${requestedBytes} bytes: ${why}`,
    { commKind: 'AllocationFailed', requestedBytes },
    suggestion === undefined ? {} : { suggestion },
  );
}
