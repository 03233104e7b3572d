import { dayNumber } from '../../case/dates.js';
import { CobreError } from '../../errors.js';
import { meanByDays, type Observation } from '../observed-mean.js';
import type { HistoryCalendar, SeasonOfYear } from './history-calendar.js';

const HISTORY = 'scenarios/inflow_history.parquet';

/** What the choice of windows asks of a stage. */
export interface HistoryStage {
  readonly season: number | null;
  /** ISO dates, `YYYY-MM-DD`; the end is not part of the stage. */
  readonly startDate: string;
  readonly endDate: string;
}

/** One observed inflow. */
export interface InflowObservation {
  /** Position of the hydro, not its id. */
  readonly hydro: number;
  /** ISO date, `YYYY-MM-DD`. */
  readonly date: string;
  /** [m3/s] */
  readonly value: number;
}

export interface HistoryInput {
  readonly stages: readonly HistoryStage[];
  readonly hydros: number;
  /** Lags that the inflow model has: seasons before the first stage that must have been observed too. */
  readonly lags: number;
  /** Seasons in a year; seasons are 0 to this less 1. */
  readonly seasons: number;
  /** In any order. */
  readonly observations: readonly InflowObservation[];
  /**
   * Where dates and stages are, if the case defines its seasons. Without it an observation is of the stage that its date
   * lies in, else of its month, 0 to 11.
   */
  readonly calendar?: HistoryCalendar | null;
  /** First years that windows may have (`historical_years`), or `null` for all. */
  readonly years: readonly number[] | { readonly from: number; readonly to: number } | null;
}

/** A year that no window can begin in, and the first hydro, by position, of which an inflow is missing. */
export interface IncompleteYear {
  readonly year: number;
  readonly hydro: number;
  /** Whether it is missing before the first stage, among the lags. */
  readonly before: boolean;
}

/** Stretches of history as long as the study, for T stages, H hydros and L lags. */
export interface HistoricalWindows {
  /** Year of the observation that stands for the first stage, by window, ascending. */
  readonly years: readonly number[];
  /** Years that were asked for, or observed, from which the history does not cover the study, ascending. */
  readonly incomplete: readonly IncompleteYear[];
  /** Observed inflow [m3/s] at `inflow[w][t * H + h]`. */
  readonly inflow: readonly Float64Array[];
  /** Inflow observed before the first stage [m3/s] at `lags[w][h * L + l]`, lag 1 first. */
  readonly lags: readonly Float64Array[];
}

/**
 * Every year from which the history covers the whole study, lags included, for all hydros. Observations are met by (year,
 * season); where a season has several in a year, their mean stands for it.
 * @throws CobreError `CoverageMismatch` when a stage has no season, or no year will do.
 */
export function historicalWindows(input: HistoryInput): HistoricalWindows {
  const { hydros, lags, stages } = input;
  const sequence = input.calendar?.sequence ?? observedSequence(stages, lags, input.seasons);
  const observed = observedMeans(input);
  const years: number[] = [];
  const incomplete: IncompleteYear[] = [];
  const inflow: Float64Array[] = [];
  const before: Float64Array[] = [];
  for (const year of candidateYears(input)) {
    const values = new Float64Array(sequence.length * hydros);
    const complete = sequence.every((entry, i) => {
      for (let h = 0; h < hydros; h += 1) {
        const value = observed[h].get(keyOf(year + entry.year, entry.season));
        if (value === undefined) {
          incomplete.push({ year, hydro: h, before: i < lags });
          return false;
        }
        values[i * hydros + h] = value;
      }
      return true;
    });
    if (!complete) continue;
    years.push(year);
    inflow.push(values.slice(lags * hydros));
    const lagged = new Float64Array(hydros * lags);
    for (let h = 0; h < hydros; h += 1) {
      for (let l = 0; l < lags; l += 1) lagged[h * lags + l] = values[(lags - 1 - l) * hydros + h];
    }
    before.push(lagged);
  }
  if (years.length === 0) {
    throw new CobreError(
      'CoverageMismatch',
      'no year of the inflow history covers all stages and lags for all hydros',
      {
        file: HISTORY,
        value: input.years,
        suggestion: 'Extend the history, or allow more years in historical_years.',
        context: { stages: stages.length, lags },
      },
    );
  }
  return { years, incomplete, inflow, lags: before };
}

