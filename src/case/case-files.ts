import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CobreError } from '../errors.js';
import { CASE_TABLES } from './case-tables.js';
import { OPTIONAL_JSON, REQUIRED_JSON } from './parsed-case.js';
import { editDistance, nearestName } from './read/nearest-name.js';

/** Files that a case may have. */
const OPTIONAL_FILES: readonly string[] = [
  ...Object.values(OPTIONAL_JSON),
  ...Object.values(CASE_TABLES).map(({ file }) => file),
];

const DIRECTORIES = ['system', 'scenarios', 'constraints'] as const;
const KNOWN_FILES: readonly string[] = [...Object.values(REQUIRED_JSON), ...OPTIONAL_FILES];
/** A directory with neither of these is no case. */
const CASE_MARKS: readonly string[] = ['config.json', 'system'];
/** Wrong letters that make a name a misspelling of a known one rather than something else. */
const TYPO = 2;
/** Comes with the files of `stochastic/` when all of them are copied to a case's `scenarios/`; it only reports. */
const REPORTS: readonly string[] = ['scenarios/fitting_report.json'];
/** Anything else (notes, scripts) may lie beside the data. */
const DATA = /\.(?:json|parquet)$/i;

interface CaseListing {
  /** Files of the format that are there. */
  readonly present: ReadonlySet<string>;
  readonly errors: readonly CobreError[];
}

/**
 * What a case directory holds. A data file in `system`, `scenarios` or `constraints` that the format does not know is
 * an error: it is a misspelt optional file, whose data would be lost in silence. So is one at the top level, and there
 * also a directory whose name resembles a known one; others may lie there, such as results.
 */
export async function listCase(directory: string): Promise<CaseListing> {
  const present = new Set<string>();
  const errors: CobreError[] = [];
  let top: { name: string; isDirectory(): boolean }[];
  try {
    top = await readdir(directory, { withFileTypes: true });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const why = code === 'ENOENT' ? 'does not exist' : code === 'ENOTDIR' ? 'is a file' : `cannot be read (${code})`;
    const error = new CobreError('MissingFile', `the case directory ${directory} ${why}`, {
      file: '.',
      value: directory,
      suggestion: 'Give the directory that holds config.json.',
      cause,
    });
    return { present, errors: [error] };
  }
  const topNames = [...DIRECTORIES, ...KNOWN_FILES.filter((file) => !file.includes('/'))];
  let isCase = false;
  for (const entry of top) {
    if (CASE_MARKS.includes(entry.name)) isCase = true;
    if (topNames.includes(entry.name)) {
      if (!entry.isDirectory()) present.add(entry.name);
      continue;
    }
    const near = topNames.find((name) => editDistance(entry.name.toLowerCase(), name) <= TYPO);
    if (near !== undefined) {
      if (CASE_MARKS.includes(near)) isCase = true;
      errors.push(unknownEntry(entry.name, near));
    } else if (!entry.isDirectory() && !entry.name.startsWith('.') && DATA.test(entry.name)) {
      errors.push(unknownEntry(entry.name, nearestFile(entry.name)));
    }
  }
  if (!isCase) {
    const message = `${directory} is not a case directory: it has no config.json and no system/`;
    const error = new CobreError('MissingFile', message, {
      file: '.',
      suggestion: 'Give the directory that holds config.json.',
    });
    return { present, errors: [error] };
  }
  for (const folder of DIRECTORIES) {
    const known = KNOWN_FILES.filter((file) => file.startsWith(`${folder}/`));
    for (const entry of await entriesOf(join(directory, folder))) {
      const file = `${folder}/${entry}`;
      if (known.includes(file)) present.add(file);
      else if (REPORTS.includes(file)) continue;
      else if (DATA.test(entry) || known.some((each) => editDistance(file, each) <= TYPO)) {
        errors.push(unknownEntry(file, nearestFile(file)));
      }
    }
  }
  return { present, errors };
}

async function entriesOf(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch {
    // A missing folder shows in its missing files.
    return [];
  }
}

/**
 * The file of the format that a name most likely means, or `null`. Compared without folder and extension, so that two
 * names do not look alike for being of one type.
 */
export function nearestFile(file: string): string | null {
  const stem = (name: string) => name.replace(/^.*\//, '').replace(/\.[^.]*$/, '');
  const near = nearestName(stem(file), KNOWN_FILES.map(stem));
  return KNOWN_FILES.find((known) => stem(known) === near) ?? null;
}

function unknownEntry(file: string, near: string | null): CobreError {
  return new CobreError('SchemaViolation', `${file} is not part of the case format, so its content would be lost`, {
    file,
    suggestion: near === null ? 'Move it out of the case.' : `Did you mean ${near}? Otherwise move it out of the case.`,
  });
}
