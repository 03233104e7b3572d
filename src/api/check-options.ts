import type { Comm } from '../comm/communicator.js';
import { autoForGang } from '../comm/select/auto-detect.js';
import type { TcpConfig } from '../comm/select/backend-kind.js';
import { chooseBackend } from '../comm/select/create-communicator.js';
import { type Environment, isSet, tcpConfigFromEnv } from '../comm/select/environment.js';
import { buildFeatures } from '../comm/select/features.js';
import { CobreError } from '../errors.js';
import type { RunOptions } from '../options.js';

/** How a run is laid out, after its options were checked. */
export type Layout =
  /** In the calling thread: no child, no shared memory. */
  | { readonly type: 'here' }
  /** On ranks that the run starts itself. */
  | {
      readonly type: 'gang';
      readonly workers: number;
      readonly backend: 'shm' | 'tcp';
      readonly startMethod: 'thread' | 'spawn';
      readonly timeoutMs: number;
    }
  /** As one rank among others, who do the same. */
  | { readonly type: 'rank'; readonly of: Comm | TcpConfig };

const WORKERS_ADVICE = 'Use 1 for a run without workers, or the number of cores for the fastest one.';
/** More ranks than this only wait for each other, whatever the machine. */
export const MAX_WORKERS = 256;
const BACKENDS = ['auto', 'shm', 'tcp', 'local'];
const START_METHODS = ['thread', 'spawn'];

/**
 * How long a rank may wait for the others [ms]: a day. With fewer trajectories than ranks some wait for as long as the
 * others solve, and no limit tells a long solve from a failure. A rank that throws, dies or is stopped is noticed anyway.
 */
export const LONGEST_WAIT_MS = 86_400_000;
/** Largest delay of a timer [ms]. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Checks what can be checked of the options before anything is read or started. @throws CobreError */
export function checkOptions(options: RunOptions, env: Environment = process.env): Layout {
  if (typeof options !== 'object' || options === null) throw notA('options', options, 'an object');
  const { onProgress, outputDirectory, signal, timeoutMs } = options;
  if (onProgress !== undefined && typeof onProgress !== 'function') throw notA('onProgress', onProgress, 'a function');
  if (outputDirectory !== undefined && typeof outputDirectory !== 'string') {
    throw notA('outputDirectory', outputDirectory, 'a path');
  }
  if (signal !== undefined && typeof signal?.addEventListener !== 'function')
    throw notA('signal', signal, 'an AbortSignal');
  if (timeoutMs !== undefined && !(timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS)) {
    throw notA('timeoutMs', timeoutMs, `a number of milliseconds above 0, at most ${MAX_TIMEOUT_MS}`);
  }
  const layout = layoutOf(options, env);
  if (signal?.aborted) throw cancelledBefore(signal);
  return layout;
}

export function cancelledBefore(signal: AbortSignal): CobreError {
  return new CobreError('Cancelled', 'the run was cancelled before it began', { cause: signal.reason });
}

function layoutOf(options: RunOptions, env: Environment): Layout {
  const { communicator, numWorkers, backend = 'auto', startMethod } = options;
  if (communicator !== undefined) return asGivenRank(options);
  checkWorkers(numWorkers);
  checkBackend(backend);
  const workers = numWorkers ?? 1;
  checkStartMethod(startMethod, workers);
  if (backend === 'local' && workers > 1) {
    throw incompatible(
      `the local backend has one worker, not ${workers}`,
      'numWorkers',
      workers,
      'Use backend "auto", "shm" or "tcp" for several workers.',
    );
  }
  if (backend === 'local' || numWorkers === 1) return { type: 'here' };
  const resolved = backend !== 'auto' ? backend : startMethod === 'thread' ? 'shm' : autoForGang(env);
  if (resolved === 'tcp' && (isSet(env, 'COBRE_TCP_RANK') || isSet(env, 'COBRE_TCP_SIZE'))) {
    return asHostOfJob(numWorkers, tcpConfigFromEnv(env));
  }
  if (workers === 1) return { type: 'here' };
  // Said now rather than when ranks are about to start: a build may lack the backend.
  chooseBackend('backend', resolved, buildFeatures(), env);
  if (resolved === 'tcp' && startMethod === 'thread') {
    throw incompatible(
      'workers on threads share memory and do not talk over TCP',
      'startMethod',
      startMethod,
      'Use start method "spawn", or backend "shm".',
    );
  }
  return {
    type: 'gang',
    workers,
    backend: resolved,
    startMethod: resolved === 'tcp' ? 'spawn' : (startMethod ?? 'thread'),
    timeoutMs: options.timeoutMs ?? waitOf(resolved, env),
  };
}

