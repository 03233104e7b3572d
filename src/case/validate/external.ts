import { CASE_TABLES } from '../case-tables.js';
import type { ParsedCase } from '../parsed-case.js';
import { stochasticBusIds } from '../stochastic-entities.js';
import type { Report } from './report.js';
import type { AnyTable } from './table-rows.js';

type Source = NonNullable<NonNullable<ParsedCase['config']>['training']['scenario_source']>;

/** The classes of series: their name in `config.json`, their table, and the column that names its entities. */
const CLASSES = [
  { key: 'inflow', name: 'externalInflow', id: 'hydro_id' },
  { key: 'load', name: 'externalLoad', id: 'bus_id' },
  { key: 'ncs', name: 'externalAvailability', id: 'ncs_id' },
] as const;

/** Scenarios that are brought as values are complete where they are used. */
export function checkExternal(data: ParsedCase, report: Report): void {
  const { config, stages } = data;
  if (!config || !stages) return;
  const sources: [string, Source][] = [];
  if (config.training.scenario_source) sources.push(['training', config.training.scenario_source]);
  if (config.simulation.scenario_source) sources.push(['simulation', config.simulation.scenario_source]);
  for (const { key, name, id } of CLASSES) {
    const { file } = CASE_TABLES[name];
    const table = data[name] as AnyTable | null | undefined;
    const users = sources.filter(([, source]) => source[key]?.scheme === 'external').map(([section]) => section);
    if (users.length === 0) {
      if (table?.rows) {
        report.warn('IncompatibleSettings', `${file} has no effect, because no scheme of ${key} is external`, {
          file,
          suggestion: `Set ${key}.scheme of training.scenario_source, simulation.scenario_source or both to external, or remove the file.`,
        });
      }
      continue;
    }
    if (table === undefined) continue;
    if (table === null || table.rows === 0) {
      for (const section of users) {
        const field = `${section}.scenario_source.${key}.scheme`;
        report.error('IncompatibleSettings', `${field} is external, but there are no scenarios in ${file}`, {
          file: 'config.json',
          field,
          value: 'external',
          suggestion: `Add ${file}, or use another scheme.`,
        });
      }
      continue;
    }
    const needed = neededIds(data, key);
    if (needed === undefined || !report.clean(file)) continue;
    const counts = checkScenarios(report, file, id, table, stages.stages, needed);
    const scenarios = counts && Math.max(...counts.values());
    if (counts !== null) warnRagged(report, file, counts, users);
    const passes = config.training.forward_passes;
    if (users.includes('training') && scenarios !== null && scenarios < passes) {
      report.warn(
        'CoverageMismatch',
        `${file} has ${scenarios} scenarios for ${passes} forward passes, which repeat them`,
        {
          file,
          field: 'scenario_id',
          suggestion: `Give ${passes} scenarios, or set training.forward_passes to ${scenarios}.`,
        },
      );
    }
  }
}

/** Entities whose values a scenario consists of: those with noise. `undefined` if that cannot be said. */
function neededIds(data: ParsedCase, key: 'inflow' | 'load' | 'ncs'): number[] | undefined {
  const stageIds = new Set(data.stages?.stages.map((stage) => stage.id));
  if (key === 'inflow') return data.hydros?.hydros.map((hydro) => hydro.id);
  if (key === 'load') return data.loadStats === undefined ? undefined : stochasticBusIds(data.loadStats, stageIds);
  if (data.sourceStats === undefined) return undefined;
  return [...new Set(data.sourceStats?.columns.ncs_id)].sort((a, b) => a - b);
}

/** Most stages that a warning lists. */
const LISTED = 10;

/**
 * A scenario is followed through all stages. One that a stage does not have goes on there with another, which is no series any
 * more: its lags are of one scenario and its inflow of the other. One scenario at the first stages is a beginning that all
 * share.
 */
function warnRagged(report: Report, file: string, counts: ReadonlyMap<number, number>, users: readonly string[]): void {
  const most = Math.max(...counts.values());
  const ofStage = [...counts].sort(([a], [b]) => a - b);
  const begun = ofStage.findIndex(([, count]) => count > 1);
  const fewer = ofStage.slice(Math.max(begun, 0)).filter(([, count]) => count < most);
  if (fewer.length === 0) return;
  const listed = fewer.slice(0, LISTED).map(([stage, count]) => `${count} at stage ${stage}`);
  const more = fewer.length > LISTED ? ` and fewer at ${fewer.length - LISTED} more stages` : '';
  const [stage, count] = fewer[0];
  const there = `what follows scenario ${count} in ${users.join(' and ')} goes on with scenario 0 at stage ${stage}`;
  const message = `${file} has ${most} scenarios, but only ${listed.join(', ')}${more}: ${there}`;
  report.warn('CoverageMismatch', message, {
    file,
    field: 'scenario_id',
    value: count,
    suggestion: `Give every stage the scenarios 0 to ${most - 1}, or remove those from ${Math.min(...fewer.map(([, each]) => each))} on.`,
  });
}

/** Returns the number of scenarios by stage id, or `null` if something is missing. */
function checkScenarios(
  report: Report,
  file: string,
  id: string,
  { columns, rows }: AnyTable,
  stages: readonly { readonly id: number }[],
  needed: readonly number[],
): ReadonlyMap<number, number> | null {
  const known = new Set(needed);
  const stranger = columns[id].findIndex((entity) => !known.has(entity));
  if (stranger >= 0) {
    const entity = columns[id][stranger];
    report.error('IncompatibleSettings', `${file} has values for ${id} ${entity}, which is not random`, {
      file,
      field: id,
      value: entity,
      context: { row: stranger },
      suggestion: 'Remove its rows, or give it statistics with a standard deviation above 0.',
    });
    return null;
  }
  const fail = (message: string, stage: number, scenario: number | null, suggestion: string) => {
    report.error('CoverageMismatch', message, {
      file,
      field: scenario === null ? 'stage_id' : 'scenario_id',
      value: scenario ?? stage,
      context: { stage_id: stage },
      suggestion,
    });
    return null;
  };
  // No row stands twice and none is of another entity, so that their number tells whether a scenario is complete.
  const counts = new Map(stages.map((stage) => [stage.id, new Map<number, number>()]));
  for (let row = 0; row < rows; row++) {
    const ofStage = counts.get(columns.stage_id[row]);
    const scenario = columns.scenario_id[row];
    ofStage?.set(scenario, (ofStage.get(scenario) ?? 0) + 1);
  }
  for (const [stage, ofStage] of counts) {
    if (ofStage.size === 0) {
      return fail(`${file} has no row for stage ${stage}`, stage, null, 'Give scenarios for every stage.');
    }
    for (let scenario = 0; scenario < ofStage.size; scenario++) {
      if (ofStage.get(scenario) === needed.length) continue;
      const there = new Set(
        columns[id].filter((_, row) => columns.stage_id[row] === stage && columns.scenario_id[row] === scenario),
      );
      const missing = needed.find((entity) => !there.has(entity));
      return fail(
        `${file} has no row for ${id} ${missing} in scenario ${scenario} of stage ${stage}`,
        stage,
        scenario,
        'Number the scenarios of a stage from 0, with one row for each entity in each of them.',
      );
    }
  }
  return new Map([...counts].map(([stage, ofStage]) => [stage, ofStage.size]));
}
