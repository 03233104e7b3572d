import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CobreError } from '../errors.js';
import type { PolicyData, TrainingCourse } from '../sddp/outcome.js';
import { courseHash } from './course-hash.js';
import { makeDirectory } from './files.js';
import { ioError, withIoErrors } from './io-error.js';
import { writePolicy } from './policy-files.js';

/*
 * Checkpoints lie beside the policy, as policy directories that hold what a training can be resumed from:
 *
 *   checkpoints/iteration_000050_3f2a9c01b2d4/
 *
 * The second part of the name tells trainings apart that go another course. Those of one course are interchangeable,
 * whichever run wrote them: the same iteration has the same cuts.
 */
const CHECKPOINTS = 'checkpoints';
/** How many of a course are kept: should the latest be damaged, there are others. */
const KEPT = 3;
const KEY_LENGTH = 12;
const NAME = /^iteration_(\d{6,})_([0-9a-f]{12})$/;

/** What tells the courses of trainings apart, also on different cases. */
export function courseKey(studyHash: string, course: TrainingCourse): string {
  return createHash('sha256')
    .update(`${studyHash} ${courseHash(course)}`)
    .digest('hex')
    .slice(0, KEY_LENGTH);
}

export interface Checkpoint {
  readonly directory: string;
  readonly iteration: number;
  readonly key: string;
}

/** The folder of checkpoints that belongs to a policy directory. */
export function checkpointsBeside(policy: string): string {
  return join(dirname(policy), CHECKPOINTS);
}

/** Checkpoints in a folder, latest iteration first. None where there is no such folder. */
export function listCheckpoints(folder: string): Checkpoint[] {
  if (!existsSync(folder)) return [];
  return withIoErrors(folder, 'read the checkpoints', () => readdirSync(folder))
    .flatMap((name) => {
      const [, iteration, key] = NAME.exec(name) ?? [];
      return key === undefined ? [] : [{ directory: join(folder, name), iteration: Number(iteration), key }];
    })
    .sort((a, b) => b.iteration - a.iteration);
}

export interface CheckpointPlace {
  /** Where the run's results go. */
  readonly outputDirectory: string;
  /** A directory on the same file system that goes with the run, however it ends. */
  readonly scratch: string;
  readonly compress: boolean;
  readonly maxIterations: number | null;
}

/**
 * Writes a checkpoint and removes those that it makes superfluous. It appears under its name when it is complete and on
 * the disk, and what is removed disappears at once: no moment leaves half of one behind.
 * @throws CobreError `IoError`, with earlier checkpoints as they were
 */
export function writeCheckpoint(place: CheckpointPlace, policy: PolicyData): void {
  if (policy.training === null) throw new Error('a checkpoint needs the state of its training');
  const { outputDirectory, scratch, compress, maxIterations } = place;
  const folder = join(outputDirectory, CHECKPOINTS);
  const key = courseKey(policy.studyHash, policy.training.course);
  const later = ofCourse(folder, key).filter(({ iteration }) => iteration >= policy.completedIterations);
  // An earlier run of the same course has come further: this one would be the first to go.
  if (later.length >= KEPT) return;
  const name = `iteration_${String(policy.completedIterations).padStart(6, '0')}_${key}`;
  const fresh = join(scratch, name);
  try {
    writePolicy(fresh, policy, { compress, flush: true, ...(maxIterations === null ? {} : { maxIterations }) });
    makeDirectory(folder);
    remove(join(folder, name), scratch);
    renameSync(fresh, join(folder, name));
    flushDirectory(folder);
    for (const { directory } of ofCourse(folder, key).slice(KEPT)) remove(directory, scratch);
  } catch (cause) {
    rmSync(fresh, { recursive: true, force: true });
    throw unwritten(cause, join(folder, name));
  }
}

/** Removes the checkpoints of other courses: those of results that have been replaced. */
export function removeOtherCourses(outputDirectory: string, scratch: string, key: string): void {
  for (const checkpoint of listCheckpoints(join(outputDirectory, CHECKPOINTS))) {
    if (checkpoint.key === key) continue;
    withIoErrors(checkpoint.directory, 'remove a checkpoint', () => remove(checkpoint.directory, scratch));
  }
}

function ofCourse(folder: string, key: string): Checkpoint[] {
  return listCheckpoints(folder).filter((checkpoint) => checkpoint.key === key);
}

function remove(directory: string, scratch: string): void {
  if (!existsSync(directory)) return;
  makeDirectory(scratch);
  const aside = join(scratch, 'removed');
  rmSync(aside, { recursive: true, force: true });
  renameSync(directory, aside);
  rmSync(aside, { recursive: true, force: true });
}

/** A new name is on the disk only when its directory is. Not all file systems can be asked for that. */
function flushDirectory(directory: string): void {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(directory, 'r');
    fsyncSync(descriptor);
  } catch {
    // The checkpoint is complete; a power failure at this very moment may take it back.
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function unwritten(cause: unknown, checkpoint: string): CobreError {
  const error = ioError(cause, checkpoint, 'write a checkpoint');
  return new CobreError('IoError', `the checkpoint could not be written: ${error.message}`, {
    file: checkpoint,
    suggestion: `${error.suggestion ?? 'Check that it can be written.'} Then resume from the checkpoint before (policy.mode "resume").`,
    context: { ...error.context, checkpoint_path: checkpoint, operation: 'write', detail: error.message },
    cause: error,
  });
}
