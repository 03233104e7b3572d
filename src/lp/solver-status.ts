import { CobreError } from '../errors.js';

/** Model status codes of HiGHS that the escalation tells apart (HighsStatus.h, HighsModelStatus). */
export const ModelStatus = {
  notSet: 0,
  solveError: 4,
  optimal: 7,
  infeasible: 8,
  unboundedOrInfeasible: 9,
  unbounded: 10,
  iterationLimit: 14,
  unknown: 15,
} as const;

const STATUS_WORDS: Readonly<Record<number, string>> = {
  0: 'NotSet',
  1: 'LoadError',
  2: 'ModelError',
  3: 'PresolveError',
  4: 'SolveError',
  5: 'PostsolveError',
  6: 'ModelEmpty',
  7: 'Optimal',
  8: 'Infeasible',
  9: 'UnboundedOrInfeasible',
  10: 'Unbounded',
  11: 'ObjectiveBound',
  12: 'ObjectiveTarget',
  13: 'TimeLimit',
  14: 'IterationLimit',
  15: 'Unknown',
  16: 'SolutionLimit',
  17: 'Interrupt',
};

export function statusWord(status: number): string {
  return STATUS_WORDS[status] ?? `Status${status}`;
}

export function availableMemoryError(message: string): CobreError {
  return new CobreError('SolverError', message, {
    suggestion: 'Use fewer workers, or a smaller solver memory budget, so that the stage models fit.',
  });
}
