/**
 * The kinds an error can have. Stable names: programs dispatch on them. The first group comes from
 * validating input (five layers), the second from running.
 */
export type ErrorKind =
  // Structure, schema, references, dimensions, meaning.
  | 'MissingFile'
  | 'ParseError'
  | 'SchemaViolation'
  | 'TypeMismatch'
  | 'OutOfRange'
  | 'InvalidEnum'
  | 'DuplicateId'
  | 'MissingReference'
  | 'CoverageMismatch'
  | 'StageMismatch'
  | 'IncompatibleSettings'
  | 'PhysicalConstraint'
  | 'CapacityViolation'
  | 'PenaltyConsistency'
  /** A file or field of the case format that this version does not support yet. */
  | 'NotSupported'
  /** Several input errors at once: see `ValidationError.errors`. */
  | 'ValidationFailed'
  // Running.
  | 'InvalidArgument'
  | 'SolverError'
  | 'IoError'
  | 'WorkerError'
  | 'CommError'
  | 'MpiError'
  | 'PolicyMismatch'
  /** There is no checkpoint, or stored policy, that the training could begin with. */
  | 'CheckpointFailed'
  | 'Cancelled'
  | 'InternalError';

/** What an error tells beside its sentence. All of it is optional and serialisable. */
export interface ErrorDetails {
  /** File, relative to the case directory where there is one (`system/hydros.json`). */
  readonly file?: string;
  /** Path of the field inside the file (`hydros[2].reservoir.max_storage_hm3`) or the column's name. */
  readonly field?: string;
  /** The offending value, as it stood. */
  readonly value?: unknown;
  /** What to do about it, in one sentence. */
  readonly suggestion?: string;
  /** Anything else worth knowing: entity, stage, iteration, scenario, status. */
  readonly context?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** One error as data, for JSON output and for crossing threads. */
export interface ErrorRecord {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly suggestion: string | null;
}

/** Something doubtful about a case, in the form of an error: plain data, so that it can be cloned to other threads. */
export interface CaseWarning extends Omit<ErrorDetails, 'context' | 'cause'> {
  readonly kind: ErrorKind;
  readonly message: string;
}

/** Base of every error that this library throws on purpose. */
export class CobreError extends Error {
  override readonly name: string = 'CobreError';
  readonly kind: ErrorKind;
  readonly file: string | undefined;
  readonly field: string | undefined;
  readonly value: unknown;
  readonly suggestion: string | undefined;
  readonly context: Readonly<Record<string, unknown>>;

  constructor(kind: ErrorKind, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.file = details.file;
    this.field = details.field;
    this.value = details.value;
    this.suggestion = details.suggestion;
    this.context = details.context ?? {};
  }

  toJSON(): ErrorRecord {
    return recordOf(this, this.context);
  }
}

function recordOf(
  { kind, message, file, field, value, suggestion }: { readonly [K in keyof Required<CaseWarning>]: CobreError[K] },
  more: Readonly<Record<string, unknown>>,
): ErrorRecord {
  const context: Record<string, unknown> = {};
  if (file !== undefined) context.file = file;
  if (field !== undefined) context.field = field;
  if (value !== undefined) context.value = recordable(value);
  Object.assign(context, more);
  return { kind, message, context, suggestion: suggestion ?? null };
}

/** A warning as errors are told. */
export function warningRecord(warning: CaseWarning): ErrorRecord {
  return recordOf({ file: undefined, field: undefined, value: undefined, suggestion: undefined, ...warning }, {});
}

/** JSON has no NaN and no infinities, and would write null for them: they are given in words. */
function recordable(value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/** What an error says beside its message, for one that passes it on. */
function whereAndWhatToDo({ file, field, value, suggestion }: CobreError): ErrorDetails {
  return {
    ...(file === undefined ? {} : { file }),
    ...(field === undefined ? {} : { field }),
    ...(value === undefined ? {} : { value }),
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

/** All errors found in a case, together. `errors` is never empty. */
export class ValidationError extends CobreError {
  override readonly name = 'ValidationError';
  readonly errors: readonly CobreError[];

  constructor(errors: readonly CobreError[]) {
    const first = errors[0];
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
    super('ValidationFailed', `${first?.message ?? 'the case is not valid'}${more}`, first && whereAndWhatToDo(first));
    this.errors = errors;
  }

  override toJSON(): ErrorRecord {
    return {
      kind: this.kind,
      message: this.message,
      context: { errors: this.errors.map((error) => error.toJSON()) },
      suggestion: this.suggestion ?? null,
    };
  }
}

/** Where in the algorithm a linear program could not be solved. */
export interface SolverErrorPlace {
  /** Zero-based stage index. */
  readonly stage: number;
  /** One-based training iteration, or `null` outside training. */
  readonly iteration: number | null;
  /** Trajectory (training) or scenario (simulation), zero-based; `null` for the lower bound. */
  readonly scenario: number | null;
  /** Opening of the stage, zero-based; `null` where noise was sampled otherwise. */
  readonly opening: number | null;
  /** The solver's model status in words (`Infeasible`, `Unbounded`, ...). */
  readonly status: string;
}

/** A stage problem that stayed infeasible, unbounded or numerically lost after every escalation. */
export class SolverError extends CobreError {
  override readonly name = 'SolverError';
  readonly place: SolverErrorPlace;

  constructor(message: string, place: SolverErrorPlace, suggestion?: string) {
    super('SolverError', message, {
      context: { ...place },
      ...(suggestion === undefined ? {} : { suggestion }),
    });
    this.place = place;
  }
}

/** A rank that threw, exited, was killed, or stopped answering. */
export class WorkerError extends CobreError {
  override readonly name = 'WorkerError';
  readonly rank: number;
  /** Exit code, or `null` when a signal ended the rank or it is a thread that threw. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The rank's own error, or `null` if it died without one. */
  readonly inner: Error | null;

  constructor(
    rank: number,
    how: { exitCode?: number | null; signal?: string | null; inner?: Error | null; message?: string },
  ) {
    const inner = how.inner ?? null;
    const why =
      how.message ??
      (inner
        ? inner.message
        : how.signal
          ? `ended by signal ${how.signal}`
          : `ended without a result (exit code ${how.exitCode ?? 'unknown'})`);
    super('WorkerError', `rank ${rank}: ${why}`, {
      context: { rank, exitCode: how.exitCode ?? null, signal: how.signal ?? null },
      ...(inner ? { cause: inner } : {}),
      ...(inner instanceof CobreError ? whereAndWhatToDo(inner) : {}),
    });
    this.rank = rank;
    this.exitCode = how.exitCode ?? null;
    this.signal = how.signal ?? null;
    this.inner = inner;
  }
}
