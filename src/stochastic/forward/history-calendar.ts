import { dayNumber } from '../../case/dates.js';
import { findSeason, seasonCycles, seasonTime, slotOf } from '../../case/season-calendar.js';
import type { SeasonDefinitions } from '../../case/study.js';
import type { HistoryStage } from './historical-windows.js';

/** A season of a year, told by the year that it begins in. */
export interface SeasonOfYear {
  readonly year: number;
  /** A number of its own for each season of each cycle; ids need not follow the calendar. */
  readonly season: number;
}

/** Where stages and dates are in the seasons that a case defines. */
export interface HistoryCalendar {
  /** The lags before stage 0, oldest first, then the stages; years are counted from that of stage 0. */
  readonly sequence: readonly SeasonOfYear[];
  /** The seasons that a date is in: one of each cycle at most. */
  seasonsOf(date: string): readonly SeasonOfYear[];
}

/**
 * The calendar of a history where seasons are defined: dates and stages meet in the seasons of `season_definitions`,
 * whatever these are called and wherever in the year they begin. Lags are counted in the seasons of stage 0's cycle.
 * @param lags seasons before stage 0
 * @returns `null` where a stage has no season, or one that is not defined
 */
export function historyCalendar(
  stages: readonly HistoryStage[],
  definitions: SeasonDefinitions,
  lags: number,
): HistoryCalendar | null {
  const cycles = seasonCycles(definitions);
  const firstOf: number[] = [];
  let seasons = 0;
  for (const cycle of cycles) {
    firstOf.push(seasons);
    seasons += cycle.seasons;
  }
  const place = (c: number, time: number): SeasonOfYear => {
    const slot = slotOf(time, cycles[c].seasons);
    return { year: (time - slot) / cycles[c].seasons, season: firstOf[c] + slot };
  };
  const sequence: SeasonOfYear[] = [];
  for (const { season, startDate, endDate } of stages) {
    const found = season === null ? null : findSeason(cycles, season);
    if (found === null) return null;
    const { cycle: c, slot } = found;
    const time = nearest(seasonTime(cycles[c], middleDay(startDate, endDate)), slot, cycles[c].seasons, startDate);
    if (sequence.length === 0) for (let l = lags; l > 0; l -= 1) sequence.push(place(c, time - l));
    sequence.push(place(c, time));
  }
  const { year: begins } = sequence[lags] ?? { year: 0 };
  return {
    sequence: sequence.map(({ year, season }) => ({ year: year - begins, season })),
    seasonsOf: (date) =>
      cycles.flatMap((cycle, c) => {
        const time = seasonTime(cycle, dayNumber(date));
        return time < 0 ? [] : [place(c, time)];
      }),
  };
}

function middleDay(start: string, end: string): number {
  return Math.floor((dayNumber(start) + dayNumber(end)) / 2);
}

/** The point of time in `slot` that is nearest to `time`: a stage may reach over into the season beside its own. */
function nearest(time: number, slot: number, seasons: number, startDate: string): number {
  if (time < 0) return Number(startDate.slice(0, 4)) * seasons + slot;
  const ahead = slotOf(slot - time, seasons);
  return time + (2 * ahead > seasons ? ahead - seasons : ahead);
}
