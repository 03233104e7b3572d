import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PARTS, Staging } from '#cobre/results/staging';
import { runSync } from '../support/child.js';
import { temporaryDirectory } from './fixture.js';

function put(directory: string, part: string, content: string): void {
  mkdirSync(join(directory, part), { recursive: true });
  writeFileSync(join(directory, part, 'data'), content);
}

function contents(directory: string): Record<string, string> {
  const parts = PARTS.filter((part) => existsSync(join(directory, part)));
  return Object.fromEntries(parts.map((part) => [part, readFileSync(join(directory, part, 'data'), 'utf8')]));
}

/** Every part with one content. */
function all(content: string): Record<string, string> {
  return Object.fromEntries(PARTS.map((part) => [part, content]));
}

function hidden(directory: string): string[] {
  return readdirSync(directory).filter((entry) => entry.startsWith('.'));
}

/** A process id that was in use and is not any more. */
function deadPid(): number {
  return runSync(process.execPath, ['-e', '']).pid;
}

describe('Staging', () => {
  it('puts nothing in place before commit and everything after', () => {
    const output = join(temporaryDirectory(), 'a', 'b');
    const staging = Staging.open(output);
    put(staging.directory, 'training', 'new');
    put(staging.directory, 'policy', 'new');
    expect(contents(output)).toEqual({});
    expect(staging.commit()).toEqual(['training', 'policy']);
    expect(contents(output)).toEqual({ training: 'new', policy: 'new' });
    expect(hidden(output)).toEqual([]);
  });

  it('replaces the parts a run wrote, as a whole, and leaves the others', () => {
    const output = temporaryDirectory();
    put(output, 'policy', 'old');
    put(output, 'simulation', 'old');
    writeFileSync(join(output, 'policy', 'stale'), '');
    writeFileSync(join(output, 'notes.txt'), 'mine');
    const staging = Staging.open(output);
    put(staging.directory, 'policy', 'new');
    staging.commit();
    expect(contents(output)).toEqual({ policy: 'new', simulation: 'old' });
    expect(existsSync(join(output, 'policy', 'stale'))).toBe(false);
    expect(readFileSync(join(output, 'notes.txt'), 'utf8')).toBe('mine');
  });

  it('leaves earlier results and no trace when discarded', () => {
    const output = temporaryDirectory();
    put(output, 'training', 'old');
    const staging = Staging.open(output);
    put(staging.directory, 'training', 'half');
    staging.discard();
    staging.discard();
    expect(contents(output)).toEqual({ training: 'old' });
    expect(hidden(output)).toEqual([]);
    expect(() => staging.commit()).toThrow(expect.objectContaining({ kind: 'InvalidArgument' }));
  });

  it('takes an output directory that it made away again when discarded', () => {
    const output = join(temporaryDirectory(), 'out');
    Staging.open(output).discard();
    expect(existsSync(output)).toBe(false);
  });

  it('puts all earlier results back when one part cannot be moved into place', () => {
    const output = temporaryDirectory();
    for (const part of PARTS) put(output, part, 'old');
    const staging = Staging.open(output);
    for (const part of PARTS) put(staging.directory, part, 'new');
    // The earlier simulation cannot be moved aside onto a directory that is not empty.
    put(dirname(staging.directory), 'old/simulation', 'obstacle');
    expect(() => staging.commit()).toThrow(expect.objectContaining({ kind: 'IoError', file: output }));
    expect(contents(output)).toEqual(all('old'));
  });

  it('cleans up after a run that was killed while it wrote', () => {
    const output = temporaryDirectory();
    put(output, 'training', 'old');
    put(output, `.cobre-tmp-${deadPid()}-00ff/new/training`, 'half');
    Staging.open(output).discard();
    expect(contents(output)).toEqual({ training: 'old' });
    expect(hidden(output)).toEqual([]);
  });

  it.each(PARTS.map((_, moved) => moved))('finishes a commit that was killed after %i parts', (moved) => {
    const output = temporaryDirectory();
    const leftover = join(output, `.cobre-tmp-${deadPid()}-00ff`);
    PARTS.forEach((part, index) => {
      if (index < moved) {
        put(output, part, 'new');
        put(leftover, `old/${part}`, 'old');
      } else if (index === moved) {
        // Killed between its two renames.
        put(leftover, `old/${part}`, 'old');
        put(leftover, `new/${part}`, 'new');
      } else {
        put(output, part, 'old');
        put(leftover, `new/${part}`, 'new');
      }
    });
    writeFileSync(join(leftover, 'commit'), '');
    Staging.open(output).discard();
    expect(contents(output)).toEqual(all('new'));
    expect(hidden(output)).toEqual([]);
  });

  it('returns results that a failed commit had left aside', () => {
    const output = temporaryDirectory();
    put(output, `.cobre-tmp-${deadPid()}-00ff/old/policy`, 'old');
    Staging.open(output).discard();
    expect(contents(output)).toEqual({ policy: 'old' });
  });

  it('leaves the staging of a live process alone', () => {
    const output = temporaryDirectory();
    const other = Staging.open(output);
    put(other.directory, 'policy', 'other');
    put(output, `.cobre-tmp-${process.ppid}-00ff/new/policy`, 'parent');
    Staging.open(output).discard();
    expect(hidden(output)).toHaveLength(2);
    other.commit();
    expect(contents(output)).toEqual({ policy: 'other' });
  });

  it('lets a process that ends at once throw away all that is not committed', () => {
    const output = temporaryDirectory();
    const fresh = join(output, 'fresh');
    const deep = join(fresh, 'a', 'b');
    const committed = Staging.open(output);
    put(committed.directory, 'policy', 'kept');
    committed.commit();
    put(Staging.open(output).directory, 'simulation', 'half');
    put(Staging.open(deep).directory, 'training', 'half');
    Staging.discardAll();
    expect(contents(output)).toEqual({ policy: 'kept' });
    expect(hidden(output)).toEqual([]);
    expect(existsSync(fresh)).toBe(false);
    Staging.discardAll();
  });

  it('recognises a leftover of an earlier process that had its own id', () => {
    const output = temporaryDirectory();
    const leftover = join(output, `.cobre-tmp-${process.pid}-00ff`);
    put(leftover, 'new/policy', 'half');
    utimesSync(leftover, 1, 1);
    Staging.open(output).discard();
    expect(hidden(output)).toEqual([]);
  });

  it('says so when the output directory is a file or below one', () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    for (const output of [file, join(file, 'sub')]) {
      expect(() => Staging.open(output)).toThrow(
        expect.objectContaining({ kind: 'IoError', file: output, suggestion: expect.stringMatching(/directory/) }),
      );
    }
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  it.skipIf(!existsSync('/proc/self'))(
    'says so when the output directory cannot be written (needs /proc, else skipped)',
    () => {
      expect(() => Staging.open('/proc/self/results')).toThrow(expect.objectContaining({ kind: 'IoError' }));
    },
  );
});
