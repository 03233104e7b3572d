import { type PosixShm, systemErrorName } from './posix-shm.js';
import { UNLINKED_WORD } from './process-table.js';

/** Signals that end a process which has nothing to say about them. */
const ENDING_SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Removes the name of this very segment. Once for all ranks: as soon as the name is free, it may be the name of
 * somebody else's segment.
 */
export function removeNameOnce(shm: PosixShm, name: string, words: Int32Array | undefined): void {
  if (words !== undefined && Atomics.compareExchange(words, UNLINKED_WORD, 0, 1) !== 0) return;
  try {
    shm.unlink(name);
  } catch (error) {
    if (systemErrorName(error) !== 'ENOENT') throw error;
  }
}

/**
 * Sees to it that `cleanUp` runs if the process is ended by `process.exit` or by a signal that can be caught. Returns a
 * function that calls this off. Meant for moments: a program's own handlers of these signals stay in charge.
 */
export function whenEnding(cleanUp: () => void): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    cleanUp();
    callOff();
    // Nobody else listens: what would have happened without this handler.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const callOff = (): void => {
    process.off('exit', cleanUp);
    for (const signal of ENDING_SIGNALS) process.off(signal, onSignal);
  };
  process.once('exit', cleanUp);
  for (const signal of ENDING_SIGNALS) process.on(signal, onSignal);
  return callOff;
}
