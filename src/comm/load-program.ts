import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CobreError } from '../errors.js';
import type { RankProgram } from './rank-program.js';

/** A word, then a colon: a URL. Two letters at least, so that a Windows drive is a path. */
const URL_SCHEME = /^[a-z][a-z0-9+.-]+:/i;

/** Turns a path or URL into a URL that `import()` takes on every thread. Relative paths start at the working directory. */
export function resolveModule(moduleUrl: string | URL): string {
  if (!(typeof moduleUrl === 'string' || moduleUrl instanceof URL) || String(moduleUrl) === '') {
    throw new CobreError('InvalidArgument', 'the rank program must be given as the path or URL of a module', {
      field: 'moduleUrl',
      value: moduleUrl,
      suggestion: "pass new URL('./program.js', import.meta.url)",
    });
  }
  const text = String(moduleUrl);
  const url = URL_SCHEME.test(text) ? text : pathToFileURL(resolve(text)).href;
  if (url.startsWith('file:') && !existsSync(fileURLToPath(new URL(url)))) {
    throw new CobreError('InvalidArgument', `there is no module ${text}`, {
      field: 'moduleUrl',
      value: text,
      suggestion: "pass the path of an existing module, or new URL('./program.js', import.meta.url)",
    });
  }
  return url;
}

/** Imports a rank program. What the module itself throws while loading goes through as it is. */
export async function loadProgram(url: string): Promise<RankProgram> {
  const program = ((await import(url)) as { default?: unknown }).default;
  if (typeof program !== 'function') {
    throw new CobreError('InvalidArgument', `the module ${url} has no function as its default export`, {
      field: 'moduleUrl',
      value: url,
      suggestion: 'write `export default function (comm, args, context) { ... }`',
    });
  }
  return program as RankProgram;
}
