import { findSeason, seasonCycles, slotOf } from '../../case/season-calendar.js';
import type { SeasonDefinitions } from '../../case/study.js';
import { CobreError } from '../../errors.js';
import type { SeasonStage } from './estimate-par.js';
import type { Finding } from './finding.js';
import type { AnnualComponents, StageCoefficients, StageStatistics } from './par-model.js';

const STATISTICS = 'scenarios/inflow_seasonal_stats.parquet';
const COEFFICIENTS = 'scenarios/inflow_ar_coefficients.parquet';
const ANNUAL = 'scenarios/inflow_annual_component.parquet';

/** Columns of a Parquet file, by name; rows in any order. */
type Columns<K extends string> = { readonly [name in K]: ArrayLike<number> };

type StatisticsTable = Columns<'hydro_id' | 'stage_id' | 'mean_m3s' | 'std_m3s'>;
type CoefficientsTable = Columns<'hydro_id' | 'stage_id' | 'lag' | 'coefficient' | 'residual_std_ratio'>;
export type AnnualTable = Columns<
  'hydro_id' | 'stage_id' | 'annual_coefficient' | 'annual_mean_m3s' | 'annual_std_m3s'
>;

/** A stage before the study, with the season that the case states for it. */
export type StageBefore = Pick<SeasonStage, 'id' | 'season'>;

/** What the tables are laid out by. */
export interface ModelShape {
  readonly hydroIds: readonly number[];
  readonly stages: readonly SeasonStage[];
  readonly preStudyStages: readonly StageBefore[];
  readonly definitions: SeasonDefinitions | null;
}

/**
 * Statistics as given; a pair without a row has mean and standard deviation 0. The statistics of a stage before the
 * study are those of its own row (`stage_id` -1 - k), else of the first stage in its season, which is the one that the
 * pre-study stage states, or the one as many seasons before that of stage 0. Where the study has no such stage they are
 * those of stage 0, with a warning.
 * @param depth how many stages before the study, see `lagDepth`.
 */
export function statisticsFromTable(
  table: StatisticsTable,
  shape: ModelShape,
  depth: number,
): { statistics: StageStatistics; warnings: Finding[] } {
  const { hydroIds, stages } = shape;
  const hydros = hydroIds.length;
  const mean = new Float64Array(stages.length * hydros);
  const std = new Float64Array(stages.length * hydros);
  const pastMean = new Float64Array(depth * hydros);
  const pastStd = new Float64Array(depth * hydros);
  const known = new Uint8Array(depth * hydros);
  const index = new RowIndex(shape);
  for (let row = 0; row < table.hydro_id.length; row += 1) {
    const k = -1 - table.stage_id[row];
    const h = index.hydro(table.hydro_id[row]);
    if (h === undefined) continue;
    if (k >= 0 && k < depth) {
      pastMean[k * hydros + h] = table.mean_m3s[row];
      pastStd[k * hydros + h] = table.std_m3s[row];
      known[k * hydros + h] = 1;
    }
    const t = index.stage(table.stage_id[row]);
    if (t === undefined) continue;
    mean[t * hydros + h] = table.mean_m3s[row];
    std[t * hydros + h] = table.std_m3s[row];
  }
  const warnings: Finding[] = [];
  for (let k = 0; k < depth && stages.length > 0; k += 1) {
    const own = known.subarray(k * hydros, (k + 1) * hydros);
    if (own.every((flag) => flag === 1)) continue;
    const source = stageInSeasonBefore(shape, k);
    if (source === null) warnings.push(noStatistics(k));
    for (let h = 0; h < hydros; h += 1) {
      if (own[h] === 1) continue;
      pastMean[k * hydros + h] = mean[(source ?? 0) * hydros + h];
      pastStd[k * hydros + h] = std[(source ?? 0) * hydros + h];
    }
  }
  return { statistics: { stages: stages.length, hydros, mean, std, pastMean, pastStd }, warnings };
}

