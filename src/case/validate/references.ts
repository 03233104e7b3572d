import { parseExpression } from '../generic-expression.js';
import {
  CORRELATION,
  EXCHANGE_FACTORS,
  GENERIC_CONSTRAINTS,
  LOAD_FACTORS,
  type ParsedCase,
  PRODUCTION_MODELS,
  SOURCE_FACTORS,
} from '../parsed-case.js';
import { formatPath } from '../read/field-path.js';
import { ENTITIES } from '../resolve/generic-constraints.js';
import { type Known, type KnownIds, knownIds, reportMissing } from './known-ids.js';
import type { Report } from './report.js';
import { checkTableReferences } from './table-rows.js';

type Refer = (target: KnownIds | undefined, value: number | null | undefined, file: string, field: string) => void;

/** References to entities, stages, seasons and profiles that do not exist. */
export function checkReferences(data: ParsedCase, report: Report): void {
  const known = knownIds(data);
  const refer: Refer = (target, value, file, field) => {
    if (typeof value !== 'number' || target === undefined || target.ids.has(value)) return;
    reportMissing(report, target, value, { file, field, place: `${field} of ${file}` });
  };
  checkSystem(data, known, refer);
  for (const list of ['storage', 'filling_storage', 'past_inflows', 'recent_observations'] as const) {
    for (const [i, entry] of (data.initialConditions?.[list] ?? []).entries()) {
      refer(known.hydros, entry.hydro_id, 'initial_conditions.json', `${list}[${i}].hydro_id`);
    }
  }
  checkFactors(data, known, refer);
  for (const [i, transition] of (data.stages?.policy_graph.transitions ?? []).entries()) {
    refer(known.stages, transition.source_id, 'stages.json', `policy_graph.transitions[${i}].source_id`);
    refer(known.stages, transition.target_id, 'stages.json', `policy_graph.transitions[${i}].target_id`);
  }
  checkSeasons(data, known, refer);
  checkProductionModels(data, known, refer);
  checkCorrelation(data, report, refer, known);
  checkExpressions(data, known, refer);
  checkTableReferences(data, known, report);
}

function checkSystem(data: ParsedCase, known: Known, refer: Refer): void {
  const { buses, hydros } = known;
  for (const [i, line] of (data.lines?.lines ?? []).entries()) {
    refer(buses, line.source_bus_id, 'system/lines.json', `lines[${i}].source_bus_id`);
    refer(buses, line.target_bus_id, 'system/lines.json', `lines[${i}].target_bus_id`);
  }
  for (const [i, hydro] of (data.hydros?.hydros ?? []).entries()) {
    const file = 'system/hydros.json';
    refer(buses, hydro.bus_id, file, `hydros[${i}].bus_id`);
    refer(hydros, hydro.downstream_id, file, `hydros[${i}].downstream_id`);
    refer(hydros, hydro.diversion?.downstream_id, file, `hydros[${i}].diversion.downstream_id`);
    refer(known.stages, hydro.filling?.start_stage_id, file, `hydros[${i}].filling.start_stage_id`);
  }
  for (const [i, thermal] of (data.thermals?.thermals ?? []).entries()) {
    refer(buses, thermal.bus_id, 'system/thermals.json', `thermals[${i}].bus_id`);
  }
  for (const [i, source] of (data.sources?.non_controllable_sources ?? []).entries()) {
    const field = `non_controllable_sources[${i}].bus_id`;
    refer(buses, source.bus_id, 'system/non_controllable_sources.json', field);
  }
  for (const [i, pump] of (data.pumps?.pumping_stations ?? []).entries()) {
    const file = 'system/pumping_stations.json';
    refer(buses, pump.bus_id, file, `pumping_stations[${i}].bus_id`);
    refer(hydros, pump.source_hydro_id, file, `pumping_stations[${i}].source_hydro_id`);
    refer(hydros, pump.destination_hydro_id, file, `pumping_stations[${i}].destination_hydro_id`);
  }
  for (const [i, contract] of (data.contracts?.contracts ?? []).entries()) {
    refer(buses, contract.bus_id, 'system/energy_contracts.json', `contracts[${i}].bus_id`);
  }
}