/** `COBRE_TCP_TIMEOUT_SECS` is the user's word on how long to wait over TCP, whoever starts the ranks. */
function waitOf(backend: 'shm' | 'tcp', env: Environment): number {
  if (backend !== 'tcp' || !isSet(env, 'COBRE_TCP_TIMEOUT_SECS')) return LONGEST_WAIT_MS;
  const place = { COBRE_TCP_COORDINATOR: 'here', COBRE_TCP_RANK: '0', COBRE_TCP_SIZE: '1' };
  const { COBRE_TCP_TIMEOUT_SECS } = env;
  return tcpConfigFromEnv({ ...place, COBRE_TCP_TIMEOUT_SECS }).timeoutMs as number;
}

function asGivenRank(options: RunOptions): Layout {
  const communicator = options.communicator as Comm;
  if (typeof communicator !== 'object' || communicator === null || typeof communicator.allgatherv !== 'function') {
    throw notA('communicator', communicator, 'a communicator, as createCommunicator() returns it');
  }
  for (const field of ['numWorkers', 'backend', 'startMethod', 'timeoutMs'] as const) {
    if (options[field] === undefined) continue;
    throw incompatible(
      `${field} has no meaning beside a communicator: its ranks are there already`,
      field,
      options[field],
      `Leave out ${field}, or the communicator.`,
    );
  }
  return { type: 'rank', of: communicator };
}

function asHostOfJob(numWorkers: number | undefined, config: TcpConfig): Layout {
  if (numWorkers !== undefined && numWorkers !== config.size) {
    throw incompatible(
      `numWorkers is ${numWorkers}, but COBRE_TCP_SIZE says that the job has ${config.size} ranks`,
      'numWorkers',
      numWorkers,
      'Leave out numWorkers, or unset COBRE_TCP_RANK and COBRE_TCP_SIZE to start workers on this machine.',
    );
  }
  chooseBackend('backend', 'tcp', buildFeatures(), {});
  return { type: 'rank', of: config };
}

function checkWorkers(numWorkers: number | undefined): void {
  if (numWorkers === undefined) return;
  if (!Number.isInteger(numWorkers) || numWorkers < 1) {
    throw new CobreError(
      'InvalidArgument',
      `numWorkers must be a whole number of at least 1, not ${shown(numWorkers)}`,
      { field: 'numWorkers', value: numWorkers, suggestion: WORKERS_ADVICE },
    );
  }
  if (numWorkers > MAX_WORKERS) {
    throw new CobreError('InvalidArgument', `numWorkers may be ${MAX_WORKERS} at most, not ${numWorkers}`, {
      field: 'numWorkers',
      value: numWorkers,
      suggestion: `${WORKERS_ADVICE} More than ${MAX_WORKERS} would only wait for each other.`,
    });
  }
}

function checkBackend(backend: string): void {
  if (BACKENDS.includes(backend)) return;
  if (backend === 'mpi') {
    throw incompatible(
      'a run does not start MPI ranks: a launcher does',
      'backend',
      backend,
      'Run `mpiexec -n 4 cobre run CASE`, or give `communicator: await createCommunicator()` under mpiexec.',
    );
  }
  throw incompatible(
    `there is no backend ${shown(backend)}`,
    'backend',
    backend,
    'Use "auto", "shm", "tcp" or "local".',
  );
}

function checkStartMethod(startMethod: string | undefined, workers: number): void {
  if (startMethod === undefined || START_METHODS.includes(startMethod)) return;
  if (startMethod === 'fork') {
    if (workers === 1) return;
    throw incompatible(
      'start method "fork" is refused: a copied process would share locks and descriptors that it must not',
      'startMethod',
      startMethod,
      'Use "thread" or "spawn".',
    );
  }
  throw incompatible(
    `workers cannot be started by ${shown(startMethod)}`,
    'startMethod',
    startMethod,
    'Use "thread" or "spawn".',
  );
}

function incompatible(message: string, field: string, value: unknown, suggestion: string): CobreError {
  return new CobreError('IncompatibleSettings', message, { field, value, suggestion });
}

/** A value inside a sentence: text in quotes, so that '2' is told from 2. */
function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

function notA(field: string, value: unknown, what: string): CobreError {
  return new CobreError('InvalidArgument', `${field} must be ${what}, not ${shown(value)}`, {
    field,
    value,
    suggestion: `Give ${what}, or leave it out.`,
  });
}
