import { describe, expect, test } from 'vitest';
import { dayNumber } from '#cobre/case/dates';
import { seasonCycles } from '#cobre/case/season-calendar';
import type { SeasonDefinitions } from '#cobre/case/study';
import { CobreError } from '#cobre/errors';
import { classifyHistory } from '#cobre/stochastic/par/history-class';
import { type InflowHistory, seasonalSeries } from '#cobre/stochastic/par/inflow-history';
import { annualSeries, seasonalStatistics } from '#cobre/stochastic/par/seasonal-statistics';
import { makeSeason } from '../../support/make-season.js';

const QUARTERS: SeasonDefinitions = {
  cycle: 'custom',
  seasons: [0, 1, 2, 3].map((id) =>
    makeSeason({
      id,
      monthStart: 3 * id + 1,
      dayStart: 1,
      monthEnd: 3 * id + 3,
      dayEnd: 31,
    }),
  ),
};

function history(rows: readonly (readonly [number, string, number])[]): InflowHistory {
  return {
    hydro: rows.map(([hydro]) => hydro),
    day: rows.map(([, date]) => dayNumber(date)),
    value: rows.map(([, , value]) => value),
  };
}

function errorOf(run: () => unknown): CobreError {
  try {
    run();
  } catch (error) {
    if (error instanceof CobreError) return error;
  }
  throw new Error('no CobreError was thrown');
}

describe('a history', () => {
  test('of months becomes one of quarters, each month weighted with its days', () => {
    const rows: [number, string, number][] = [
      [1, '2020-03-15', 300],
      [1, '2020-01-15', 100],
      [2, '2020-01-15', 7],
      [1, '2020-02-15', 200],
      [1, '2020-04-15', 50],
    ];
    const [first, second, third] = seasonalSeries(history(rows), [1, 2, 3], seasonCycles(QUARTERS)[0]);
    // 2020 is a leap year: 31, 29 and 31 days.
    expect([...first.values]).toEqual([(31 * 100 + 29 * 200 + 31 * 300) / 91, 50]);
    expect(first.first).toBe(4 * 2020);
    expect([...second.values]).toEqual([7]);
    expect([...third.values]).toEqual([]);
  });

  test('of last days of the months weighs the same', () => {
    const dates = ['2019-01-31', '2019-02-28', '2019-03-31', '2019-04-30'];
    const [series] = seasonalSeries(history(dates.map((date, i) => [1, date, 10 * i])), [1], seasonCycles(QUARTERS)[0]);
    expect(series.values[0]).toBeCloseTo((28 * 10 + 31 * 20) / 90, 12);
  });

  test('of days and of weeks weighs each by its own length', () => {
    const days = Array.from({ length: 91 }, (_, i): [number, string, number] => {
      const date = new Date(Date.UTC(2020, 0, 1 + i)).toISOString().slice(0, 10);
      return [1, date, i];
    });
    const [series] = seasonalSeries(history(days), [1], seasonCycles(QUARTERS)[0]);
    expect([...series.values]).toEqual([45]);
    const weeks = days.filter((_, i) => i % 7 === 0);
    const [weekly] = seasonalSeries(history(weeks), [1], seasonCycles(QUARTERS)[0]);
    expect([...weekly.values]).toEqual([42]);
  });

  test('has gaps where nothing is known', () => {
    const rows: [number, string, number][] = [
      [1, '2020-01-01', 1],
      [1, '2020-04-01', 4],
    ];
    const [series] = seasonalSeries(history(rows), [1], seasonCycles(null)[0]);
    expect([...series.values]).toEqual([1, Number.NaN, Number.NaN, 4]);
  });

  test('with two rows for a date, a number that is none, or a day outside all seasons is refused', () => {
    const cycle = seasonCycles(null)[0];
    const twice = errorOf(() =>
      seasonalSeries(
        history([
          [1, '2020-01-01', 1],
          [1, '2020-01-01', 2],
        ]),
        [1],
        cycle,
      ),
    );
    expect(twice).toMatchObject({ kind: 'DuplicateId', field: 'rows[1].date', value: '2020-01-01' });
    const nan = errorOf(() => seasonalSeries(history([[1, '2020-01-01', Number.NaN]]), [1], cycle));
    expect(nan).toMatchObject({ kind: 'OutOfRange', field: 'rows[0].value_m3s' });
    const half = seasonCycles({ cycle: 'custom', seasons: QUARTERS.seasons.slice(0, 2) })[0];
    const outside = errorOf(() => seasonalSeries(history([[1, '2020-07-01', 1]]), [1], half));
    expect(outside).toMatchObject({ kind: 'CoverageMismatch', value: '2020-07-01' });
  });
});

describe('statistics', () => {
  test('divide by the number of observations', () => {
    const { mean, std, count } = seasonalStatistics({
      seasons: 1,
      first: 0,
      values: Float64Array.of(2, 4, 4, 4, 5, 5, 7, 9),
    });
    // A textbook example: the standard deviation of this population is 2.
    expect([mean[0], std[0], count[0]]).toEqual([5, 2, 8]);
  });

  test('of a season held at a value are that value and 0', () => {
    const values = Float64Array.of(3, 50.2, 9, 49.8, 27, 50, 81, 70);
    const { mean, std, classes } = seasonalStatistics({ seasons: 2, first: 0, values });
    expect([mean[1], std[1], classes[1]]).toEqual([50, 0, { kind: 'saturated', value: 50 }]);
    expect([mean[0], classes[0].kind]).toEqual([30, 'normal']);
    expect(std[0]).toBeGreaterThan(0);
  });

  test('of annual means need twelve seasons in a row, and one to follow', () => {
    const values = Float64Array.from({ length: 27 }, (_, i) => i);
    values[13] = Number.NaN;
    const annual = annualSeries({ seasons: 12, first: 0, values });
    const known = [...annual.values.keys()].filter((i) => !Number.isNaN(annual.values[i]));
    expect(known).toEqual([11, 12, 25]);
    expect(annual.values[25]).toBe((14 + 25) / 2);
  });
});

describe('the class of a season', () => {
  test.each([
    [[], { kind: 'constant', value: 0 }],
    [[7, 7 + 1e-7, 7], { kind: 'constant', value: 7 }],
    [[-3, -3], { kind: 'constant', value: -3 }],
    [[-1, 2, 3, 4, 5, 6, 7, 8, 9], { kind: 'many_negative' }],
    [[-1, 2, 3, 4, 5, 6, 7, 8, 9, 10], { kind: 'normal' }],
    [[1, 1.2, 0.9, 5, 8], { kind: 'saturated', value: 1 }],
    [[1, 1, 5, 8], { kind: 'normal' }],
    [[2.5, 3.4, 3, 8, 20], { kind: 'saturated', value: 3 }],
  ])('of %j is %j', (observations, expected) => {
    expect(classifyHistory(observations)).toEqual(expected);
  });
});
