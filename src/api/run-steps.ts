import { setImmediate as breathe } from 'node:timers/promises';

/** Runs a computation in steps on this thread, letting timers, signals and I/O through between them. */
export async function runSteps<T>(steps: Generator<void, T>): Promise<T> {
  try {
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      await breathe();
    }
  } finally {
    steps.return(undefined as T);
  }
}
