import { CASE_TABLES } from '../case-tables.js';
import {
  CORRELATION,
  INFLOW_STATS,
  LOAD_STATS,
  NOISE_OPENINGS,
  type ParsedCase,
  SOURCE_STATS,
} from '../parsed-case.js';
import { formatPath } from '../read/field-path.js';
import { rowInWords } from '../read/parquet-table.js';
import { stochasticBusIds, stochasticSourceIds } from '../stochastic-entities.js';
import type { Report } from './report.js';

/** The order of the entities of an opening. */
const DIMENSIONS = 'hydros by id, then buses with random load by id, then sources with random availability by id';

/** Whether tables and matrices have the extent that stages, blocks and entities ask for. */
export function checkCoverage(data: ParsedCase, report: Report): void {
  checkStatistics(data, report);
  checkCorrelationShape(data, report);
  checkNoiseOpenings(data, report);
}

interface Served {
  readonly id: number;
  readonly entry_stage_id?: number | null | undefined;
  readonly exit_stage_id?: number | null | undefined;
}

/**
 * A table of statistics that is there and not empty has a row for every entity at every stage; for hydros, at those at
 * which they operate.
 */
function checkStatistics(data: ParsedCase, report: Report): void {
  const stageIds = data.stages?.stages.map((stage) => stage.id);
  // Which stage is missed cannot be said where two have the same id.
  if (stageIds === undefined || new Set(stageIds).size < stageIds.length) return;
  const check = (
    file: string,
    column: string,
    entities: readonly Served[] | undefined,
    ids: Float64Array | undefined,
    stages: Float64Array | undefined,
  ) => {
    if (entities === undefined || ids === undefined || stages === undefined || ids.length === 0) return;
    const covered = new Set<string>();
    for (let row = 0; row < ids.length; row++) covered.add(`${ids[row]} ${stages[row]}`);
    for (const { id, entry_stage_id: entry, exit_stage_id: exit } of entities) {
      const missing = stageIds.filter(
        (stage) => stage >= (entry ?? stage) && stage < (exit ?? stage + 1) && !covered.has(`${id} ${stage}`),
      );
      if (missing.length === 0) continue;
      const word = missing.length === 1 ? 'stage' : 'stages';
      report.error('CoverageMismatch', `${file} has no row for ${column} ${id} at ${word} ${missing.join(', ')}`, {
        file,
        field: column,
        value: id,
        context: { missingStages: missing },
        suggestion: `Add one row for each stage with ${column} ${id}.`,
      });
    }
  };
  const inflow = data.inflowStats?.columns;
  check(INFLOW_STATS, 'hydro_id', data.hydros?.hydros, inflow?.hydro_id, inflow?.stage_id);
  const load = data.loadStats?.columns;
  check(LOAD_STATS, 'bus_id', data.buses?.buses, load?.bus_id, load?.stage_id);

  checkInflow(data, report);
  if (data.loadStats !== undefined && !data.loadStats?.rows) {
    report.warn('CoverageMismatch', 'there are no load statistics, so every bus has no load', {
      file: LOAD_STATS,
      suggestion: 'Give mean and standard deviation for every bus and stage, be they 0.',
    });
  }
}

/** Inflow comes from statistics or a history. Without both there is none, which a case that speaks of inflow cannot mean. */
function checkInflow({ hydros, inflowStats, inflowHistory, ...data }: ParsedCase, report: Report): void {
  if (!hydros?.hydros.length || inflowStats === undefined || inflowHistory === undefined) return;
  if (inflowStats?.rows || inflowHistory?.rows) return;
  const { config, coefficients, annual, initialConditions } = data;
  const meant = [
    ...(config?.estimation === undefined ? [] : ['estimation of config.json']),
    ...(coefficients?.rows ? [CASE_TABLES.coefficients.file] : []),
    ...(annual?.rows ? [CASE_TABLES.annual.file] : []),
    ...(initialConditions?.past_inflows.length ? ['past_inflows of initial_conditions.json'] : []),
  ];
  if (meant.length === 0) {
    report.warn('CoverageMismatch', 'there are no inflow statistics, so every hydro gets no inflow', {
      file: INFLOW_STATS,
      suggestion: 'Give mean and standard deviation for every hydro and stage, be they 0.',
    });
    return;
  }
  const history = CASE_TABLES.inflowHistory.file;
  const message = `there are neither ${INFLOW_STATS} nor ${history}, but ${meant.join(' and ')} ${meant.length === 1 ? 'needs' : 'need'} one of them`;
  report.error('CoverageMismatch', message, {
    file: config?.estimation === undefined ? INFLOW_STATS : history,
    suggestion: `Add ${INFLOW_STATS}, or ${history} to estimate from; or remove what speaks of inflow.`,
  });
}

function checkCorrelationShape(data: ParsedCase, report: Report): void {
  if (!data.correlation) return;
  for (const [name, profile] of Object.entries(data.correlation.profiles)) {
    for (const [g, { entities, matrix }] of profile.correlation_groups.entries()) {
      const field = formatPath(['profiles', name, 'correlation_groups', g, 'matrix']);
      const size = entities.length;
      const suggestion = `Write ${size} rows of ${size} numbers, in the order of the group's entities.`;
      if (matrix.length !== size) {
        report.error('CoverageMismatch', `${field} has ${matrix.length} rows for ${size} entities`, {
          file: CORRELATION,
          field,
          value: matrix,
          suggestion,
        });
        continue;
      }
      for (const [r, row] of matrix.entries()) {
        if (row.length === size) continue;
        report.error('CoverageMismatch', `${field}[${r}] has ${row.length} numbers for ${size} entities`, {
          file: CORRELATION,
          field: `${field}[${r}]`,
          value: row,
          suggestion,
        });
      }
    }
  }
}

