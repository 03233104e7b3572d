import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { CobreError } from '../errors.js';
import { makeDirectory } from './files.js';
import { ioError, withIoErrors } from './io-error.js';

/** The parts of an output directory that are replaced as a whole. */
export const PARTS = ['training', 'policy', 'simulation', 'hydro_models', 'stochastic'] as const;
type Part = (typeof PARTS)[number];

const PREFIX = '.cobre-tmp-';
/** Stands in a staging from the moment it is complete; holds the parts that go without a successor, a line each. */
const COMMIT_MARKER = 'commit';
const NAME = /^\.cobre-tmp-(\d+)-[0-9a-f]+(-discarded)?$/;
/** Node waits 100 ms, 200 ms, ... between them. */
const REMOVAL_RETRIES = 3;
/** File times and the process's start are read from different clocks: allow for this much between them [ms]. */
const CLOCK_SLACK_MS = 1000;

/*
 * Layout of a staging directory:
 *   new/<part>   results as they are written
 *   commit       present from the moment all results are complete
 *   old/<part>   earlier results, moved aside
 *   scratch/     what is still being written, or about to be removed, and never part of the results
 * Whoever finds one of a dead process finishes what it began: with `commit` the remaining parts are moved into
 * place, without it the new results are incomplete or were given up, and are removed.
 */

/**
 * A temporary directory beside the results, on the same file system, where a run writes until it is complete.
 * `commit` then moves each part into place by renaming. A run that fails, or is killed, leaves earlier results as
 * they were. One run at a time may write to an output directory.
 */
export class Staging {
  /** Those of this thread that are neither committed nor discarded. */
  static readonly #open = new Set<Staging>();

  /** Write results here: `<directory>/training`, `<directory>/policy`, `<directory>/simulation`. */
  readonly directory: string;
  /** On the same file system, for what is moved into place or removed on its own. */
  readonly scratch: string;
  readonly #root: string;
  /** As it was given to `open`. */
  readonly outputDirectory: string;
  /** The first directory that `open` had to make, or `undefined`. */
  readonly #made: string | undefined;
  #done = false;

  private constructor(outputDirectory: string, root: string, made: string | undefined) {
    this.outputDirectory = outputDirectory;
    this.#root = root;
    this.#made = made;
    this.directory = join(root, 'new');
    this.scratch = join(root, 'scratch');
  }

  /**
   * Makes `outputDirectory` if need be, tidies up after runs that were killed there, and starts a new staging.
   * @throws CobreError `IoError` when the directory cannot be made or written
   */
  static open(outputDirectory: string): Staging {
    const made = withIoErrors(outputDirectory, 'make the output directory', () => makeDirectory(outputDirectory));
    recoverLeftovers(outputDirectory);
    const root = join(outputDirectory, `${PREFIX}${process.pid}-${randomBytes(8).toString('hex')}`);
    const staging = new Staging(outputDirectory, root, made);
    withIoErrors(outputDirectory, 'write to the output directory', () => {
      makeDirectory(staging.directory);
      makeDirectory(staging.scratch);
    });
    Staging.#open.add(staging);
    return staging;
  }

