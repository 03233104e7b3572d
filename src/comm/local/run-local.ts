import { WorkerError } from '../../errors.js';
import { loadProgram } from '../load-program.js';
import type { RankContext, RunRanksOptions } from '../rank-program.js';
import { LocalCommunicator } from './local-communicator.js';

/** Runs a program as the only rank, on the calling thread. */
export async function runLocal(url: string, options: RunRanksOptions): Promise<unknown> {
  const { signal, stop, onMessage } = options;
  const program = await loadProgram(url);
  signal?.throwIfAborted();
  const comm = new LocalCommunicator();
  const context: RankContext = {
    // Cloned as between threads, so that a program may reuse what it posts.
    post: (message) => onMessage?.(0, structuredClone(message)),
    get stopRequested() {
      return stop?.aborted ?? false;
    },
  };
  const aborted = signal === undefined ? undefined : whenAborted(signal);
  try {
    const run = Promise.resolve(program(comm, structuredClone(options.args), context));
    return await (aborted === undefined ? run : Promise.race([run, aborted.promise]));
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw new WorkerError(0, { inner: error instanceof Error ? error : new Error(`threw ${String(error)}`) });
  } finally {
    aborted?.dispose();
    comm.close();
  }
}

function whenAborted(signal: AbortSignal): { promise: Promise<never>; dispose: () => void } {
  let onAbort: () => void = () => {};
  const promise = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  return { promise, dispose: () => signal.removeEventListener('abort', onAbort) };
}