/**
 * Openings are complete: for every stage, `num_scenarios` openings of one value for each hydro, each bus with random
 * load and each source with random availability. Stages are numbered by position or by id.
 */
function checkNoiseOpenings(data: ParsedCase, report: Report): void {
  const { noiseOpenings, stages, hydros, loadStats, sourceStats } = data;
  if (!noiseOpenings || !stages || !hydros || loadStats === undefined || sourceStats === undefined) return;
  if (!report.clean('stages.json', 'system/hydros.json', LOAD_STATS, SOURCE_STATS)) return;
  const file = NOISE_OPENINGS;
  const sorted = [...stages.stages].sort((a, b) => a.id - b.id);
  const studyStages = new Set(sorted.map((stage) => stage.id));
  const buses = stochasticBusIds(loadStats, studyStages).length;
  const dimension = hydros.hydros.length + buses + stochasticSourceIds(sourceStats, studyStages).length;
  const columns = noiseOpenings.columns;

  const numbers = new Set(columns.stage_id);
  const byPosition = sorted.every((_, t) => numbers.has(t)) && numbers.size === sorted.length;
  const byId = sorted.every((stage) => numbers.has(stage.id)) && numbers.size === sorted.length;
  if (dimension > 0 && noiseOpenings.rows === 0) {
    report.error('CoverageMismatch', `${file} has no rows`, {
      file,
      field: 'value',
      context: { rows: 0 },
      suggestion: `Write num_scenarios openings of ${dimension} values for every stage, or remove the file.`,
    });
    return;
  }
  if (dimension > 0 && !byPosition && !byId) {
    const found = [...numbers].sort((a, b) => a - b);
    report.error('StageMismatch', `${file} has the stages ${listed(found)}, not 0 to ${sorted.length - 1}`, {
      file,
      field: 'stage_id',
      value: found,
      suggestion: `Write openings for each of the ${sorted.length} stages, numbered from 0.`,
    });
    return;
  }
  const position = new Map(sorted.map((stage, t) => [byPosition ? t : stage.id, t]));
  const stageOf = (row: number) => position.get(columns.stage_id[row]) ?? 0;
  for (let row = 0; row < noiseOpenings.rows; row++) {
    const entity = columns.entity_index[row];
    if (entity >= dimension) {
      report.error('CoverageMismatch', `${rowInWords(row)} of ${file} has entity ${entity}; there are ${dimension}`, {
        file,
        field: 'entity_index',
        value: entity,
        context: { row },
        suggestion: `Number the entities from 0 to ${dimension - 1}: ${DIMENSIONS}.`,
      });
      return;
    }
    const opening = columns.opening_index[row];
    const openings = sorted[stageOf(row)].num_scenarios;
    if (opening >= openings) {
      report.error(
        'CoverageMismatch',
        `${rowInWords(row)} of ${file} has opening ${opening}; its stage has ${openings}`,
        {
          file,
          field: 'opening_index',
          value: opening,
          context: { row },
          suggestion: `Number the openings from 0 to num_scenarios - 1 = ${openings - 1}.`,
        },
      );
      return;
    }
  }
  const seen = new Set<string>();
  for (let row = 0; row < noiseOpenings.rows; row++) {
    const key = `${stageOf(row)} ${columns.opening_index[row]} ${columns.entity_index[row]}`;
    if (seen.has(key)) {
      report.error(
        'DuplicateId',
        `${rowInWords(row)} of ${file} repeats the stage, opening and entity of an earlier row`,
        {
          file,
          field: 'entity_index',
          value: columns.entity_index[row],
          context: { row },
          suggestion: 'Keep one row for each stage, opening and entity.',
        },
      );
      return;
    }
    seen.add(key);
  }
  // No row is out of range and none stands twice, so the number of rows says whether any is missing.
  const rowsAt = new Float64Array(sorted.length);
  for (let row = 0; row < noiseOpenings.rows; row++) rowsAt[stageOf(row)] += 1;
  const short = sorted.filter((stage, t) => rowsAt[t] < stage.num_scenarios * dimension);
  if (short.length > 0) {
    const [{ id, num_scenarios: openings }] = short;
    const rows = rowsAt[sorted.indexOf(short[0])];
    const expected = openings * dimension;
    const more = short.length > 1 ? `, and too few at ${short.length - 1} more` : '';
    report.error('CoverageMismatch', `${file} has ${rows} of the ${expected} values of stage ${id}${more}`, {
      file,
      field: 'value',
      context: { stage_id: id, rows, expected },
      suggestion: `Stage ${id} needs ${openings} openings (its num_scenarios) of ${dimension} ${dimension === 1 ? 'value' : 'values'}.`,
    });
  }
}

function listed(values: readonly number[]): string {
  return values.length > 10 ? `${values.slice(0, 10).join(', ')}, ...` : values.join(', ');
}