  /** Throws away what is not committed yet, before the process ends without waiting for anything. */
  static discardAll(): void {
    for (const staging of Staging.#open) staging.discard();
  }

  /**
   * Moves every part written so far into place, replacing earlier ones: all of them or, when that fails, none.
   * @param superseded parts that no longer belong to what stands beside them: they go, whether or not written anew
   * @param tidy what else is to go, once all is in place; should it fail, the results are there all the same
   * @returns the parts that were replaced
   * @throws CobreError `IoError`, with earlier results back in place; `InvalidArgument` when called twice
   */
  commit(superseded: readonly Part[] = [], tidy: () => void = () => {}): Part[] {
    if (this.#done) throw new CobreError('InvalidArgument', 'these results were already committed or discarded');
    const parts = PARTS.filter((part) => existsSync(join(this.directory, part)));
    try {
      const gone = superseded.filter((part) => !parts.includes(part));
      // What a next start needs to finish this, should it be killed halfway.
      writeFileSync(join(this.#root, COMMIT_MARKER), gone.join('\n'));
      swapIn(this.#root, this.outputDirectory, parts, gone);
    } catch (cause) {
      if (!isEmptyOrMissing(join(this.#root, 'old'))) {
        // Earlier results could not be put back: keep them where they are; the next start tries again.
        this.#close();
      }
      throw ioError(cause, this.outputDirectory, 'move the results into place');
    }
    this.#close();
    try {
      // First of all: whoever finds the rest must not move anything any more.
      rmSync(join(this.#root, COMMIT_MARKER), { force: true });
      tidy();
    } catch {
      // What is left over does no harm.
    }
    removeTree(this.#root);
    return parts;
  }

  /** Throws the written results away. Harmless after `commit` and when called twice. */
  discard(): void {
    if (this.#done) return;
    this.#close();
    // Under another name first: ranks that still write there must not bring it back, nor move what is half removed.
    const dead = `${this.#root}-discarded`;
    try {
      renameSync(this.#root, dead);
      removeTree(dead);
    } catch {
      removeTree(this.#root);
    }
    if (this.#made === undefined) return;
    try {
      // Only when empty, so nothing of anyone else is lost; and nothing above what this made.
      for (let made = this.outputDirectory; ; made = dirname(made)) {
        rmdirSync(made);
        if (relative(this.#made, made) === '' || dirname(made) === made) break;
      }
    } catch {
      // Someone else uses the directory by now.
    }
  }

  #close(): void {
    this.#done = true;
    Staging.#open.delete(this);
  }

  [Symbol.dispose](): void {
    this.discard();
  }
}

/** Renames old parts aside and new ones in; on failure puts all back and throws what happened. */
function swapIn(root: string, outputDirectory: string, parts: readonly Part[], superseded: readonly Part[]): void {
  const undo: (() => void)[] = [];
  const move = (from: string, to: string): void => {
    renameSync(from, to);
    undo.push(() => renameSync(to, from));
  };
  try {
    makeDirectory(join(root, 'old'));
    for (const part of [...superseded, ...parts]) {
      const target = join(outputDirectory, part);
      if (existsSync(target)) move(target, join(root, 'old', part));
      if (parts.includes(part)) move(join(root, 'new', part), target);
    }
  } catch (cause) {
    // The results did not get in: a later run must not finish what this one gave up.
    rmSync(join(root, COMMIT_MARKER), { force: true });
    for (const step of undo.reverse()) {
      try {
        step();
      } catch {
        // One part that cannot be put back must not keep the others from it.
      }
    }
    throw cause;
  }
}

function recoverLeftovers(outputDirectory: string): void {
  withIoErrors(outputDirectory, 'tidy up after an earlier run', () => {
    for (const entry of readdirSync(outputDirectory).sort()) {
      const pid = NAME.exec(entry)?.[1];
      if (pid === undefined) continue;
      const root = join(outputDirectory, entry);
      if (isInUse(Number(pid), root)) continue;
      if (existsSync(join(root, COMMIT_MARKER))) finishCommit(root, outputDirectory);
      else putBack(root, outputDirectory);
      removeTree(root);
    }
  });
}

/** Returns parts to their place that a failed commit moved aside and could not put back. */
function putBack(root: string, outputDirectory: string): void {
  for (const part of PARTS) {
    const old = join(root, 'old', part);
    const target = join(outputDirectory, part);
    if (existsSync(old) && !existsSync(target)) renameSync(old, target);
  }
}

function finishCommit(root: string, outputDirectory: string): void {
  const remaining = PARTS.filter((part) => existsSync(join(root, 'new', part)));
  const superseded = readFileSync(join(root, COMMIT_MARKER), 'utf8').split('\n');
  makeDirectory(join(root, 'old'));
  for (const part of PARTS.filter((name) => superseded.includes(name))) {
    const target = join(outputDirectory, part);
    if (existsSync(target)) renameSync(target, join(root, 'old', part));
  }
  for (const part of remaining) {
    const target = join(outputDirectory, part);
    const old = join(root, 'old', part);
    // Whatever stands in both places is what the killed run had not yet moved, or nothing.
    if (existsSync(target)) {
      rmSync(old, { recursive: true, force: true });
      renameSync(target, old);
    }
    renameSync(join(root, 'new', part), target);
  }
}

function isInUse(pid: number, root: string): boolean {
  if (pid === process.pid) {
    // Process ids repeat, in containers above all: older than this process means it was another's.
    const processStart = Date.now() - process.uptime() * 1000;
    return statSync(root).mtimeMs >= processStart - CLOCK_SLACK_MS;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function isEmptyOrMissing(directory: string): boolean {
  try {
    return readdirSync(directory).length === 0;
  } catch {
    return true;
  }
}

function removeTree(root: string): void {
  try {
    // Threads that are about to be ended may still write into it.
    rmSync(root, { recursive: true, force: true, maxRetries: REMOVAL_RETRIES });
  } catch {
    // The results are safe; a directory that cannot be removed now is removed at the next start.
  }
}
