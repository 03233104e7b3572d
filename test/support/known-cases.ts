import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CASES } from '../published/expected.js';
import type { CaseContent } from './case-builder.js';
import { examples } from './cases.js';
import { readCase } from './read-case.js';
import { RUNNING_CASES } from './running-cases.js';

/** A case of the tests by name. */
export interface KnownCase {
  readonly name: string;
  content(): Promise<CaseContent>;
}

const casesIn = (directory: string): string[] =>
  readdirSync(directory)
    .sort()
    .map((name) => join(directory, name))
    .filter((path) => existsSync(join(path, 'config.json')));

const kept = (path: string): KnownCase => ({ name: basename(path), content: () => readCase(path) });

/** The directories of the examples. */
export const EXAMPLE_DIRECTORIES = casesIn(examples);
/** Those of the published examples. */
export const PUBLISHED_DIRECTORIES = casesIn(CASES);

/** The cases that use all files of the format. */
export const WHOLE_CASES: readonly KnownCase[] = Object.entries(RUNNING_CASES).map(([name, make]) => ({
  name: `everything, ${name}`,
  content: async () => make(),
}));

/** Every case that the project has. */
export const KNOWN_CASES: readonly KnownCase[] = [
  ...WHOLE_CASES,
  ...EXAMPLE_DIRECTORIES.map(kept),
  ...PUBLISHED_DIRECTORIES.map(kept),
];