function checkFactors(data: ParsedCase, known: Known, refer: Refer): void {
  for (const [i, entry] of (data.loadFactors?.load_factors ?? []).entries()) {
    refer(known.buses, entry.bus_id, LOAD_FACTORS, `load_factors[${i}].bus_id`);
    refer(known.stages, entry.stage_id, LOAD_FACTORS, `load_factors[${i}].stage_id`);
  }
  for (const [i, entry] of (data.sourceFactors?.non_controllable_factors ?? []).entries()) {
    refer(known.sources, entry.ncs_id, SOURCE_FACTORS, `non_controllable_factors[${i}].ncs_id`);
    refer(known.stages, entry.stage_id, SOURCE_FACTORS, `non_controllable_factors[${i}].stage_id`);
  }
  for (const [i, entry] of (data.exchangeFactors?.exchange_factors ?? []).entries()) {
    refer(known.lines, entry.line_id, EXCHANGE_FACTORS, `exchange_factors[${i}].line_id`);
    refer(known.stages, entry.stage_id, EXCHANGE_FACTORS, `exchange_factors[${i}].stage_id`);
  }
}

/** Season numbers are free labels unless the file defines them. */
function checkSeasons(data: ParsedCase, known: Known, refer: Refer): void {
  for (const list of ['stages', 'pre_study_stages'] as const) {
    for (const [i, stage] of (data.stages?.[list] ?? []).entries()) {
      refer(known.seasons, stage.season_id, 'stages.json', `${list}[${i}].season_id`);
    }
  }
  for (const [i, entry] of (data.initialConditions?.past_inflows ?? []).entries()) {
    for (const [j, season] of (entry.season_ids ?? []).entries()) {
      refer(known.seasons, season, 'initial_conditions.json', `past_inflows[${i}].season_ids[${j}]`);
    }
  }
}

/** The stages of a range only bound it and need not exist. */
function checkProductionModels(data: ParsedCase, known: Known, refer: Refer): void {
  for (const [i, entry] of (data.productionModels?.production_models ?? []).entries()) {
    refer(known.hydros, entry.hydro_id, PRODUCTION_MODELS, `production_models[${i}].hydro_id`);
    if (entry.selection_mode !== 'seasonal') continue;
    for (const [j, { season_id }] of entry.seasons.entries()) {
      refer(known.seasons, season_id, PRODUCTION_MODELS, `production_models[${i}].seasons[${j}].season_id`);
    }
  }
}

/** Entities that the expressions of generic constraints speak of. */
function checkExpressions(data: ParsedCase, known: Known, refer: Refer): void {
  for (const [i, { expression }] of (data.genericConstraints?.constraints ?? []).entries()) {
    const parsed = parseExpression(expression);
    if (!parsed.ok) continue;
    const seen = new Set<string>();
    for (const { variable, id } of parsed.expression.terms) {
      const kind = ENTITIES[variable];
      if (seen.has(`${kind} ${id}`)) continue;
      seen.add(`${kind} ${id}`);
      refer(known[kind], id, GENERIC_CONSTRAINTS, `constraints[${i}].expression`);
    }
  }
}

const CORRELATED = { inflow: 'hydros', load: 'buses', ncs: 'sources' } as const;

function checkCorrelation(data: ParsedCase, report: Report, refer: Refer, known: Known): void {
  if (!data.correlation) return;
  const { profiles, schedule } = data.correlation;
  for (const [name, profile] of Object.entries(profiles)) {
    for (const [g, group] of profile.correlation_groups.entries()) {
      for (const [i, entity] of group.entities.entries()) {
        const target = known[CORRELATED[entity.type]];
        const field = formatPath(['profiles', name, 'correlation_groups', g, 'entities', i, 'id']);
        refer(target, entity.id, CORRELATION, field);
      }
    }
  }
  for (const [i, entry] of (schedule ?? []).entries()) {
    refer(known.stages, entry.stage_id, CORRELATION, `schedule[${i}].stage_id`);
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
