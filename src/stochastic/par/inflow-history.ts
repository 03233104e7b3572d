import { type SeasonCycle, seasonTime } from '../../case/season-calendar.js';
import { CobreError } from '../../errors.js';
import { meanByDays } from '../observed-mean.js';

const FILE = 'scenarios/inflow_history.parquet';
const MS_PER_DAY = 86_400_000;

/** Rows of inflow_history.parquet by columns, in any order. */
export interface InflowHistory {
  /** Ids of the hydros. */
  readonly hydro: ArrayLike<number>;
  /** Day numbers; 1970-01-01 is 0. */
  readonly day: ArrayLike<number>;
  /** Mean inflow [m3/s] over the time from this day on. */
  readonly value: ArrayLike<number>;
}

/** Inflow of one hydro by seasons: `values[i]` is that of the point of time `first + i`, NaN where nothing is known. */
export interface SeasonalSeries {
  readonly seasons: number;
  readonly first: number;
  readonly values: Float64Array;
}

/**
 * The history of each hydro at the resolution of the cycle. Where a season of a year holds several observations (the
 * months of a quarter) it gets their mean, weighted with the days that each stands for: those of its month, or those up
 * to the next observation where they are closer. Rows of other hydros are left out. The order of rows has no effect.
 * @throws CobreError `DuplicateId` for two observations of a hydro on a day, `CoverageMismatch` for a day outside all
 * seasons, `OutOfRange` for an inflow that is no finite number.
 */
export function seasonalSeries(
  history: InflowHistory,
  hydroIds: readonly number[],
  cycle: SeasonCycle,
): SeasonalSeries[] {
  const rows: number[][] = hydroIds.map(() => []);
  const position = new Map(hydroIds.map((id, h) => [id, h]));
  for (let row = 0; row < history.hydro.length; row += 1) {
    const h = position.get(history.hydro[row]);
    if (h !== undefined) rows[h].push(row);
  }
  return rows.map((own, h) => {
    own.sort((a, b) => history.day[a] - history.day[b]);
    return oneSeries(history, own, hydroIds[h], cycle);
  });
}

function oneSeries(history: InflowHistory, rows: readonly number[], id: number, cycle: SeasonCycle): SeasonalSeries {
  const times = rows.map((row, i) => {
    check(history, row, i > 0 ? rows[i - 1] : null, id);
    const time = seasonTime(cycle, history.day[row]);
    if (time < 0) throw outside(history.day[row], id);
    return time;
  });
  if (rows.length === 0) return { seasons: cycle.seasons, first: 0, values: new Float64Array() };
  const first = times[0];
  const values = new Float64Array(times[times.length - 1] - first + 1).fill(Number.NaN);
  const series = rows.map((row) => ({ day: history.day[row], value: history.value[row] }));
  let begin = 0;
  while (begin < rows.length) {
    const same = [begin];
    while (begin + same.length < rows.length && times[begin + same.length] === times[begin]) {
      same.push(begin + same.length);
    }
    values[times[begin] - first] = meanByDays(series, same);
    begin += same.length;
  }
  return { seasons: cycle.seasons, first, values };
}

function check(history: InflowHistory, row: number, previous: number | null, id: number): void {
  if (!Number.isFinite(history.value[row])) {
    throw new CobreError('OutOfRange', `${FILE} holds an inflow of hydro ${id} that is no finite number`, {
      file: FILE,
      field: `rows[${row}].value_m3s`,
      value: history.value[row],
      suggestion: 'Give a number, or leave the row out.',
    });
  }
  if (previous === null || history.day[row] !== history.day[previous]) return;
  throw new CobreError('DuplicateId', `${FILE} has two inflows of hydro ${id} on ${isoDate(history.day[row])}`, {
    file: FILE,
    field: `rows[${Math.max(row, previous)}].date`,
    value: isoDate(history.day[row]),
    suggestion: 'Keep one row for each hydro and date.',
  });
}

function outside(day: number, id: number): CobreError {
  return new CobreError('CoverageMismatch', `the inflow of hydro ${id} on ${isoDate(day)} belongs to no season`, {
    file: FILE,
    field: 'date',
    value: isoDate(day),
    suggestion: 'Let season_definitions in stages.json cover the whole year, or leave out such rows.',
  });
}

function isoDate(day: number): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
}
