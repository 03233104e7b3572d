import type { NativeMpi } from './load-native.js';

/** What the end of the process needs to know of a communicator. */
interface EndsWithProcess {
  close(): void;
  /** True once all ranks have closed it together. */
  readonly endedTogether: boolean;
  /** True when a collective is still under way inside the library, or failed in it: it cannot be finalised. */
  readonly lost: boolean;
}

const communicators = new Set<EndsWithProcess>();
let watching = false;

/**
 * Sees to it that MPI ends with the process. Ranks that end well finalise it together. A rank that ends with an exit
 * code other than 0 without all ranks having closed aborts the job: the others would wait for it forever.
 */
export function endWithProcess(native: NativeMpi, communicator: EndsWithProcess): void {
  for (const earlier of communicators) if (earlier.endedTogether) communicators.delete(earlier);
  communicators.add(communicator);
  if (watching) return;
  watching = true;
  process.on('exit', (code) => {
    const failed = code !== 0;
    if (!failed) for (const open of communicators) open.close();
    const all = [...communicators];
    const abort = all.some(({ lost }) => lost) || (failed && all.some(({ endedTogether }) => !endedTogether));
    // Only said here and done after Node's last words: the error that ends a rank is printed after this event.
    native.atExit(abort, failed ? code : 1);
  });
}
