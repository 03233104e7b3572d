import { basename, resolve } from 'node:path';
import type { z } from 'zod';
import { CobreError, ValidationError } from '../errors.js';
import { listCase, UNSUPPORTED_FILES } from './case-files.js';
import { type ConfigOverrides, isOverridden, mergeOverrides, nameOverride } from './config-overrides.js';
import { deepFreeze } from './deep-freeze.js';
import {
  CORRELATION,
  INFLOW_STATS,
  INFLOW_STATS_COLUMNS,
  isComplete,
  LOAD_FACTORS,
  LOAD_STATS,
  LOAD_STATS_COLUMNS,
  NOISE_OPENINGS,
  NOISE_OPENINGS_COLUMNS,
  type ParsedCase,
} from './parsed-case.js';
import type { ColumnTypes } from './read/parquet-columns.js';
import { countRows, readTable, type Table } from './read/parquet-table.js';
import { parseFile } from './read/parse-file.js';
import { readJson } from './read/read-json.js';
import { buildStudy } from './resolve/build-study.js';
import { type CaseSchemas, caseSchemas, type JsonFileName } from './schema/index.js';
import type { Study } from './study.js';
import { studyHash } from './study-hash.js';
import { checkCase } from './validate/check-case.js';
import { Report } from './validate/report.js';

export interface LoadOptions {
  /** Merged deeply over `config.json` before validation; arrays replace. */
  readonly configOverrides?: ConfigOverrides;
}

export interface Validation {
  /** Everything that is wrong with the case; empty for a valid one. */
  readonly errors: readonly CobreError[];
  readonly warnings: readonly string[];
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

  await refuseUnsupportedFiles(directory, listing.present, report);
  const data = await readFiles(directory, listing.present, options, report);
  checkCase(data, report);

  const errors = report.errors.map((error) => attributeToOverride(error, options.configOverrides));
  if (errors.length > 0 || !isComplete(data)) return { errors, warnings: report.warnings, study: null };
  const content = buildStudy(data, (file, message) => report.warn(file, message));
  const study: Study = {
    name: basename(resolve(directory)),
    hash: studyHash(content),
    ...content,
    warnings: [...new Set(report.warnings)],
  };
  return { errors: [], warnings: study.warnings, study: deepFreeze(study) };
}

async function readFiles(
  directory: string,
  present: ReadonlySet<string>,
  options: LoadOptions,
  report: Report,
): Promise<ParsedCase> {
  const required = async <F extends JsonFileName>(file: F) => {
    const content = await readJson(directory, file);
    if (!content.ok) {
      report.add(content.error);
      return undefined;
    }
    const overrides = file === 'config.json' ? options.configOverrides : undefined;
    const value = overrides === undefined ? content.value : mergeOverrides(content.value, overrides);
    return parse(file, value, report);
  };
  const optional = async <F extends JsonFileName>(file: F) => (present.has(file) ? required(file) : null);
  const table = async <C extends ColumnTypes>(file: string, columns: C): Promise<Table<C> | null | undefined> => {
    if (!present.has(file)) return null;
    const content = await readTable(directory, file, columns);
    if (content.ok) return content.table;
    report.add(...content.errors);
    return undefined;
  };
  // One after the other: errors then come in the order of the files.
  return {
    config: await required('config.json'),
    penalties: await required('penalties.json'),
    stages: await required('stages.json'),
    initialConditions: await required('initial_conditions.json'),
    buses: await required('system/buses.json'),
    lines: await required('system/lines.json'),
    hydros: await required('system/hydros.json'),
    thermals: await required('system/thermals.json'),
    loadFactors: await optional(LOAD_FACTORS),
    correlation: await optional(CORRELATION),
    inflowStats: await table(INFLOW_STATS, INFLOW_STATS_COLUMNS),
    loadStats: await table(LOAD_STATS, LOAD_STATS_COLUMNS),
    noiseOpenings: await table(NOISE_OPENINGS, NOISE_OPENINGS_COLUMNS),
  };
}

function parse<F extends JsonFileName>(file: F, value: unknown, report: Report): z.output<CaseSchemas[F]> | undefined {
  const parsed = parseFile(file, caseSchemas[file], value);
  report.add(...parsed.errors);
  return parsed.content as z.output<CaseSchemas[F]> | undefined;
}

/** A file that is not supported yet may be there as long as it brings nothing. */
async function refuseUnsupportedFiles(directory: string, present: ReadonlySet<string>, report: Report): Promise<void> {
  for (const [file, feature] of Object.entries(UNSUPPORTED_FILES)) {
    if (!present.has(file)) continue;
    const empty = file.endsWith('.parquet') ? await isEmptyTable(directory, file) : await isEmptyList(directory, file);
    if (empty instanceof CobreError) report.add(empty);
    else if (!empty) {
      report.error('NotSupported', `${file} is not supported yet: it brings ${feature}`, {
        file,
        suggestion: 'Remove the file to solve the case without it.',
      });
    }
  }
}

async function isEmptyTable(directory: string, file: string): Promise<boolean | CobreError> {
  const rows = await countRows(directory, file);
  return typeof rows === 'number' ? rows === 0 : rows;
}

async function isEmptyList(directory: string, file: string): Promise<boolean | CobreError> {
  const content = await readJson(directory, file);
  if (!content.ok) return content.error;
  if (typeof content.value !== 'object' || content.value === null) return false;
  const { $schema: _, ...lists } = content.value as Record<string, unknown>;
  return Object.values(lists).every((list) => Array.isArray(list) && list.length === 0);
}

function attributeToOverride(error: CobreError, overrides: ConfigOverrides | undefined): CobreError {
  if (overrides === undefined || error.file !== 'config.json' || error.kind === 'ParseError') return error;
  const path = (error.field ?? '').split(/[.[\]]+/).filter((key) => key !== '');
  return isOverridden(overrides, path) ? nameOverride(error) : error;
}
