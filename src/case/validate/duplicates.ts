import {
  EXCHANGE_FACTORS,
  GENERIC_CONSTRAINTS,
  LOAD_FACTORS,
  type ParsedCase,
  PRODUCTION_MODELS,
  SOURCE_FACTORS,
} from '../parsed-case.js';
import type { Report } from './report.js';
import { checkTableDuplicates } from './table-rows.js';

/** Identifiers, and keys of rows, that stand more than once in their file. */
export function checkDuplicates(data: ParsedCase, report: Report): void {
  checkIds(report, 'system/buses.json', 'buses', data.buses?.buses);
  checkIds(report, 'system/lines.json', 'lines', data.lines?.lines);
  checkIds(report, 'system/hydros.json', 'hydros', data.hydros?.hydros);
  checkIds(report, 'system/thermals.json', 'thermals', data.thermals?.thermals);
  const sources = data.sources?.non_controllable_sources;
  checkIds(report, 'system/non_controllable_sources.json', 'non_controllable_sources', sources);
  checkIds(report, 'system/pumping_stations.json', 'pumping_stations', data.pumps?.pumping_stations);
  checkIds(report, 'system/energy_contracts.json', 'contracts', data.contracts?.contracts);
  checkIds(report, GENERIC_CONSTRAINTS, 'constraints', data.genericConstraints?.constraints);
  const models = data.productionModels?.production_models.map((entry) => entry.hydro_id);
  checkKeys(report, PRODUCTION_MODELS, 'production_models', 'hydro_id', models);
  for (const [i, entry] of (data.productionModels?.production_models ?? []).entries()) {
    if (entry.selection_mode !== 'seasonal') continue;
    const seasons = entry.seasons.map((season) => season.season_id);
    checkKeys(report, PRODUCTION_MODELS, `production_models[${i}].seasons`, 'season_id', seasons);
  }
  checkIds(report, 'stages.json', 'stages', data.stages?.stages);
  checkIds(report, 'stages.json', 'pre_study_stages', data.stages?.pre_study_stages);
  checkIds(report, 'stages.json', 'season_definitions.seasons', data.stages?.season_definitions?.seasons);

  const initial = 'initial_conditions.json';
  for (const list of ['storage', 'filling_storage', 'past_inflows'] as const) {
    const ids = data.initialConditions?.[list].map((entry) => entry.hydro_id);
    checkKeys(report, initial, list, 'hydro_id', ids);
  }
  const schedule = data.correlation?.schedule?.map((entry) => entry.stage_id);
  checkKeys(report, 'scenarios/correlation.json', 'schedule', 'stage_id', schedule);

  checkFactors(data, report);
  checkTableDuplicates(data, report);
}

function checkIds(report: Report, file: string, list: string, entries: readonly { id: number }[] | undefined): void {
  checkKeys(
    report,
    file,
    list,
    'id',
    entries?.map((entry) => entry.id),
  );
}

function checkKeys(
  report: Report,
  file: string,
  list: string,
  key: string,
  values: readonly number[] | undefined,
): void {
  const firstAt = new Map<number, number>();
  for (const [i, value] of (values ?? []).entries()) {
    const first = firstAt.get(value);
    if (first === undefined) {
      firstAt.set(value, i);
      continue;
    }
    report.error('DuplicateId', `${list}[${i}] of ${file} repeats the ${key} ${value} of ${list}[${first}]`, {
      file,
      field: `${list}[${i}].${key}`,
      value,
      suggestion: `Give every entry its own ${key}, or remove the duplicate.`,
    });
  }
}

function checkFactors(data: ParsedCase, report: Report): void {
  const load = data.loadFactors?.load_factors;
  checkFactorList(report, LOAD_FACTORS, 'load_factors', 'bus', 'bus_id', load);
  const sources = data.sourceFactors?.non_controllable_factors;
  checkFactorList(report, SOURCE_FACTORS, 'non_controllable_factors', 'source', 'ncs_id', sources);
  const lines = data.exchangeFactors?.exchange_factors;
  checkFactorList(report, EXCHANGE_FACTORS, 'exchange_factors', 'line', 'line_id', lines);
}

type Factors<K extends string> = Record<K | 'stage_id', number> & { block_factors: { block_id: number }[] };

function checkFactorList<K extends string>(
  report: Report,
  file: string,
  list: string,
  what: string,
  key: K,
  entries: readonly Factors<K>[] | undefined,
): void {
  const firstAt = new Map<string, number>();
  for (const [i, entry] of (entries ?? []).entries()) {
    const both = `${entry[key]} ${entry.stage_id}`;
    const first = firstAt.get(both);
    if (first === undefined) firstAt.set(both, i);
    else {
      const pair = `${what} ${entry[key]} and stage ${entry.stage_id}`;
      report.error('DuplicateId', `${list}[${i}] repeats ${pair} of ${list}[${first}]`, {
        file,
        field: `${list}[${i}]`,
        value: { [key]: entry[key], stage_id: entry.stage_id },
        suggestion: 'Merge the two entries into one.',
      });
    }
    const blocks = entry.block_factors.map((block) => block.block_id);
    checkKeys(report, file, `${list}[${i}].block_factors`, 'block_id', blocks);
  }
}
