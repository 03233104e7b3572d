import { type CommError, collectiveFailed, invalidBufferSize } from '../errors.js';
import { frameOf, SHUTDOWN } from './frame.js';

/** Why a communicator has come to an end before its time, as a Shutdown frame carries it: JSON in UTF-8. */
export type Failure =
  | { readonly kind: 'CollectiveFailed'; readonly message: string; readonly failedRank: number | null }
  | {
      readonly kind: 'InvalidBufferSize';
      readonly what: string;
      readonly expected: number;
      readonly actual: number;
    };

/** Longest reason that is sent or believed [bytes]. */
export const MOST_REASON_BYTES = 4096;

export function shutdownFrame(failure: Failure): Uint8Array {
  return frameOf(SHUTDOWN, new TextEncoder().encode(JSON.stringify(failure)).subarray(0, MOST_REASON_BYTES));
}

/** What the payload of a Shutdown frame from `peer` says; an empty one is an orderly end that came too early. */
export function readFailure(payload: Uint8Array, peer: number): Failure {
  if (payload.length > 0 && payload.length <= MOST_REASON_BYTES) {
    try {
      const told = JSON.parse(new TextDecoder().decode(payload)) as Partial<Record<string, unknown>>;
      if (told.kind === 'InvalidBufferSize' && Number.isFinite(told.expected) && Number.isFinite(told.actual)) {
        const { expected, actual } = told as { expected: number; actual: number };
        return { kind: 'InvalidBufferSize', what: String(told.what), expected, actual };
      }
      if (told.kind === 'CollectiveFailed' && typeof told.message === 'string') {
        const failedRank = Number.isInteger(told.failedRank) ? (told.failedRank as number) : null;
        return { kind: 'CollectiveFailed', message: told.message, failedRank };
      }
    } catch {
      // Not in our words; the rank has shut down all the same.
    }
  }
  return hasLeft(peer);
}

export function hasLeft(rank: number): Failure {
  return {
    kind: 'CollectiveFailed',
    message: `rank ${rank} has closed its communicator, returned, or died`,
    failedRank: rank,
  };
}

/** The failure as the error of the collective in which this rank learns of it. */
export function errorOf(failure: Failure, operation: string): CommError {
  return failure.kind === 'InvalidBufferSize'
    ? invalidBufferSize(operation, failure.what, failure.expected, failure.actual)
    : collectiveFailed(operation, failure.message, failure.failedRank);
}

/** Thrown inside a collective; becomes a `CommError` where the collective is known. */
export class Failed extends Error {
  constructor(readonly failure: Failure) {
    super('the collective has failed');
  }
}