/**
 * Coefficients as given. A pair without rows has order 0; rows of other hydros, or of stages before the study, are left
 * out.
 * @throws CobreError `DuplicateId` for a lag given twice, `CoverageMismatch` for one that is missing below another,
 * `IncompatibleSettings` for rows of a pair with different ratios, `OutOfRange` for a lag below 1 or an annual standard
 * deviation that is not positive.
 */
export function coefficientsFromTables(
  table: CoefficientsTable,
  annual: AnnualTable | null,
  shape: ModelShape,
): StageCoefficients {
  const hydros = shape.hydroIds.length;
  const entries = shape.stages.length * hydros;
  const index = new RowIndex(shape);
  const rows: number[] = [];
  const order = new Int32Array(entries);
  for (let row = 0; row < table.hydro_id.length; row += 1) {
    const entry = index.entry(table.hydro_id[row], table.stage_id[row]);
    if (entry < 0) continue;
    rows.push(row);
    order[entry] = Math.max(order[entry], table.lag[row]);
  }
  const maxOrder = order.reduce((most, own) => Math.max(most, own), 0);
  const coefficients = new Float64Array(entries * maxOrder).fill(Number.NaN);
  const residualStdRatio = new Float64Array(entries).fill(1);
  for (const row of rows) {
    const entry = index.entry(table.hydro_id[row], table.stage_id[row]);
    const at = entry * maxOrder + table.lag[row] - 1;
    if (!(table.lag[row] >= 1) || !Number.isNaN(coefficients[at])) throw badLag(table, row);
    coefficients[at] = table.coefficient[row];
    if (table.lag[row] === 1) residualStdRatio[entry] = table.residual_std_ratio[row];
  }
  for (let entry = 0; entry < entries; entry += 1) {
    for (let l = 0; l < maxOrder; l += 1) {
      const at = entry * maxOrder + l;
      if (!Number.isNaN(coefficients[at])) continue;
      if (l < order[entry]) throw missingLag(shape, entry, l + 1);
      coefficients[at] = 0;
    }
  }
  for (const row of rows) {
    const ratio = residualStdRatio[index.entry(table.hydro_id[row], table.stage_id[row])];
    if (Math.abs(table.residual_std_ratio[row] - ratio) > Number.EPSILON) throw twoRatios(table, row, ratio);
  }
  return {
    stages: shape.stages.length,
    hydros,
    order,
    maxOrder,
    coefficients,
    residualStdRatio,
    annual: annual && annual.hydro_id.length > 0 ? annualComponents(annual, index, entries) : null,
  };
}

function annualComponents(table: AnnualTable, index: RowIndex, entries: number): AnnualComponents {
  const coefficient = new Float64Array(entries);
  const mean = new Float64Array(entries);
  const std = new Float64Array(entries);
  for (let row = 0; row < table.hydro_id.length; row += 1) {
    const entry = index.entry(table.hydro_id[row], table.stage_id[row]);
    if (entry < 0) continue;
    if (std[entry] !== 0) throw doubled(ANNUAL, `hydro_id ${table.hydro_id[row]}, stage_id ${table.stage_id[row]}`);
    if (!(table.annual_std_m3s[row] > 0)) throw noAnnualStd(table, row);
    coefficient[entry] = table.annual_coefficient[row];
    mean[entry] = table.annual_mean_m3s[row];
    std[entry] = table.annual_std_m3s[row];
  }
  return { coefficient, mean, std };
}

/** First stage of the study in the season of stage -1 - k, or `null`. */
function stageInSeasonBefore({ stages, preStudyStages, definitions }: ModelShape, k: number): number | null {
  const stated = preStudyStages.find(({ id }) => id === -1 - k)?.season ?? null;
  const season = stated ?? seasonBefore(stages, definitions, k);
  const t = stages.findIndex((stage) => stage.season !== null && stage.season === season);
  return t < 0 ? null : t;
}

