import type { ProgressEvent, RunOptions } from '../options.js';

/**
 * Wraps a caller's progress callback so that what it throws cannot break a run: the first error becomes a process
 * warning, the others are dropped.
 */
export function guardedProgress(onProgress: RunOptions['onProgress']): (event: ProgressEvent) => void {
  if (onProgress === undefined) return () => {};
  let warned = false;
  return (event) => {
    try {
      onProgress(event);
    } catch (error) {
      if (warned) return;
      warned = true;
      const why = error instanceof Error ? error.message : String(error);
      process.emitWarning(`the progress callback threw and is ignored: ${why}`, 'CobreWarning');
    }
  };
}
