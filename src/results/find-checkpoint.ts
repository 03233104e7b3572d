import { existsSync } from 'node:fs';
import { CobreError } from '../errors.js';
import type { PolicyData, TrainingCourse } from '../sddp/outcome.js';
import { checkpointsBeside, courseKey, listCheckpoints } from './checkpoints.js';
import { readPolicy, readPolicyMetadata } from './policy-files.js';

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
  readonly passedOver: readonly string[];
}

interface Candidate {
  readonly directory: string;
  readonly iteration: number;
  readonly writtenAt: string;
  readonly key: string;
}

/**
 * The latest state of a training in a policy directory and in the checkpoints beside it. Of several courses that fit, the
 * one that was written to last.
 * @throws CobreError `CheckpointFailed`, which says of each candidate why it is none
 */
export function findCheckpoint(policyDirectory: string, fit: Fit): FoundCheckpoint {
  const reasons: string[] = [];
  const candidates: Candidate[] = [];
  const folder = checkpointsBeside(policyDirectory);
  const places = listCheckpoints(folder).map(({ directory }) => directory);
  if (existsSync(policyDirectory)) places.push(policyDirectory);
  for (const directory of places) {
    const found = consider(directory, fit);
    if (typeof found === 'string') reasons.push(found);
    else candidates.push(found);
  }
  const latest = candidates.reduce<Candidate | null>(
    (best, each) => (best === null || each.writtenAt > best.writtenAt ? each : best),
    null,
  );
  const course = candidates
    .filter(({ key }) => key === latest?.key)
    // Where both have an iteration, the checkpoint is taken: it lies first, and sorting keeps that.
    .sort((a, b) => b.iteration - a.iteration);
  const passedOver: string[] = [];
  for (const { directory, iteration } of course) {
    if (fit.limit !== null && iteration > fit.limit) {
      passedOver.push(`${directory}: its ${iteration} iterations are more than the limit of ${fit.limit}`);
      continue;
    }
    try {
      return { policy: readPolicy(directory), directory, passedOver };
    } catch (cause) {
      passedOver.push((cause as Error).message);
    }
  }
  throw noCheckpoint(policyDirectory, folder, [...passedOver, ...reasons]);
}

/** A directory as a candidate, or why it is none. */
function consider(directory: string, fit: Fit): Candidate | string {
  let metadata: ReturnType<typeof readPolicyMetadata>;
  try {
    metadata = readPolicyMetadata(directory);
  } catch (cause) {
    return (cause as Error).message;
  }
  const course = metadata.training_course ?? null;
  if (course === null) return `${directory}: it is a policy without the state of its training`;
  if (metadata.system_hash !== fit.studyHash) return `${directory}: it belongs to a case with other data`;
  const differences = fit.differences(course);
  if (differences.length > 0) return `${directory}: ${differences.join('; ')}`;
  return {
    directory,
    iteration: metadata.completed_iterations,
    writtenAt: metadata.created_at,
    key: courseKey(metadata.system_hash, course),
  };
}

function noCheckpoint(policyDirectory: string, folder: string, reasons: readonly string[]): CobreError {
  const detail =
    reasons.length === 0 ? `there is neither ${policyDirectory} nor a checkpoint in ${folder}` : reasons.join('\n');
  return new CobreError('CheckpointFailed', `there is no checkpoint to resume from: ${detail}`, {
    file: 'config.json',
    field: 'policy.mode',
    value: 'resume',
    suggestion:
      'Set policy.mode to "fresh" to train from the beginning, or restore the case, its configuration or its output directory.',
    context: { checkpoint_path: policyDirectory, operation: 'read', detail },
  });
}