/** The L seasons before the first stage, oldest first, then those of the stages, each with its year. */
function observedSequence(stages: readonly HistoryStage[], lags: number, seasons: number): readonly SeasonOfYear[] {
  const sequence: SeasonOfYear[] = [];
  let year = 0;
  stages.forEach(({ season, startDate }, t) => {
    if (season === null || season >= seasons) {
      throw new CobreError('CoverageMismatch', `stage ${t} has no season, so that no history can stand for it`, {
        file: 'stages.json',
        field: `stages[${t}].season_id`,
        value: season,
        suggestion: `Give each stage a season_id from 0 to ${seasons - 1}.`,
        context: { stage: t },
      });
    }
    const before = sequence[t - 1];
    // The order of the seasons tells a new year, dates do not: the first week of a January may begin in December. With
    // one season in a year there is no order, and dates must do.
    if (seasons === 1) year = yearOf(startDate) - yearOf(stages[0].startDate);
    else if (before !== undefined && season < before.season) year += 1;
    sequence.push({ year, season });
  });
  for (let l = 0; l < lags && sequence.length > 0; l += 1) {
    const { year: next, season } = sequence[0];
    sequence.unshift(season === 0 ? { year: next - 1, season: seasons - 1 } : { year: next, season: season - 1 });
  }
  return sequence;
}

/** Mean observation by (year, season), weighted by days, for each hydro. */
function observedMeans(input: HistoryInput): readonly ReadonlyMap<number, number>[] {
  const seasonsOf = (date: string): readonly SeasonOfYear[] => {
    if (input.calendar) return input.calendar.seasonsOf(date);
    const stage = input.stages.find(({ startDate, endDate }) => startDate <= date && date < endDate);
    const season = stage === undefined ? Number(date.slice(5, 7)) - 1 : stage.season;
    return season === null ? [] : [{ year: yearOf(date), season }];
  };
  const known = new Map<string, readonly SeasonOfYear[]>();
  const series = Array.from({ length: input.hydros }, (): Observation[] => []);
  const rows = series.map(() => new Map<number, number[]>());
  // Sorted, so that the means do not depend on the order of the file.
  for (const { hydro, date, value } of [...input.observations].sort(byDateAndValue)) {
    let seasons = known.get(date);
    if (seasons === undefined) {
      seasons = seasonsOf(date);
      known.set(date, seasons);
    }
    const row = series[hydro].push({ day: dayNumber(date), value }) - 1;
    for (const { year, season } of seasons) {
      const key = keyOf(year, season);
      const same = rows[hydro].get(key);
      if (same === undefined) rows[hydro].set(key, [row]);
      else same.push(row);
    }
  }
  return rows.map((map, h) => new Map([...map].map(([key, same]) => [key, meanByDays(series[h], same)])));
}

function byDateAndValue(a: InflowObservation, b: InflowObservation): number {
  if (a.date !== b.date) return a.date < b.date ? -1 : 1;
  return a.value - b.value;
}

/** Ascending and distinct. */
function candidateYears({ observations, years }: HistoryInput): readonly number[] {
  const all = new Set(observations.map(({ date }) => yearOf(date)));
  if (years === null) return [...all].sort((a, b) => a - b);
  if (!Array.isArray(years)) {
    const { from, to } = years as { from: number; to: number };
    // A year that was not observed cannot begin a window.
    return [...all].filter((year) => from <= year && year <= to).sort((a, b) => a - b);
  }
  return [...new Set(years as readonly number[])].sort((a, b) => a - b);
}

/** Seasons in a year are far fewer than this. */
const SEASONS_BOUND = 1024;

function keyOf(year: number, season: number): number {
  return year * SEASONS_BOUND + season;
}

function yearOf(date: string): number {
  return Number(date.slice(0, 4));
}
