import { loadStudy, validateCase } from '../case/load-case.js';
import type { Study } from '../case/study.js';
import { type CaseWarning, CobreError, ValidationError } from '../errors.js';
import { preprocess } from './preprocess.js';

export interface CaseOptions {
  /** Merged deeply over `config.json`, then validated as if it had stood there. */
  readonly configOverrides?: Readonly<Record<string, unknown>>;
}

/**
 * Reads and validates a case directory, and makes what a run starts with: inflow models, production functions, openings.
 * @throws ValidationError with every error found
 */
export async function loadCase(directory: string, options: CaseOptions = {}): Promise<Study> {
  const { errors, study } = preprocess(await loadStudy(directory, options));
  if (errors.length > 0) throw new ValidationError(errors);
  return study;
}

/** Validates a case directory: never throws for what is wrong with the case. `study` is `null` when there are errors. */
export async function validate(
  directory: string,
  options: CaseOptions = {},
): Promise<{ errors: readonly CobreError[]; warnings: readonly CaseWarning[]; study: Study | null }> {
  const { errors, warnings, study } = await validateCase(directory, options);
  if (study === null) return { errors, warnings, study };
  const made = preprocess(study);
  return { errors: made.errors, warnings: made.study.warnings, study: made.errors.length === 0 ? made.study : null };
}

/** A study from what a caller of `train` or `simulate` gave: a directory, or a study that is loaded already. */
export async function studyOf(caseOrStudy: string | Study, options: CaseOptions): Promise<Study> {
  if (typeof caseOrStudy === 'string') return loadCase(caseOrStudy, options);
  if (options.configOverrides !== undefined) {
    throw new CobreError('InvalidArgument', 'configOverrides apply to a case directory, not to a loaded study', {
      field: 'configOverrides',
      value: options.configOverrides,
      suggestion: 'Give the overrides to loadCase, or give the directory here.',
    });
  }
  if (typeof caseOrStudy !== 'object' || caseOrStudy === null || !Array.isArray(caseOrStudy.stages)) {
    throw new CobreError('InvalidArgument', 'the case must be a directory or a loaded study', {
      field: 'case',
      suggestion: 'Give the path of a case directory, or what `await loadCase(directory)` returned.',
    });
  }
  return caseOrStudy;
}

/** What the results call the case: the directory as it was given, or a loaded study's name. */
export function caseName(caseOrStudy: string | Study, study: Study): string {
  return typeof caseOrStudy === 'string' ? caseOrStudy : study.name;
}
