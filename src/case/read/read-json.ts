import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CobreError } from '../../errors.js';
import { fileError } from './file-error.js';
import { findJsonFault } from './json-syntax.js';

/** The content of a JSON file, or why there is none. */
type JsonContent = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: CobreError };

/** Reads and parses a JSON file of a case. Never throws for what the file holds. */
export async function readJson(directory: string, file: string): Promise<JsonContent> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(join(directory, file));
  } catch (cause) {
    return { ok: false, error: fileError(file, cause) };
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    return {
      ok: false,
      error: new CobreError('ParseError', `${file} is not UTF-8 text`, {
        file,
        suggestion: 'Save the file as UTF-8.',
        cause,
      }),
    };
  }
  const fault = findJsonFault(text);
  if (fault === null) return { ok: true, value: JSON.parse(text) as unknown };
  const { line, column, reason } = fault;
  return {
    ok: false,
    error: new CobreError('ParseError', `${file} is not valid JSON at line ${line}, column ${column}: ${reason}`, {
      file,
      context: { line, column },
      suggestion: text.startsWith('\uFEFF')
        ? 'Save the file as UTF-8 without a byte order mark.'
        : `Correct line ${line} of ${file}.`,
    }),
  };
}
