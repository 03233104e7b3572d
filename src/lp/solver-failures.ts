import { SolverError, type SolverErrorPlace } from '../errors.js';
import { ModelStatus, statusWord } from './solver-status.js';

const EXTREME_NUMBERS =
  'Check the case for extreme coefficients or costs; running it with fewer iterations may show where they come from.';

/** The solver did not take what it was given. */
export function refused(what: string, stage: number): SolverError {
  const place = { stage, iteration: null, scenario: null, opening: null, status: 'Refused' };
  return new SolverError(`the solver refused ${what} of stage ${stage}`, place, EXTREME_NUMBERS);
}

/** The solver's own abort, for want of memory mostly: it comes as an error of the WebAssembly engine. */
export function crashed(cause: unknown, place: SolverErrorPlace): SolverError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new SolverError(
    `the solver crashed in stage ${place.stage}: ${why}`,
    { ...place, status: 'Crashed' },
    'It may have run out of its 32-bit memory: use fewer forward passes or iterations, so that there are fewer cuts.',
  );
}

/** No escalation found an optimum. @param suspects sentences on what may forbid every solution of the stage */
export function notOptimal(status: number, place: SolverErrorPlace, suspects: readonly string[]): SolverError {
  const word = statusWord(status);
  const where = [
    `stage ${place.stage}`,
    place.iteration === null ? '' : `iteration ${place.iteration}`,
    place.scenario === null ? '' : `scenario ${place.scenario}`,
    place.opening === null ? '' : `opening ${place.opening}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
  const isInfeasible = status === ModelStatus.infeasible || status === ModelStatus.unboundedOrInfeasible;
  const suggestion = isInfeasible && suspects.length > 0 ? suspects.join(' ') : EXTREME_NUMBERS;
  return new SolverError(`the linear program of ${where} ended as ${word}`, { ...place, status: word }, suggestion);
}
