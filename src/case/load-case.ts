import { basename, resolve } from 'node:path';
import { type CaseWarning, type CobreError, ValidationError } from '../errors.js';
import { listCase } from './case-files.js';
import { CASE_TABLES, type TableName } from './case-tables.js';
import { type ConfigOverrides, isOverridden, mergeOverrides, nameOverride } from './config-overrides.js';
import { deepFreeze } from './deep-freeze.js';
import { isComplete, OPTIONAL_JSON, type ParsedCase, REQUIRED_JSON } from './parsed-case.js';
import { readTable } from './read/parquet-table.js';
import { parseFile } from './read/parse-file.js';
import { readJson } from './read/read-json.js';
import { buildStudy } from './resolve/build-study.js';
import { caseSchemas, type JsonFileName } from './schema/index.js';
import type { Study } from './study.js';
import { studyHash } from './study-hash.js';
import { checkCase } from './validate/check-case.js';
import { Report } from './validate/report.js';

export interface LoadOptions {
  /** Merged deeply over `config.json` before validation; arrays replace. */
  readonly configOverrides?: ConfigOverrides;
}

interface Validation {
  /** Everything that is wrong with the case; empty for a valid one. */
  readonly errors: readonly CobreError[];
  readonly warnings: readonly CaseWarning[];
  /** The study, or `null` if there are errors. */
  readonly study: Study | null;
}

/**
 * Reads a case directory.
 *
 * @throws {ValidationError} with all errors found, if the case is not valid.
 */
export async function loadStudy(directory: string, options: LoadOptions = {}): Promise<Study> {
  const { study, errors } = await validateCase(directory, options);
  if (study === null) throw new ValidationError(errors);
  return study;
}

/** Reads a case directory and says what is wrong with it, all at once. Does not throw for bad input. */
export async function validateCase(directory: string, options: LoadOptions = {}): Promise<Validation> {
  const report = new Report();
  const listing = await listCase(directory);
  report.add(...listing.errors);
  if (!report.clean('.')) return { errors: report.errors, warnings: [], study: null };

  const data = await readFiles(directory, listing.present, options, report);
  checkCase(data, report);

  const errors = report.errors.map((error) => attributeToOverride(error, options.configOverrides));
  if (errors.length > 0 || !isComplete(data)) return { errors, warnings: report.warnings, study: null };
  const content = buildStudy(data, report);
  const study: Study = {
    name: basename(resolve(directory)),
    hash: studyHash(content),
    ...content,
    warnings: distinct(report.warnings),
  };
  return { errors: [], warnings: study.warnings, study: deepFreeze(study) };
}

/** Each warning once: what is said of training and simulation alike would stand twice. */
export function distinct(warnings: readonly CaseWarning[]): CaseWarning[] {
  return [...new Map(warnings.map((warning) => [`${warning.file} ${warning.message}`, warning])).values()];
}

async function readFiles(
  directory: string,
  present: ReadonlySet<string>,
  options: LoadOptions,
  report: Report,
): Promise<ParsedCase> {
  const json = async (file: JsonFileName) => {
    const content = await readJson(directory, file);
    if (!content.ok) {
      report.add(content.error);
      return undefined;
    }
    const overrides = file === 'config.json' ? options.configOverrides : undefined;
    const value = overrides === undefined ? content.value : mergeOverrides(content.value, overrides);
    const parsed = parseFile(file, caseSchemas[file], value);
    report.add(...parsed.errors);
    return parsed.content;
  };
  const table = async (name: TableName) => {
    const { file, columns } = CASE_TABLES[name];
    if (!present.has(file)) return null;
    const content = await readTable(directory, file, columns);
    if (content.ok) return content.table;
    report.add(...content.errors);
    return undefined;
  };
  // One after the other: errors then come in the order of the files.
  const data: Partial<Record<keyof ParsedCase, unknown>> = {};
  for (const [key, file] of entries(REQUIRED_JSON)) data[key] = await json(file);
  for (const [key, file] of entries(OPTIONAL_JSON)) data[key] = present.has(file) ? await json(file) : null;
  for (const [key] of entries(CASE_TABLES)) data[key] = await table(key);
  return data as ParsedCase;
}

function entries<K extends string, V>(record: Readonly<Record<K, V>>): [K, V][] {
  return Object.entries(record) as [K, V][];
}

function attributeToOverride(error: CobreError, overrides: ConfigOverrides | undefined): CobreError {
  if (overrides === undefined || error.file !== 'config.json' || error.kind === 'ParseError') return error;
  const path = (error.field ?? '').split(/[.[\]]+/).filter((key) => key !== '');
  return isOverridden(overrides, path) ? nameOverride(error) : error;
}
