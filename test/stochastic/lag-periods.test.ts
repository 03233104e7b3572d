import { describe, expect, it } from 'vitest';
import { dayNumber } from '#cobre/case/dates';
import type { Season, SeasonDefinitions, Stage } from '#cobre/case/study';
import { LagPeriods, type Period } from '#cobre/stochastic/lag-periods';
import { makeStage } from '../support/small-study.js';

const season = (id: number, monthStart: number, rest: Partial<Season> = {}): Season => ({
  id,
  label: `S${id}`,
  monthStart,
  dayStart: null,
  monthEnd: null,
  dayEnd: null,
  ...rest,
});
const stage = (startDate: string, endDate: string, of: number | null): Stage => ({
  ...makeStage(),
  id: 0,
  startDate,
  endDate,
  season: of,
});
const iso = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10);
const dates = ({ start, end }: Period) => [iso(start), iso(end)];

const months: SeasonDefinitions = { cycle: 'monthly', seasons: Array.from({ length: 12 }, (_, m) => season(m, m + 1)) };
const weeks: SeasonDefinitions = { cycle: 'weekly', seasons: Array.from({ length: 52 }, (_, w) => season(w, 1)) };
/** Months (0 to 11) and quarters (12 to 15), ends written as the day before the next begins. */
const mixed: SeasonDefinitions = {
  cycle: 'custom',
  seasons: [
    ...[31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].map((days, m) =>
      season(m, m + 1, { dayStart: 1, monthEnd: m + 1, dayEnd: days }),
    ),
    ...[31, 30, 30, 31].map((days, q) => season(12 + q, 3 * q + 1, { dayStart: 1, monthEnd: 3 * q + 3, dayEnd: days })),
  ],
};

describe('the lag period of a stage', () => {
  it('is the calendar month of its season, whatever part of it the stage is', () => {
    const periods = new LagPeriods(months);
    expect(dates(periods.of(stage('2024-02-05', '2024-02-12', 1)) as Period)).toEqual(['2024-02-01', '2024-03-01']);
    // A week over the turn of the month belongs to the month that its season names.
    expect(dates(periods.of(stage('2024-01-29', '2024-02-05', 0)) as Period)).toEqual(['2024-01-01', '2024-02-01']);
    expect(dates(periods.of(stage('2024-12-30', '2025-01-06', 11)) as Period)).toEqual(['2024-12-01', '2025-01-01']);
    expect(dates(periods.of(stage('2025-01-01', '2025-01-06', 11)) as Period)).toEqual(['2024-12-01', '2025-01-01']);
  });

  it('is the ISO week that holds its middle', () => {
    const periods = new LagPeriods(weeks);
    // 2024-01-01 was a Monday.
    expect(dates(periods.of(stage('2024-01-01', '2024-01-08', 0)) as Period)).toEqual(['2024-01-01', '2024-01-08']);
    expect(dates(periods.of(stage('2024-01-06', '2024-01-13', 1)) as Period)).toEqual(['2024-01-08', '2024-01-15']);
  });

  it('is nothing without a season, or with one that is not defined', () => {
    expect(new LagPeriods(months).of(stage('2024-01-01', '2024-02-01', null))).toBeNull();
    expect(new LagPeriods(months).of(stage('2024-01-01', '2024-02-01', 12))).toBeNull();
  });
});

describe('the lag period before', () => {
  const back = (definitions: SeasonDefinitions, first: Stage, lags: number) => {
    const periods = new LagPeriods(definitions);
    let period = periods.of(first) as Period;
    return Array.from({ length: lags }, () => {
      period = periods.before(period);
      return dates(period);
    });
  };

  it('is the month before, over the turn of the year', () => {
    expect(back(months, stage('2024-02-01', '2024-03-01', 1), 3)).toEqual([
      ['2024-01-01', '2024-02-01'],
      ['2023-12-01', '2024-01-01'],
      ['2023-11-01', '2023-12-01'],
    ]);
  });

  it('is the week before', () => {
    expect(back(weeks, stage('2024-01-01', '2024-01-08', 0), 2)).toEqual([
      ['2023-12-25', '2024-01-01'],
      ['2023-12-18', '2023-12-25'],
    ]);
  });

  it('is of its own kind where months and quarters are defined, leap days or not', () => {
    expect(back(mixed, stage('2024-04-01', '2024-05-01', 3), 3)).toEqual([
      ['2024-03-01', '2024-04-01'],
      ['2024-02-01', '2024-03-01'],
      ['2024-01-01', '2024-02-01'],
    ]);
    expect(back(mixed, stage('2024-07-01', '2024-10-01', 14), 3)).toEqual([
      ['2024-04-01', '2024-07-01'],
      ['2024-01-01', '2024-04-01'],
      ['2023-10-01', '2024-01-01'],
    ]);
  });

  it('is as many days just before where the seasons leave a gap', () => {
    const summer: SeasonDefinitions = {
      cycle: 'custom',
      seasons: [season(0, 6, { dayStart: 1, monthEnd: 8, dayEnd: 31 })],
    };
    const [[start, end]] = back(summer, stage('2024-06-01', '2024-09-01', 0), 1);
    expect(end).toBe('2024-06-01');
    expect(dayNumber(end) - dayNumber(start)).toBe(92);
  });
});
