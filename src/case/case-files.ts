import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CobreError } from '../errors.js';
import { editDistance, nearestName } from './read/nearest-name.js';

/** JSON files that every case has. */
export const REQUIRED_FILES = [
  'config.json',
  'penalties.json',
  'stages.json',
  'initial_conditions.json',
  'system/buses.json',
  'system/lines.json',
  'system/hydros.json',
  'system/thermals.json',
] as const;

/** Files that a case may have and that this version reads. */
export const OPTIONAL_FILES = [
  'scenarios/inflow_seasonal_stats.parquet',
  'scenarios/load_seasonal_stats.parquet',
  'scenarios/load_factors.json',
  'scenarios/correlation.json',
  'scenarios/noise_openings.parquet',
] as const;

/** Files of the format that this version does not support yet, with what they bring. */
export const UNSUPPORTED_FILES: Readonly<Record<string, string>> = {
  'system/non_controllable_sources.json': 'non-controllable sources',
  'system/pumping_stations.json': 'pumping stations',
  'system/energy_contracts.json': 'energy contracts',
  'system/hydro_geometry.parquet': 'reservoir geometry',
  'system/hydro_production_models.json': 'hydro production models',
  'system/fpha_hyperplanes.parquet': 'FPHA hyperplanes',
  'scenarios/inflow_history.parquet': 'estimation from inflow history',
  'scenarios/inflow_ar_coefficients.parquet': 'autoregressive inflow, PAR(p) with p > 0',
  'scenarios/inflow_annual_component.parquet': 'the annual component of inflow',
  'scenarios/external_inflow_scenarios.parquet': 'external inflow scenarios',
  'scenarios/external_load_scenarios.parquet': 'external load scenarios',
  'scenarios/external_ncs_scenarios.parquet': 'external scenarios of non-controllable sources',
  'scenarios/non_controllable_factors.json': 'block factors of non-controllable sources',
  'scenarios/non_controllable_stats.parquet': 'statistics of non-controllable sources',
  'constraints/thermal_bounds.parquet': 'bounds of thermals by stage',
  'constraints/hydro_bounds.parquet': 'bounds of hydros by stage',
  'constraints/line_bounds.parquet': 'bounds of lines by stage',
  'constraints/pumping_bounds.parquet': 'bounds of pumping stations by stage',
  'constraints/contract_bounds.parquet': 'bounds of contracts by stage',
  'constraints/ncs_bounds.parquet': 'bounds of non-controllable sources by stage',
  'constraints/exchange_factors.json': 'block factors of line capacities',
  'constraints/generic_constraints.json': 'generic constraints',
  'constraints/generic_constraint_bounds.parquet': 'bounds of generic constraints',
  'constraints/penalty_overrides_bus.parquet': 'penalties of buses by stage',
  'constraints/penalty_overrides_line.parquet': 'penalties of lines by stage',
  'constraints/penalty_overrides_hydro.parquet': 'penalties of hydros by stage',
  'constraints/penalty_overrides_ncs.parquet': 'penalties of non-controllable sources by stage',
};

const DIRECTORIES = ['system', 'scenarios', 'constraints'] as const;
const KNOWN_FILES: readonly string[] = [...REQUIRED_FILES, ...OPTIONAL_FILES, ...Object.keys(UNSUPPORTED_FILES)];
/** A directory with neither of these is no case. */
const CASE_MARKS: readonly string[] = ['config.json', 'system'];
/** Wrong letters that make a name a misspelling of a known one rather than something else. */
const TYPO = 2;
/** Anything else (notes, scripts) may lie beside the data. */
const DATA = /\.(?:json|parquet)$/i;

export interface CaseListing {
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

/** Compared without extension, so that two names do not look alike for being of one type. */
function nearestFile(file: string): string | null {
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
