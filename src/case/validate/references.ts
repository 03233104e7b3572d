import { CORRELATION, INFLOW_STATS, LOAD_FACTORS, LOAD_STATS, type ParsedCase } from '../parsed-case.js';
import { formatPath } from '../read/field-path.js';
import { rowInWords } from '../read/parquet-table.js';
import type { Report } from './report.js';

/**
 * Identifiers known to the case. `undefined` when their file is broken or names one twice, where the other entry may
 * have been meant to have the id that is missed.
 */
interface KnownIds {
  readonly what: string;
  readonly ids: ReadonlySet<number>;
}

/** Most ids that a suggestion lists. */
const LISTED_IDS = 10;

/** References to entities, stages, seasons and profiles that do not exist. */
export function checkReferences(data: ParsedCase, report: Report): void {
  const buses = known('bus', data.buses?.buses);
  const hydros = known('hydro', data.hydros?.hydros);
  const stages = known('stage', data.stages?.stages);
  const allStages = known('stage', data.stages && [...data.stages.stages, ...data.stages.pre_study_stages]);
  const refer = (target: KnownIds | undefined, value: number, file: string, field: string, row?: number) => {
    if (target === undefined || target.ids.has(value)) return;
    const place = row === undefined ? `${field} of ${file}` : `${rowInWords(row)} of ${file}`;
    report.error('MissingReference', `${place} refers to ${target.what} ${value}, which does not exist`, {
      file,
      field,
      value,
      ...(row === undefined ? {} : { context: { row } }),
      suggestion: listIds(target),
    });
  };

  for (const [i, line] of (data.lines?.lines ?? []).entries()) {
    refer(buses, line.source_bus_id, 'system/lines.json', `lines[${i}].source_bus_id`);
    refer(buses, line.target_bus_id, 'system/lines.json', `lines[${i}].target_bus_id`);
  }
  for (const [i, hydro] of (data.hydros?.hydros ?? []).entries()) {
    refer(buses, hydro.bus_id, 'system/hydros.json', `hydros[${i}].bus_id`);
    if (typeof hydro.downstream_id === 'number') {
      refer(hydros, hydro.downstream_id, 'system/hydros.json', `hydros[${i}].downstream_id`);
    }
  }
  for (const [i, thermal] of (data.thermals?.thermals ?? []).entries()) {
    refer(buses, thermal.bus_id, 'system/thermals.json', `thermals[${i}].bus_id`);
  }
  for (const list of ['storage', 'past_inflows', 'recent_observations'] as const) {
    for (const [i, entry] of (data.initialConditions?.[list] ?? []).entries()) {
      refer(hydros, entry.hydro_id, 'initial_conditions.json', `${list}[${i}].hydro_id`);
    }
  }
  for (const [i, entry] of (data.loadFactors?.load_factors ?? []).entries()) {
    refer(buses, entry.bus_id, LOAD_FACTORS, `load_factors[${i}].bus_id`);
    refer(stages, entry.stage_id, LOAD_FACTORS, `load_factors[${i}].stage_id`);
  }
  for (const [i, transition] of (data.stages?.policy_graph.transitions ?? []).entries()) {
    refer(stages, transition.source_id, 'stages.json', `policy_graph.transitions[${i}].source_id`);
    refer(stages, transition.target_id, 'stages.json', `policy_graph.transitions[${i}].target_id`);
  }
  checkSeasons(data, refer);
  checkCorrelation(data, report, refer, { buses, hydros, stages });

  const inflow = data.inflowStats;
  if (inflow) {
    eachNew(inflow.columns.hydro_id, (value, row) => refer(hydros, value, INFLOW_STATS, 'hydro_id', row));
    eachNew(inflow.columns.stage_id, (value, row) => refer(allStages, value, INFLOW_STATS, 'stage_id', row));
  }
  const load = data.loadStats;
  if (load) {
    eachNew(load.columns.bus_id, (value, row) => refer(buses, value, LOAD_STATS, 'bus_id', row));
    eachNew(load.columns.stage_id, (value, row) => refer(allStages, value, LOAD_STATS, 'stage_id', row));
  }
}

type Refer = (target: KnownIds | undefined, value: number, file: string, field: string, row?: number) => void;

/** Season numbers are free labels unless the file defines them. */
function checkSeasons(data: ParsedCase, refer: Refer): void {
  const seasons = known('season', data.stages?.season_definitions?.seasons);
  for (const list of ['stages', 'pre_study_stages'] as const) {
    for (const [i, stage] of (data.stages?.[list] ?? []).entries()) {
      if (typeof stage.season_id === 'number') {
        refer(seasons, stage.season_id, 'stages.json', `${list}[${i}].season_id`);
      }
    }
  }
}

function checkCorrelation(
  data: ParsedCase,
  report: Report,
  refer: Refer,
  ids: { buses: KnownIds | undefined; hydros: KnownIds | undefined; stages: KnownIds | undefined },
): void {
  if (!data.correlation) return;
  const { profiles, schedule } = data.correlation;
  for (const [name, profile] of Object.entries(profiles)) {
    for (const [g, group] of profile.correlation_groups.entries()) {
      for (const [i, entity] of group.entities.entries()) {
        const target = entity.type === 'inflow' ? ids.hydros : ids.buses;
        const field = formatPath(['profiles', name, 'correlation_groups', g, 'entities', i, 'id']);
        refer(target, entity.id, CORRELATION, field);
      }
    }
  }
  for (const [i, entry] of (schedule ?? []).entries()) {
    refer(ids.stages, entry.stage_id, CORRELATION, `schedule[${i}].stage_id`);
    if (Object.hasOwn(profiles, entry.profile_name)) continue;
    report.error(
      'MissingReference',
      `schedule[${i}] refers to the profile ${entry.profile_name}, which does not exist`,
      {
        file: CORRELATION,
        field: `schedule[${i}].profile_name`,
        value: entry.profile_name,
        suggestion: `The known profiles are ${Object.keys(profiles).join(', ')}.`,
      },
    );
  }
}

function known(what: string, entries: readonly { id: number }[] | undefined): KnownIds | undefined {
  if (entries === undefined) return undefined;
  const ids = new Set(entries.map((entry) => entry.id));
  return ids.size === entries.length ? { what, ids } : undefined;
}

function listIds({ what, ids }: KnownIds): string {
  if (ids.size === 0) return `There is no ${what} at all.`;
  const first = [...ids].slice(0, LISTED_IDS).join(', ');
  return `Known ids of this kind (${what}): ${first}${ids.size > LISTED_IDS ? ', ...' : ''}.`;
}

/** Calls back once for each distinct value, with the first row that holds it. */
function eachNew(values: Float64Array, visit: (value: number, row: number) => void): void {
  const seen = new Set<number>();
  for (let row = 0; row < values.length; row++) {
    if (seen.has(values[row])) continue;
    seen.add(values[row]);
    visit(values[row], row);
  }
}
