import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CobreError } from '../errors.js';
import type { PolicyData, TrainingCourse } from '../sddp/outcome.js';
import { courseHash } from './course-hash.js';
import { flushDirectory, makeDirectory } from './files.js';
import { ioError, withIoErrors } from './io-error.js';
import { readPolicy, writePolicy } from './policy-files.js';

/*
 * Checkpoints lie beside the results, as policy directories that hold what a training can be resumed from:
 *
 *   checkpoints/0002_3f2a9c01b2d4/iteration_000050/
 *
 * A folder of the first level belongs to one training, from its beginning over all its resumptions: the highest number is
 * the training that began last, and that is the one to resume. The rest of its name tells courses apart. It appears with
 * the training's first checkpoint, which is of iteration 0: a training can be resumed from its beginning on.
 */
const CHECKPOINTS = 'checkpoints';
/** How many of a training are kept: should the latest be damaged, there are others. */
const KEPT = 3;
/** Trainings before the last one whose checkpoints stay until a run has ended well. */
const KEPT_TRAININGS = 2;
const KEY_LENGTH = 12;
const TRAINING = /^(\d{4,})_[0-9a-f]{12}$/;
const ITERATION = /^iteration_(\d{6,})$/;

/** The folder of all checkpoints in an output directory. */
export function checkpointFolder(outputDirectory: string): string {
  return join(outputDirectory, CHECKPOINTS);
}

/** Trainings in such a folder, the last one first. None where there is no such folder. */
export function listTrainings(folder: string): string[] {
  return numbered(folder, TRAINING);
}

/** Checkpoints of a training, the latest iteration first. */
export function listCheckpoints(training: string): string[] {
  return numbered(training, ITERATION);
}

/** What is in a folder with a number in its name, highest number first. */
function numbered(folder: string, pattern: RegExp): string[] {
  if (!existsSync(folder)) return [];
  return withIoErrors(folder, 'read the checkpoints', () => readdirSync(folder))
    .flatMap((name) => {
      const number = pattern.exec(name)?.[1];
      return number === undefined ? [] : [{ name, number: Number(number) }];
    })
    .sort((a, b) => b.number - a.number)
    .map(({ name }) => join(folder, name));
}

/** A name for the checkpoints of a training that begins now. */
export function newTraining(outputDirectory: string, studyHash: string, course: TrainingCourse): string {
  const last = listTrainings(checkpointFolder(outputDirectory))[0];
  const number = last === undefined ? 1 : Number(TRAINING.exec(basename(last))?.[1]) + 1;
  const key = createHash('sha256')
    .update(`${studyHash} ${courseHash(course)}`)
    .digest('hex')
    .slice(0, KEY_LENGTH);
  return `${String(number).padStart(4, '0')}_${key}`;
}

export interface CheckpointPlace {
  /** Where the run's results go. */
  readonly outputDirectory: string;
  /** The training's own folder among the checkpoints there. */
  readonly training: string;
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
  const { outputDirectory, training, scratch, compress, maxIterations } = place;
  const folder = checkpointFolder(outputDirectory);
  const own = join(folder, training);
  const name = `iteration_${String(policy.completedIterations).padStart(6, '0')}`;
  const target = join(own, name);
  // Passed again after a resumption from an earlier one: the same iteration has the same cuts.
  if (existsSync(target) && isWhole(target)) return;
  const begun = existsSync(own);
  try {
    const fresh = join(scratch, begun ? name : training);
    const written = begun ? fresh : join(fresh, name);
    // Not with what is above: where that has gone, the run has been given up.
    mkdirSync(fresh);
    if (!begun) mkdirSync(written);
    writePolicy(written, policy, {
      compress,
      flush: true,
      directoryIsThere: true,
      ...(maxIterations === null ? {} : { maxIterations }),
    });
    makeDirectory(folder);
    remove(target, scratch);
    renameSync(fresh, begun ? target : own);
    flushDirectory(begun ? own : folder);
    for (const superfluous of listCheckpoints(own).slice(KEPT)) remove(superfluous, scratch);
    if (begun) return;
    for (const old of listTrainings(folder).slice(1 + KEPT_TRAININGS)) remove(old, scratch);
  } catch (cause) {
    rmSync(join(scratch, begun ? name : training), { recursive: true, force: true });
    throw unwritten(cause, target);
  }
}

/** Removes the checkpoints of all trainings but one: its results have taken the place of theirs. */
export function removeOtherTrainings(outputDirectory: string, training: string | null, scratch: string): void {
  for (const other of listTrainings(checkpointFolder(outputDirectory))) {
    if (basename(other) !== training) remove(other, scratch);
  }
}

function isWhole(directory: string): boolean {
  try {
    return readPolicy(directory).training !== null;
  } catch {
    return false;
  }
}

function remove(directory: string, scratch: string): void {
  if (!existsSync(directory)) return;
  const aside = join(scratch, 'removed');
  rmSync(aside, { recursive: true, force: true });
  renameSync(directory, aside);
  rmSync(aside, { recursive: true, force: true });
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
