import { CobreError } from '../errors.js';
import type { RunRanksOptions } from './rank-program.js';

/** Largest delay that `setTimeout` and `Atomics.wait` agree to [ms]. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Checks what can be checked before anything starts. */
export function checkRunOptions(options: RunRanksOptions): void {
  if (typeof options !== 'object' || options === null) {
    throw invalid('options', options, 'pass an object with at least { size }');
  }
  const { size, backend = 'shm', startMethod = 'thread', timeoutMs, maxSharedBytes } = options;
  if (!Number.isSafeInteger(size) || size < 1) {
    throw invalid('size', size, 'pass a whole number of ranks, 1 or more');
  }
  if (backend !== 'shm' && backend !== 'local') {
    throw invalid('backend', backend, "use 'shm' (ranks on worker threads) or 'local' (one rank)");
  }
  if (backend === 'local' && size !== 1) {
    throw new CobreError('IncompatibleSettings', `the local backend runs one rank, not ${size}`, {
      field: 'size',
      value: size,
      suggestion: "use backend 'shm' for more than one rank",
    });
  }
  if (startMethod !== 'thread') {
    const known = startMethod === 'fork' || startMethod === 'spawn';
    if (!known) throw invalid('startMethod', startMethod, "use 'thread'");
    throw new CobreError(
      'IncompatibleSettings',
      startMethod === 'fork'
        ? "start method 'fork' is refused: a copied process would share locks and descriptors it must not"
        : "start method 'spawn' is not available: ranks are threads",
      { field: 'startMethod', value: startMethod, suggestion: "use 'thread'" },
    );
  }
  const { onMessage, signal, stop, resourceLimits } = options;
  if (onMessage !== undefined && typeof onMessage !== 'function')
    throw invalid('onMessage', onMessage, 'pass a function');
  if (!isSignal(signal)) throw invalid('signal', signal, 'pass an AbortSignal');
  if (!isSignal(stop)) throw invalid('stop', stop, 'pass an AbortSignal');
  if (resourceLimits !== undefined && (typeof resourceLimits !== 'object' || resourceLimits === null)) {
    throw invalid('resourceLimits', resourceLimits, 'pass limits as for `new Worker`');
  }
  if (timeoutMs !== undefined && !(timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS)) {
    throw invalid('timeoutMs', timeoutMs, `pass a number of milliseconds above 0, at most ${MAX_TIMEOUT_MS}`);
  }
  if (maxSharedBytes !== undefined && !(Number.isSafeInteger(maxSharedBytes) && maxSharedBytes > 0)) {
    throw invalid('maxSharedBytes', maxSharedBytes, 'pass a whole number of bytes above 0');
  }
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
