import {
  CobreError,
  type ErrorDetails,
  type ErrorKind,
  SolverError,
  type SolverErrorPlace,
  ValidationError,
  WorkerError,
} from '../errors.js';
import { BackendError, type BackendErrorKind } from './backend-error.js';
import { CommError, type CommErrorDetails } from './errors.js';

/**
 * An error as plain data. Structured cloning alone would turn every class of ours into a bare `Error` and drop its
 * fields, so errors cross threads in this form.
 */
export interface ErrorParcel {
  readonly type: 'cobre' | 'validation' | 'solver' | 'worker' | 'comm' | 'backend' | 'other';
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** Own fields that can be cloned: `code`, `place`, `details` and the like. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Errors inside: `cause`, `inner`, `errors`. */
  readonly cause: ErrorParcel | undefined;
  readonly inner: ErrorParcel | undefined;
  readonly errors: readonly ErrorParcel[] | undefined;
}

/** Causes may form a circle; nobody reads deeper than this. */
const MAX_DEPTH = 8;

const NATIVE_ERRORS: Readonly<Record<string, new (message: string) => Error>> = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/** Packs whatever a program threw. Never throws itself: what cannot be cloned is left out or put in words. */
export function packError(thrown: unknown, depth = 0): ErrorParcel {
  if (!(thrown instanceof Error)) {
    return {
      type: 'other',
      name: 'Error',
      message: describe(thrown),
      stack: undefined,
      fields: {},
      cause: undefined,
      inner: undefined,
      errors: undefined,
    };
  }
  const nested = (value: unknown): ErrorParcel | undefined =>
    value instanceof Error && depth < MAX_DEPTH ? packError(value, depth + 1) : undefined;
  const list = (thrown as { errors?: unknown }).errors;
  const fields: Record<string, unknown> = {};
  for (const key of Object.keys(thrown)) {
    if (key === 'inner' || key === 'errors' || key === 'name') continue;
    const value = cloneable((thrown as unknown as Record<string, unknown>)[key]);
    if (value !== undefined) fields[key] = value;
  }
  const inner = nested((thrown as { inner?: unknown }).inner);
  return {
    type: typeOf(thrown),
    name: text(thrown.name, 'Error'),
    message: text(thrown.message, ''),
    stack: typeof thrown.stack === 'string' ? thrown.stack : undefined,
    fields,
    // A WorkerError makes its cause from `inner` again.
    cause: inner === undefined ? nested(thrown.cause) : undefined,
    inner,
    errors: Array.isArray(list) && depth < MAX_DEPTH ? list.map((error) => packError(error, depth + 1)) : undefined,
  };
}

/** Makes an error of the class that was packed, with its fields and the stack of where it was thrown. */
export function unpackError(parcel: ErrorParcel): Error {
  const error = rebuild(parcel);
  if (parcel.stack !== undefined) {
    Object.defineProperty(error, 'stack', { value: parcel.stack, configurable: true, writable: true });
  }
  return error;
}

function rebuild(parcel: ErrorParcel): Error {
  const { message, fields } = parcel;
  const cause = parcel.cause === undefined ? undefined : unpackError(parcel.cause);
  const details = { ...(fields as ErrorDetails), ...(cause === undefined ? {} : { cause }) };
  switch (parcel.type) {
    case 'comm':
      return new CommError(message, fields.details as CommErrorDetails, details);
    case 'backend':
      return new BackendError(fields.backendKind as BackendErrorKind, message, details);
    case 'solver':
      return new SolverError(message, fields.place as SolverErrorPlace, fields.suggestion as string | undefined);
    case 'validation':
      return new ValidationError((parcel.errors ?? []).map((error) => unpackError(error) as CobreError));
    case 'worker': {
      const { rank, exitCode, signal } = fields as { rank: number; exitCode?: number; signal?: string };
      const inner = parcel.inner === undefined ? null : unpackError(parcel.inner);
      // The constructor puts the rank in front of the message again.
      const prefix = `rank ${rank}: `;
      const bare = message.startsWith(prefix) ? message.slice(prefix.length) : message;
      return new WorkerError(rank, { exitCode: exitCode ?? null, signal: signal ?? null, inner, message: bare });
    }
    case 'cobre':
      return new CobreError(fields.kind as ErrorKind, message, details);
    default: {
      const ctor = NATIVE_ERRORS[parcel.name] ?? Error;
      const error = new ctor(message);
      if (error.name !== parcel.name) {
        Object.defineProperty(error, 'name', { value: parcel.name, configurable: true, writable: true });
      }
      if (cause !== undefined)
        Object.defineProperty(error, 'cause', { value: cause, configurable: true, writable: true });
      if (parcel.errors !== undefined) Object.assign(error, { errors: parcel.errors.map(unpackError) });
      return Object.assign(error, fields);
    }
  }
}

function typeOf(error: Error): ErrorParcel['type'] {
  if (error instanceof CommError) return 'comm';
  if (error instanceof BackendError) return 'backend';
  if (error instanceof SolverError) return 'solver';
  if (error instanceof ValidationError) return 'validation';
  if (error instanceof WorkerError) return 'worker';
  if (error instanceof CobreError) return 'cobre';
  return 'other';
}

function cloneable(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return undefined;
  }
}

function text(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}

function describe(thrown: unknown): string {
  try {
    return `threw ${typeof thrown === 'string' ? `'${thrown}'` : String(thrown)}, which is not an Error`;
  } catch {
    return 'threw something that is not an Error';
  }
}
