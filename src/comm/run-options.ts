import { CobreError } from '../errors.js';
import type { RunRanksOptions } from './rank-program.js';
import { autoForGang } from './select/auto-detect.js';
import { chooseBackend } from './select/create-communicator.js';
import type { Environment } from './select/environment.js';
import { buildFeatures } from './select/features.js';

/** Largest delay that `setTimeout` and `Atomics.wait` agree to [ms]. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** On what a run's ranks are started, and over what they talk. */
interface RunPlan {
  readonly backend: 'shm' | 'tcp' | 'local';
  readonly startMethod: 'thread' | 'spawn';
}

/** Checks what can be checked before anything starts, and settles what was left open. */
export function checkRunOptions(options: RunRanksOptions, env: Environment = process.env): RunPlan {
  if (typeof options !== 'object' || options === null) {
    throw invalid('options', options, 'pass an object with at least { size }');
  }
  const { size, timeoutMs, maxSharedBytes } = options;
  if (!Number.isSafeInteger(size) || size < 1) {
    throw invalid('size', size, 'pass a whole number of ranks, 1 or more');
  }
  const plan = planOf(options, env);
  if (plan.backend === 'local' && size !== 1) {
    throw incompatible(
      `the local backend runs one rank, not ${size}`,
      'size',
      size,
      "use backend 'shm' for more than one rank",
    );
  }
  const { onMessage, signal, stop, resourceLimits, prefixOutput } = options;
  if (onMessage !== undefined && typeof onMessage !== 'function')
    throw invalid('onMessage', onMessage, 'pass a function');
  if (!isSignal(signal)) throw invalid('signal', signal, 'pass an AbortSignal');
  if (!isSignal(stop)) throw invalid('stop', stop, 'pass an AbortSignal');
  if (resourceLimits !== undefined && (typeof resourceLimits !== 'object' || resourceLimits === null)) {
    throw invalid('resourceLimits', resourceLimits, 'pass limits as for `new Worker`');
  }
  if (prefixOutput !== undefined && typeof prefixOutput !== 'boolean') {
    throw invalid('prefixOutput', prefixOutput, 'pass true or false');
  }
  if (timeoutMs !== undefined && !(timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS)) {
    throw invalid('timeoutMs', timeoutMs, `pass a number of milliseconds above 0, at most ${MAX_TIMEOUT_MS}`);
  }
  if (maxSharedBytes !== undefined && !(Number.isSafeInteger(maxSharedBytes) && maxSharedBytes > 0)) {
    throw invalid('maxSharedBytes', maxSharedBytes, 'pass a whole number of bytes above 0');
  }
  // The build comes last: a call that is wrong is so in every build.
  if (plan.backend !== 'local') chooseBackend('backend', plan.backend, buildFeatures(), env);
  return plan;
}

function planOf({ backend = 'shm', startMethod }: RunRanksOptions, env: Environment): RunPlan {
  if ((startMethod as string) === 'fork') {
    throw incompatible(
      "start method 'fork' is refused: a copied process would share locks and descriptors it must not",
      'startMethod',
      startMethod,
      "use 'thread' or 'spawn'",
    );
  }
  if (startMethod !== undefined && startMethod !== 'thread' && startMethod !== 'spawn') {
    throw invalid('startMethod', startMethod, "use 'thread' or 'spawn'");
  }
  switch (backend as string) {
    case 'auto': {
      const found = startMethod === 'thread' ? 'shm' : autoForGang(env);
      return planOf({ backend: found, ...(startMethod === undefined ? {} : { startMethod }) } as RunRanksOptions, env);
    }
    case 'shm':
    case 'local':
      return { backend: backend as 'shm' | 'local', startMethod: startMethod ?? 'thread' };
    case 'tcp':
      if (startMethod !== 'thread') return { backend: 'tcp', startMethod: 'spawn' };
      throw incompatible(
        'ranks on threads share memory and do not talk over TCP',
        'startMethod',
        startMethod,
        "use start method 'spawn' for processes that do, or backend 'shm'",
      );
    case 'mpi':
      throw incompatible(
        'runRanks does not start MPI ranks: a launcher does',
        'backend',
        backend,
        'run `mpiexec -n 4 node program.mjs`, and let the program call createCommunicator()',
      );
    default:
      throw invalid('backend', backend, "use 'auto', 'shm', 'tcp' or 'local'");
  }
}

function incompatible(message: string, field: string, value: unknown, suggestion: string): CobreError {
  return new CobreError('IncompatibleSettings', message, { field, value, suggestion });
}

function isSignal(signal: AbortSignal | undefined): boolean {
  return signal === undefined || typeof signal?.addEventListener === 'function';
}

function invalid(field: string, value: unknown, suggestion: string): CobreError {
  return new CobreError('InvalidArgument', `runRanks: ${field} cannot be ${String(value)}`, {
    field,
    value,
    suggestion,
  });
}
