import type { ProgressEvent } from '../options.js';

/** Scenarios done and to do, over all workers. */
export interface SimulationProgress {
  readonly complete: number;
  readonly total: number;
}

/**
 * Every worker reports: in training the same bounds, in simulation the scenarios that all have done so far. This passes
 * each iteration on once, from whoever is first, and never lets a count of scenarios fall.
 */
export function leadingEvents(): {
  isNewIteration(event: ProgressEvent): boolean;
  simulation(event: ProgressEvent): SimulationProgress;
} {
  let lastIteration = 0;
  let complete = 0;
  return {
    isNewIteration(event) {
      if (event.iteration === null || event.iteration <= lastIteration) return false;
      lastIteration = event.iteration;
      return true;
    },
    simulation(event) {
      complete = Math.max(complete, event.scenariosComplete ?? 0);
      return { complete, total: event.scenariosTotal ?? complete };
    },
  };
}
