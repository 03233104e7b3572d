import { COUNTER_SIZE, newCounters, packCounters } from '#cobre/lp/solver-counters';
import type { TrainingDiagnostics } from '#cobre/sddp/diagnostics';

const STAGES = 3;

/** Two iterations of three stages; cuts are selected in the second one. */
export function makeDiagnostics(): TrainingDiagnostics {
  const pass = (scale: number) => ({
    wallMs: 100 * scale,
    exchangeMs: 20 * scale,
    setupMs: 33 * scale,
    imbalanceMs: 7 * scale,
    schedulingMs: 5 * scale,
  });
  const timing = (iteration: number) => ({
    iteration,
    forward: pass(1),
    backward: pass(3),
    cutBatchMs: 11,
    selectionMs: 25 * (iteration - 1),
    lowerBoundMs: 13,
    totalMs: 450,
  });
  const solver = (iteration: number) => {
    const packed = new Float64Array(3 * STAGES * COUNTER_SIZE);
    for (let phase = 0; phase < 3; phase++) {
      for (let stage = 0; stage < STAGES; stage++) {
        // The backward pass does not solve stage 0, and the lower bound nothing else.
        const solves = phase === 0 || (phase === 1) === stage > 0 ? 4 * iteration + stage : 0;
        const counters = { ...newCounters(), solves, bunched: 2, escalations: 2, retries: 5, bases: 3 };
        const times = { simplexIterations: 77, solveMs: 1.5, loadMs: 2.5, boundsMs: 3.5, basisMs: 4.5, cutsMs: 5.5 };
        const recovered = Float64Array.of(0, 1, 0, 1, 0);
        packCounters({ ...counters, ...times, recovered }, packed, (phase * STAGES + stage) * COUNTER_SIZE);
      }
    }
    return { iteration, stages: STAGES, packed };
  };
  const selection = (stage: number, budget: number | null) => ({
    iteration: 2,
    stage,
    populated: 8,
    activeBefore: 7,
    deactivated: 2,
    activeAfter: 5,
    selectionMs: 12.5,
    budgetEvicted: budget,
    activeAfterBudget: budget === null ? null : 5 - budget,
  });
  return {
    timing: [timing(1), timing(2)],
    solver: [solver(1), solver(2)],
    scaling: [
      { stage: 0, coefficients: { min: 0.5, max: 80 }, rightHandSides: { min: 2, max: 1000 } },
      { stage: 1, coefficients: { min: 0.25, max: 40 }, rightHandSides: { min: 0, max: 0 } },
    ],
    cutSelection: [selection(0, 1), selection(1, null)],
  };
}
