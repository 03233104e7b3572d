import { INFLOW_STATS, LOAD_FACTORS, LOAD_STATS, type ParsedCase } from '../parsed-case.js';
import type { Report } from './report.js';

/** Identifiers, and keys of rows, that stand more than once in their file. */
export function checkDuplicates(data: ParsedCase, report: Report): void {
  checkIds(report, 'system/buses.json', 'buses', data.buses?.buses);
  checkIds(report, 'system/lines.json', 'lines', data.lines?.lines);
  checkIds(report, 'system/hydros.json', 'hydros', data.hydros?.hydros);
  checkIds(report, 'system/thermals.json', 'thermals', data.thermals?.thermals);
  checkIds(report, 'stages.json', 'stages', data.stages?.stages);
  checkIds(report, 'stages.json', 'pre_study_stages', data.stages?.pre_study_stages);
  checkIds(report, 'stages.json', 'season_definitions.seasons', data.stages?.season_definitions?.seasons);

  const initial = 'initial_conditions.json';
  checkKeys(
    report,
    initial,
    'storage',
    'hydro_id',
    data.initialConditions?.storage.map((entry) => entry.hydro_id),
  );
  const past = data.initialConditions?.past_inflows.map((entry) => entry.hydro_id);
  checkKeys(report, initial, 'past_inflows', 'hydro_id', past);
  const schedule = data.correlation?.schedule?.map((entry) => entry.stage_id);
  checkKeys(report, 'scenarios/correlation.json', 'schedule', 'stage_id', schedule);

  checkLoadFactors(data, report);
  const inflow = data.inflowStats?.columns;
  if (inflow) checkRows(report, INFLOW_STATS, 'hydro_id', inflow.hydro_id, inflow.stage_id);
  const load = data.loadStats?.columns;
  if (load) checkRows(report, LOAD_STATS, 'bus_id', load.bus_id, load.stage_id);
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

function checkLoadFactors(data: ParsedCase, report: Report): void {
  const firstAt = new Map<string, number>();
  for (const [i, entry] of (data.loadFactors?.load_factors ?? []).entries()) {
    const key = `${entry.bus_id} ${entry.stage_id}`;
    const first = firstAt.get(key);
    if (first === undefined) firstAt.set(key, i);
    else {
      const pair = `bus ${entry.bus_id} and stage ${entry.stage_id}`;
      report.error('DuplicateId', `load_factors[${i}] repeats ${pair} of load_factors[${first}]`, {
        file: LOAD_FACTORS,
        field: `load_factors[${i}]`,
        value: { bus_id: entry.bus_id, stage_id: entry.stage_id },
        suggestion: 'Merge the two entries into one.',
      });
    }
    const blocks = entry.block_factors.map((block) => block.block_id);
    checkKeys(report, LOAD_FACTORS, `load_factors[${i}].block_factors`, 'block_id', blocks);
  }
}

function checkRows(report: Report, file: string, entity: string, ids: Float64Array, stages: Float64Array): void {
  const firstAt = new Map<string, number>();
  const repeated: [first: number, row: number][] = [];
  for (let row = 0; row < ids.length; row++) {
    const key = `${ids[row]} ${stages[row]}`;
    const first = firstAt.get(key);
    if (first === undefined) firstAt.set(key, row);
    else repeated.push([first, row]);
  }
  if (repeated.length === 0) return;
  const [first, row] = repeated[0];
  const more = repeated.length > 1 ? `, and ${repeated.length - 1} more like that` : '';
  const key = `${entity} ${ids[row]}, stage_id ${stages[row]}`;
  report.error('DuplicateId', `${file} has ${key} in rows ${first} and ${row} (counted from 0)${more}`, {
    file,
    field: entity,
    value: ids[row],
    context: { row, stage_id: stages[row], count: repeated.length },
    suggestion: `Keep one row for each pair of ${entity} and stage_id.`,
  });
}
