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

/**
 * The latest checkpoint that can be used of the training that began last in an output directory. Where none has begun there,
 * of the one that `stored` belongs to: a policy directory, or the output directory of another run.
 * @throws CobreError `CheckpointFailed`, which says of each candidate why it is none
 */
export function findCheckpoint(outputDirectory: string | undefined, stored: string, fit: Fit): FoundCheckpoint {
  const own = outputDirectory === undefined ? undefined : listTrainings(checkpointFolder(outputDirectory))[0];
  const training = own ?? lastTrainingBeside(stored);
  const passedOver: string[] = [];
  const candidates = training === undefined ? [] : listCheckpoints(training);
  // A finished training's policy holds its last state as well.
  if (own === undefined && existsSync(policyDirectory(stored))) candidates.push(policyDirectory(stored));
  for (const directory of candidates) {
    const why = unfit(directory, fit);
    if (why !== null) {
      passedOver.push(why);
      continue;
    }
    try {
      const policy = readPolicy(directory);
      return { policy, directory, training: own === undefined ? null : basename(own), passedOver };
    } catch (cause) {
      passedOver.push((cause as Error).message);
    }
  }
  throw noCheckpoint(outputDirectory ?? stored, passedOver);
}

/** Of an output directory, or of the one that a policy directory lies in. */
function lastTrainingBeside(stored: string): string | undefined {
  const folder = checkpointFolder(stored);
  return listTrainings(existsSync(folder) ? folder : checkpointFolder(dirname(stored)))[0];
}

/** Why a checkpoint cannot be used, by what it says of itself; `null` if nothing speaks against it. */
function unfit(directory: string, fit: Fit): string | null {
  let metadata: ReturnType<typeof readPolicyMetadata>;
  try {
    metadata = readPolicyMetadata(directory);
  } catch (cause) {
    return (cause as Error).message;
  }
  const { training_course: course, completed_iterations: iterations } = metadata;
  if (!course) return `${directory}: it is a policy without the state of its training`;
  if (metadata.system_hash !== fit.studyHash) return `${directory}: it belongs to a case with other data`;
  const differences = fit.differences(course);
  if (differences.length > 0) return `${directory}: ${differences.join('; ')}`;
  if (fit.limit === null || iterations <= fit.limit) return null;
  return `${directory}: its ${iterations} iterations are more than the limit of ${fit.limit}`;
}

function noCheckpoint(place: string, reasons: readonly string[]): CobreError {
  const detail = reasons.length === 0 ? `no training has begun in ${place}` : reasons.join('\n');
  return new CobreError('CheckpointFailed', `there is no checkpoint to resume from: ${detail}`, {
    file: 'config.json',
    field: 'policy.mode',
    value: 'resume',
    suggestion:
      'Leave out --resume, or set policy.mode to "fresh", to train from the beginning; or restore the case, its configuration, its iteration limit or its output directory.',
    context: { checkpoint_path: join(place, 'checkpoints'), operation: 'read', detail },
  });
}
