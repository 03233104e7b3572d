import { dayNumber } from '../case/dates.js';
import type { Season, SeasonDefinitions, Stage, Study } from '../case/study.js';

/** Days `start <= day < end`, counted from 1970-01-01. */
export interface Period {
  readonly start: number;
  readonly end: number;
  /** Season that the period is of, or `null`. */
  readonly season: number | null;
}

const DAYS_OF_WEEK = 7;
/** 1970-01-01 was a Thursday; ISO weeks begin on Mondays. */
const FIRST_MONDAY = 4;
/** Days by which a season may end before the next begins: ends may be written inclusive, and not know of leap days. */
const LARGEST_GAP = 2;

/**
 * Periods that autoregressive inflow counts its lags in. A stage belongs to a period of its season: a calendar month, a
 * week, or the dates of a custom season; lag l is the mean inflow of the l-th such period before it. Several stages may
 * share a period (weeks of a month), and a stage may be longer than those before it (a quarter after months).
 */
export class LagPeriods {
  constructor(private readonly seasons: SeasonDefinitions) {}

  /** The period of a stage, or `null` where its season says nothing. */
  of(stage: Stage): Period | null {
    const start = dayNumber(stage.startDate);
    const end = dayNumber(stage.endDate);
    if (stage.season === null) return null;
    if (this.seasons.cycle === 'weekly') {
      const middle = (start + end) / 2;
      const monday = Math.floor((middle - FIRST_MONDAY) / DAYS_OF_WEEK) * DAYS_OF_WEEK + FIRST_MONDAY;
      return { start: monday, end: monday + DAYS_OF_WEEK, season: stage.season };
    }
    const season = this.seasons.seasons.find(({ id }) => id === stage.season);
    if (season === undefined) return null;
    const year = new Date(start * MS_PER_DAY).getUTCFullYear();
    const candidates = [-1, 0, 1].map((shift) => this.#occurrence(season, year + shift));
    return best(candidates, (each) => Math.min(each.end, end) - Math.max(each.start, start));
  }

  /** The period before one: of its own kind, which is told by its length. */
  before(period: Period): Period {
    if (this.seasons.cycle === 'weekly') {
      const start = period.start - DAYS_OF_WEEK;
      return { start, end: period.start, season: null };
    }
    const year = new Date(period.start * MS_PER_DAY).getUTCFullYear();
    const length = period.end - period.start;
    const neighbours = this.seasons.seasons
      .flatMap((season) => [-1, 0].map((shift) => this.#occurrence(season, year + shift)))
      .filter(({ start, end }) => start < period.start && Math.abs(period.start - end) <= LARGEST_GAP);
    const nearest = best(neighbours, (each) => -Math.abs(each.end - each.start - length));
    // Seasons may leave gaps in the year: then the days just before stand for a season.
    if (nearest === null) return { start: period.start - length, end: period.start, season: null };
    return { ...nearest, end: period.start };
  }

  #occurrence(season: Season, year: number): Period {
    const start = day(year, season.monthStart, season.dayStart ?? 1);
    if (this.seasons.cycle === 'monthly') return { start, end: day(year, season.monthStart + 1, 1), season: season.id };
    const monthEnd = season.monthEnd ?? season.monthStart;
    const dayEnd = season.dayEnd ?? 1;
    // The last day is the season's, unless another begins on it.
    const beginsAnother = this.seasons.seasons.some(
      (each) => each.monthStart === monthEnd && (each.dayStart ?? 1) === dayEnd,
    );
    const after = beginsAnother ? 0 : 1;
    let end = day(year, monthEnd, dayEnd + after);
    if (end <= start) end = day(year + 1, monthEnd, dayEnd + after);
    return { start, end, season: season.id };
  }
}

const MS_PER_DAY = 86_400_000;

/** Day number of a date; months beyond December are those of the next year. */
function day(year: number, month: number, dayOfMonth: number): number {
  return Date.UTC(year, month - 1, dayOfMonth) / MS_PER_DAY;
}

/** The first of the candidates that scores highest, if any scores above minus infinity. */
function best<T>(candidates: readonly T[], score: (candidate: T) => number): T | null {
  let chosen: T | null = null;
  let highest = -Infinity;
  for (const candidate of candidates) {
    const value = score(candidate);
    if (value > highest) {
      chosen = candidate;
      highest = value;
    }
  }
  return chosen;
}

/** Calendar of a study's lags and the period of each stage; `null` where a lag is just a stage. */
export function lagPeriodsOf({
  stages,
  inflowModel: { seasons },
}: Study): { readonly calendar: LagPeriods; readonly own: readonly Period[] } | null {
  if (seasons === null) return null;
  const calendar = new LagPeriods(seasons);
  const own = stages.map((stage) => calendar.of(stage));
  return own.some((period) => period === null) ? null : { calendar, own: own as Period[] };
}
