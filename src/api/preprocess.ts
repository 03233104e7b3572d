import { deepFreeze } from '../case/deep-freeze.js';
import type { Study } from '../case/study.js';
import { type CaseWarning, CobreError, ValidationError } from '../errors.js';
import { checkHydroModels } from '../hydro/study-models.js';
import { checkHardConstraints } from '../sddp/hard-constraints.js';
import { checkConstants } from '../sddp/inner-bound.js';
import { buildStageProblems } from '../sddp/stage-problems.js';
import { inflowParameters } from '../stochastic/inflow-parameters.js';
import { type StudyNoise, studyNoise } from '../stochastic/study-noise.js';

/** What comes out of a study before anything is solved. */
export interface Preprocessed {
  readonly errors: readonly CobreError[];
  /** The study, with what is doubtful about it among its warnings. */
  readonly study: Study;
}

/**
 * Makes what a run of a study starts with: inflow models, production functions, evaporation, openings and the scenarios
 * of its passes. Finds what is wrong with them, all at once, and what is doubtful. What is made is kept for the study
 * that is returned.
 */
export function preprocess(loaded: Study): Preprocessed {
  const warnings = [...loaded.warnings];
  // What is made of a study is kept for this very object.
  const study: Study = { ...loaded, warnings };
  const errors: CobreError[] = [];
  const warn = (warning: CaseWarning) => {
    if (!warnings.some(({ file, message }) => file === warning.file && message === warning.message)) {
      warnings.push(warning);
    }
  };
  const attempt = <T>(make: () => T): T | null => {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof CobreError)) throw error;
      for (const each of error instanceof ValidationError ? error.errors : [error]) {
        // Training and simulation may fail of the same.
        if (!errors.some(({ file, message }) => file === each.file && message === each.message)) errors.push(each);
      }
      return null;
    }
  };

  const plants = attempt(() => checkHydroModels(study));
  errors.push(...(plants?.errors ?? []));
  for (const { kind, file, field, value, message, suggestion } of plants?.warnings ?? []) {
    warn({ kind, message, file, field, value, suggestion });
  }

  const inflow = attempt(() => inflowParameters(study));
  if (inflow !== null) {
    const { faults, warnings: doubts } = inflow.check;
    for (const { file, field, value, message, suggestion } of faults) {
      const place = file === null ? {} : { file };
      errors.push(new CobreError('PhysicalConstraint', message, { ...place, field, value, suggestion }));
    }
    for (const { file, field, value, message, suggestion } of doubts) {
      warn({ kind: 'PhysicalConstraint', message, ...(file === null ? {} : { file }), field, value, suggestion });
    }
  }
  if (inflow !== null && errors.length === 0) {
    const noise = attempt(() => studyNoise(study));
    if (noise !== null) checkNoise(study, noise, attempt, warn);
  }
  if (errors.length === 0) errors.push(...(attempt(() => checkHardConstraints(study)) ?? []));
  if (errors.length === 0 && study.config.training.enabled && study.config.training.upperBound !== null) {
    const { upperBound } = study.config.training;
    attempt(() => checkConstants(study, buildStageProblems(study), upperBound));
  }
  return { errors, study: deepFreeze(study) };
}

function checkNoise(
  { config }: Study,
  noise: StudyNoise,
  attempt: <T>(make: () => T) => T | null,
  warn: (warning: CaseWarning) => void,
): void {
  for (const warning of noise.openingWarnings()) warn(warning);
  const { training, simulation } = config;
  if (training.enabled) for (const warning of noise.boundWarnings()) warn(warning);
  // A stopping rule may simulate where no simulation is asked for.
  const replications = training.enabled
    ? training.stoppingRules.flatMap((rule) => (rule.type === 'simulation' ? [rule.replications] : []))
    : [];
  const phases = [
    ['forward', training.enabled, training.forwardPasses],
    ['simulation', simulation.enabled, simulation.scenarios],
    ['simulation', replications.length > 0, Math.max(...replications)],
  ] as const;
  for (const [phase, enabled, scenarios] of phases) {
    if (!enabled) continue;
    attempt(() => noise.source(phase, scenarios));
    for (const warning of attempt(() => noise.warnings(phase)) ?? []) warn(warning);
  }
}
