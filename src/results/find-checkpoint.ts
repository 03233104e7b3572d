import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CobreError } from '../errors.js';
import type { PolicyData, TrainingCourse } from '../sddp/outcome.js';
import { checkpointFolder, listCheckpoints, listTrainings } from './checkpoints.js';
import { policyDirectory, readPolicy, readPolicyMetadata } from './policy-files.js';

/** What a checkpoint must fit. */
export interface Fit {
  readonly studyHash: string;
  /** Most iterations that the training to come may have, or `null`. */
  readonly limit: number | null;
  /** What speaks against going on with a course, as sentences. */
  readonly differences: (course: TrainingCourse) => readonly string[];
}

/** A policy to go on from, where it lay, and why later ones were passed over. */
export interface FoundCheckpoint {
  readonly policy: PolicyData;
  readonly directory: string;
  /** Name of its training among the checkpoints of the output directory; `null` where it lay elsewhere. */
  readonly training: string | null;
  readonly passedOver: readonly string[];
}

/** Why a checkpoint cannot be used. */
interface Misfit {
  readonly directory: string;
  readonly why: string;
  /** The same for reasons that only tell of the same thing in other numbers. */
  readonly cause: string;
}

/**
 * The latest checkpoint that can be used of the training that began last in an output directory. Where none has begun there,
 * of the one that `stored` belongs to: a policy directory, or the output directory of another run.
 * @throws CobreError `CheckpointFailed`, which says why the latest one is none, and where others differ in that, why they are
 */
export function findCheckpoint(outputDirectory: string | undefined, stored: string, fit: Fit): FoundCheckpoint {
  const own = outputDirectory === undefined ? undefined : listTrainings(checkpointFolder(outputDirectory))[0];
  const training = own ?? lastTrainingBeside(stored);
  const misfits: Misfit[] = [];
  const candidates = training === undefined ? [] : listCheckpoints(training);
  // A finished training's policy holds its last state as well.
  if (own === undefined && existsSync(policyDirectory(stored))) candidates.push(policyDirectory(stored));
  for (const directory of candidates) {
    const misfit = misfitOf(directory, fit);
    if (misfit !== null) {
      misfits.push(misfit);
      continue;
    }
    try {
      return {
        policy: readPolicy(directory),
        directory,
        training: own === undefined ? null : basename(own),
        passedOver: misfits.map((each) => `${each.directory}: ${each.why}`),
      };
    } catch (cause) {
      misfits.push(unreadable(directory, cause));
    }
  }
  throw noCheckpoint(outputDirectory ?? stored, misfits);
}

/** Of an output directory, or of the one that a policy directory lies in. */
function lastTrainingBeside(stored: string): string | undefined {
  const folder = checkpointFolder(stored);
  return listTrainings(existsSync(folder) ? folder : checkpointFolder(dirname(stored)))[0];
}

function unreadable(directory: string, cause: unknown): Misfit {
  return { directory, why: (cause as Error).message, cause: 'unreadable' };
}

/** Why a checkpoint cannot be used, by what it says of itself; `null` if nothing speaks against it. */
function misfitOf(directory: string, fit: Fit): Misfit | null {
  let metadata: ReturnType<typeof readPolicyMetadata>;
  try {
    metadata = readPolicyMetadata(directory);
  } catch (cause) {
    return unreadable(directory, cause);
  }
  const because = (why: string, cause = why): Misfit => ({ directory, why, cause });
  const { training_course: course, completed_iterations: iterations } = metadata;
  if (!course) return because('it is a policy without the state of its training');
  if (metadata.system_hash !== fit.studyHash) return because('it belongs to a case with other data');
  const differences = fit.differences(course);
  if (differences.length > 0) return because(differences.join('; '));
  if (fit.limit === null || iterations <= fit.limit) return null;
  return because(`its ${iterations} iterations are more than the limit of ${fit.limit}`, 'limit');
}

function noCheckpoint(place: string, misfits: readonly Misfit[]): CobreError {
  const [latest, ...others] = misfits.filter(
    ({ cause }, i) => misfits.findIndex((earlier) => earlier.cause === cause) === i,
  );
  const context = { checkpoint_path: join(place, 'checkpoints'), operation: 'read' };
  const where = { file: 'config.json', field: 'policy.mode', value: 'resume' };
  if (latest === undefined) {
    const detail = `no training has begun in ${place}`;
    return new CobreError('CheckpointFailed', `there is no checkpoint to resume from: ${detail}`, {
      ...where,
      suggestion: 'Set policy.mode to "fresh", or leave out --resume, to begin one; or restore the output directory.',
      context: { ...context, detail },
    });
  }
  const detail = [latest.why, ...others.map(({ why }) => `an earlier one: ${why}`)].join('; ');
  const which = misfits.length === 1 ? 'the checkpoint does not fit' : 'the latest checkpoint does not fit';
  return new CobreError('CheckpointFailed', `${which}: ${detail}`, {
    ...where,
    suggestion:
      'Set back what has changed; or set policy.mode to "fresh", or leave out --resume, to train from the beginning.',
    context: { ...context, checkpoint: latest.directory, detail },
  });
}
