import { describe, expect, test } from 'vitest';
import { dayNumber } from '#cobre/case/dates';
import { findSeason, seasonCycles, seasonTime, slotOf } from '#cobre/case/season-calendar';
import type { Season } from '#cobre/case/study';
import { makeSeason } from '../support/make-season.js';

const season = (id: number, from: [number, number], to: [number, number]): Season =>
  makeSeason({
    id,
    monthStart: from[0],
    dayStart: from[1],
    monthEnd: to[0],
    dayEnd: to[1],
  });

const LAST_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const months = LAST_DAYS.map((last, m) => season(m, [m + 1, 1], [m + 1, last]));

describe('season cycles', () => {
  test('are twelve months by default, and when so defined, whatever the ids', () => {
    const [cycle, ...others] = seasonCycles(null);
    expect(others).toEqual([]);
    expect(cycle.ids).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(seasonTime(cycle, dayNumber('2024-03-31'))).toBe(2024 * 12 + 2);
    expect(seasonTime(cycle, dayNumber('1931-12-01'))).toBe(1931 * 12 + 11);
    expect(seasonTime(cycle, dayNumber('1932-01-01'))).toBe(1931 * 12 + 12);
    const [some] = seasonCycles({ cycle: 'monthly', seasons: [makeSeason({ id: 7, monthStart: 2 })] });
    expect(some.seasons).toBe(12);
    expect(findSeason([some], 7)).toEqual({ cycle: 0, slot: 1 });
    expect(findSeason([some], 1)).toBeNull();
  });

  test('of weeks are those of ISO 8601, the 53rd with the 52nd', () => {
    const weeks = Array.from({ length: 52 }, (_, id) => makeSeason({ id, monthStart: 1 }));
    const [cycle] = seasonCycles({ cycle: 'weekly', seasons: weeks });
    const week = (date: string) => {
      const time = seasonTime(cycle, dayNumber(date));
      return [Math.floor(time / 52), (time % 52) + 1];
    };
    // Published examples: ISO 8601 week dates about the turn of the year.
    expect(week('2005-01-01')).toEqual([2004, 52]);
    expect(week('2005-01-03')).toEqual([2005, 1]);
    expect(week('2007-01-01')).toEqual([2007, 1]);
    expect(week('2007-12-30')).toEqual([2007, 52]);
    expect(week('2007-12-31')).toEqual([2008, 1]);
    expect(week('2008-12-29')).toEqual([2009, 1]);
    expect(week('2010-01-03')).toEqual([2009, 52]);
    expect(week('2021-01-01')).toEqual([2020, 52]);
  });

  test('of custom ranges may turn the year: its season belongs to the year that it begins in', () => {
    const wet = season(4, [11, 1], [3, 31]);
    const dry = season(9, [4, 1], [10, 31]);
    const [cycle] = seasonCycles({ cycle: 'custom', seasons: [wet, dry] });
    expect(cycle.ids).toEqual([9, 4]);
    expect(seasonTime(cycle, dayNumber('2020-12-15'))).toBe(2 * 2020 + 1);
    expect(seasonTime(cycle, dayNumber('2021-02-15'))).toBe(2 * 2020 + 1);
    expect(seasonTime(cycle, dayNumber('2021-04-01'))).toBe(2 * 2021);
  });

  test('of one season may last a year', () => {
    const [cycle] = seasonCycles({ cycle: 'custom', seasons: [season(3, [1, 1], [1, 1])] });
    for (const date of ['2020-01-01', '2020-07-01', '2020-12-31'])
      expect(seasonTime(cycle, dayNumber(date))).toBe(2020);
    const [hydrological] = seasonCycles({ cycle: 'custom', seasons: [season(3, [10, 1], [10, 1])] });
    expect(seasonTime(hydrological, dayNumber('2020-10-01'))).toBe(2020);
    expect(seasonTime(hydrological, dayNumber('2020-09-30'))).toBe(2019);
  });

  test('that overlap are several: months and quarters', () => {
    const quarters = [
      season(12, [7, 1], [9, 30]),
      season(13, [10, 1], [12, 31]),
      season(14, [1, 1], [3, 31]),
      season(15, [4, 1], [6, 30]),
    ];
    const cycles = seasonCycles({ cycle: 'custom', seasons: [...quarters, ...months] });
    expect(cycles.map(({ ids }) => ids)).toEqual([
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
      [14, 15, 12, 13],
    ]);
    expect(findSeason(cycles, 13)).toEqual({ cycle: 1, slot: 3 });
    expect(seasonTime(cycles[1], dayNumber('2024-08-15'))).toBe(4 * 2024 + 2);
    // 28 February is the last day of that month's definition, and 29 February belongs to it all the same.
    expect(seasonTime(cycles[0], dayNumber('2024-02-29'))).toBe(12 * 2024 + 1);
  });

  test('with ends that are the next beginnings give that day to the season that begins', () => {
    const quarters = [0, 1, 2, 3].map((q) => season(q, [3 * q + 1, 1], [((3 * q + 3) % 12) + 1, 1]));
    const cycles = seasonCycles({ cycle: 'custom', seasons: quarters });
    expect(cycles).toHaveLength(1);
    const slots = ['2024-01-01', '2024-03-31', '2024-04-01', '2024-10-01', '2024-12-31'].map(
      (date) => seasonTime(cycles[0], dayNumber(date)) - 4 * 2024,
    );
    expect(slots).toEqual([0, 0, 1, 3, 3]);
  });

  test('with gaps have no season for some days', () => {
    const [cycle] = seasonCycles({ cycle: 'custom', seasons: [season(0, [1, 1], [6, 30])] });
    expect(seasonTime(cycle, dayNumber('2024-07-01'))).toBe(-1);
    expect(slotOf(-1, 12)).toBe(11);
  });
});
