import type { ProgressEvent } from '../options.js';

/** Scenarios done and to do, over all workers. */
export interface SimulationProgress {
  readonly complete: number;
  readonly total: number;
}

/**
 * Every worker reports, and the ranks of a training report the same bounds. This passes each training iteration
 * on once, from whoever is first, and adds up the scenarios of all workers.
 */
export function leadingEvents(): {
  isNewIteration(event: ProgressEvent): boolean;
  simulation(event: ProgressEvent): SimulationProgress;
} {
  let lastIteration = 0;
  const completeOf = new Map<number, number>();
  return {
    isNewIteration(event) {
      if (event.iteration === null || event.iteration <= lastIteration) return false;
      lastIteration = event.iteration;
      return true;
    },
    simulation(event) {
      completeOf.set(event.workerId ?? 0, event.scenariosComplete ?? 0);
      let complete = 0;
      for (const count of completeOf.values()) complete += count;
      const total = event.scenariosTotal ?? complete;
      return { complete: Math.min(complete, total), total };
    },
  };
}