/** Id of the season k + 1 before that of stage 0: by the calendar, or without one in the cycle of the ids in use. */
function seasonBefore(stages: readonly SeasonStage[], definitions: SeasonDefinitions | null, k: number): number | null {
  const first = stages[0].season;
  if (first === null) return null;
  if (definitions !== null) {
    const cycles = seasonCycles(definitions);
    const found = findSeason(cycles, first);
    if (found !== null) {
      const cycle = cycles[found.cycle];
      return cycle.ids[slotOf(found.slot - 1 - k, cycle.seasons)];
    }
  }
  const ids = [...new Set(stages.flatMap(({ season }) => (season === null ? [] : [season])))].sort((a, b) => a - b);
  return ids[slotOf(ids.indexOf(first) - 1 - k, ids.length)];
}

/** Positions of ids. */
class RowIndex {
  readonly #hydros: ReadonlyMap<number, number>;
  readonly #stages: ReadonlyMap<number, number>;

  constructor({ hydroIds, stages }: ModelShape) {
    this.#hydros = new Map(hydroIds.map((id, h) => [id, h]));
    this.#stages = new Map(stages.map(({ id }, t) => [id, t]));
  }

  hydro(id: number): number | undefined {
    return this.#hydros.get(id);
  }

  stage(id: number): number | undefined {
    return this.#stages.get(id);
  }

  /** `t * H + h`, or -1. */
  entry(hydroId: number, stageId: number): number {
    const h = this.hydro(hydroId);
    const t = this.stage(stageId);
    return h === undefined || t === undefined ? -1 : t * this.#hydros.size + h;
  }
}

function noStatistics(k: number): Finding {
  return {
    file: STATISTICS,
    field: `stage_id ${-1 - k}`,
    value: null,
    message: `nothing tells the mean inflow of stage ${-1 - k}, which lags refer to: that of the first stage stands in`,
    suggestion: `Add rows with the stage_id ${-1 - k}; stages.json need not have such a stage.`,
  };
}

function badLag(table: CoefficientsTable, row: number): CobreError {
  const field = `hydro_id ${table.hydro_id[row]}, stage_id ${table.stage_id[row]}, lag ${table.lag[row]}`;
  if (table.lag[row] >= 1) return doubled(COEFFICIENTS, field);
  return new CobreError('OutOfRange', `${COEFFICIENTS} has the lag ${table.lag[row]}`, {
    file: COEFFICIENTS,
    field,
    value: table.lag[row],
    suggestion: 'Lags begin at 1.',
  });
}

function twoRatios(table: CoefficientsTable, row: number, ratio: number): CobreError {
  const pair = `hydro_id ${table.hydro_id[row]}, stage_id ${table.stage_id[row]}`;
  return new CobreError('IncompatibleSettings', `${COEFFICIENTS} has several ratios for ${pair}`, {
    file: COEFFICIENTS,
    field: `${pair}, lag ${table.lag[row]}, residual_std_ratio`,
    value: table.residual_std_ratio[row],
    suggestion: `Give all lags the same ratio; that of lag 1 is ${ratio}.`,
  });
}

function doubled(file: string, field: string): CobreError {
  return new CobreError('DuplicateId', `${file} has two rows for ${field}`, {
    file,
    field,
    suggestion: 'Keep one of them.',
  });
}

function missingLag({ hydroIds, stages }: ModelShape, entry: number, lag: number): CobreError {
  const hydro = hydroIds[entry % hydroIds.length];
  const stage = stages[Math.floor(entry / hydroIds.length)].id;
  return new CobreError('CoverageMismatch', `${COEFFICIENTS} has no lag ${lag} of hydro ${hydro} at stage ${stage}`, {
    file: COEFFICIENTS,
    field: `hydro_id ${hydro}, stage_id ${stage}, lag ${lag}`,
    value: null,
    suggestion: 'Give each lag from 1 to the order, with coefficient 0 where it has no effect.',
  });
}

function noAnnualStd(table: AnnualTable, row: number): CobreError {
  return new CobreError('OutOfRange', `${ANNUAL} has a standard deviation that is not positive`, {
    file: ANNUAL,
    field: `hydro_id ${table.hydro_id[row]}, stage_id ${table.stage_id[row]}, annual_std_m3s`,
    value: table.annual_std_m3s[row],
    suggestion: 'Give a positive number, or leave the row out.',
  });
}
