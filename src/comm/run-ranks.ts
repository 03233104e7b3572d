import { resolveModule } from './load-program.js';
import type { RunRanksOptions } from './rank-program.js';
import { checkRunOptions } from './run-options.js';

/**
 * Runs the default export of a module as `size` ranks and resolves to what they returned, in rank order.
 *
 * The first failure wins: the other ranks are released from their collectives, joined, and ended if they do not
 * come; no thread and no process is left behind. Messages that ranks have posted are all delivered before the promise settles.
 *
 * @param moduleUrl Path or URL of an ES module whose default export is a `RankProgram`.
 * @throws BackendError when the backend is not in this build or does not start; CobreError `InvalidArgument` or `IncompatibleSettings` for a call that cannot work; `WorkerError` with the
 * rank and its own error when a rank fails; `signal.reason` when `options.signal` aborts.
 */
export async function runRanks<R = unknown, A = unknown>(
  moduleUrl: string | URL,
  options: RunRanksOptions<A>,
): Promise<R[]> {
  const { backend, startMethod } = checkRunOptions(options);
  const url = resolveModule(moduleUrl);
  options.signal?.throwIfAborted();
  // A backend is loaded only when it is used.
  if (startMethod === 'spawn') {
    const { spawnRanks } = await import('./process/spawn-ranks.js');
    return (await spawnRanks(url, options, backend)) as R[];
  }
  if (backend === 'local') {
    const { runLocal } = await import('./local/run-local.js');
    return [(await runLocal(url, options)) as R];
  }
  const { runThreads } = await import('./shm/run-threads.js');
  return (await runThreads(url, options)) as R[];
}
