import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { CobreError } from '../errors.js';
import { ioError, withIoErrors } from './io-error.js';

/**
 * Makes a directory and those above it, as far as they are missing.
 * Not `mkdirSync` with `recursive`: in places where nothing can be made (below /proc, say) that never returns.
 * @returns the topmost directory that was made, or `undefined` when all were there
 */
export function makeDirectory(directory: string): string | undefined {
  try {
    mkdirSync(directory);
    return directory;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(directory).isDirectory()) return undefined;
    const parent = dirname(directory);
    if (code !== 'ENOENT' || parent === directory) throw cause;
    const made = makeDirectory(parent);
    try {
      mkdirSync(directory);
    } catch (again) {
      // Another rank made it in between.
      if ((again as NodeJS.ErrnoException).code !== 'EEXIST') throw again;
    }
    return made ?? directory;
  }
}

/** Writes a whole file, making its directory. @throws CobreError `IoError` */
export function writeFile(file: string, content: string | Uint8Array): void {
  withIoErrors(file, 'write results', () => makeDirectory(dirname(file)));
  writeFileInto(file, content);
}

/**
 * Writes a whole file into a directory that is there. Not where it has gone: somebody has given up what is written here.
 * @param flush whether to wait until it is on the disk, so that a power failure cannot take it back
 * @throws CobreError `IoError`
 */
export function writeFileInto(file: string, content: string | Uint8Array, flush = false): void {
  withIoErrors(file, 'write results', () => writeFileSync(file, content, { flush }));
}

/** Waits until the names in a directory are on the disk. Not all file systems can be asked for that. */
export function flushDirectory(directory: string): void {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(directory, 'r');
    fsyncSync(descriptor);
  } catch {
    // What is there is complete; a power failure at this very moment may take it back.
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Reads a whole file. @throws CobreError `MissingFile` or `IoError` */
export function readFile(file: string, suggestion: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new CobreError('MissingFile', `${file} does not exist`, { file, suggestion, cause });
    }
    throw ioError(cause, file, 'read it');
  }
}

/** Writes `value` as indented JSON with a final newline. @throws CobreError `IoError` */
export function writeJson(file: string, value: unknown): void {
  writeFile(file, jsonText(value));
}

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Reads JSON of a given shape. @throws CobreError `MissingFile`, `IoError` or `ParseError` */
export function readJson<T>(file: string, schema: z.ZodType<T>, suggestion: string): T {
  const text = readFile(file, suggestion).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new CobreError('ParseError', `${file} is not valid JSON`, { file, suggestion, cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  throw new CobreError('ParseError', `${file} does not have the expected fields: ${field}: ${issue?.message ?? ''}`, {
    file,
    field,
    suggestion,
  });
}
