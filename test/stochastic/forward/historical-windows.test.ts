import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { historicalNoise } from '#cobre/stochastic/forward/historical-noise';
import {
  type HistoryInput,
  type HistoryStage,
  historicalWindows,
  type InflowObservation,
} from '#cobre/stochastic/forward/historical-windows';
import { historyCalendar } from '#cobre/stochastic/forward/history-calendar';
import type { PhysicalPar } from '#cobre/stochastic/par-inversion';
import { makeSeason } from '../../support/make-season.js';
import { runPar } from './random-par.js';

const pad = (n: number) => String(n).padStart(2, '0');

/** Monthly stages from a month (1 to 12) of 2030 on. */
function months(count: number, first = 1): HistoryStage[] {
  const date = (m: number) => `${2030 + Math.floor(m / 12)}-${pad((m % 12) + 1)}-01`;
  return Array.from({ length: count }, (_, t) => ({
    season: (first - 1 + t) % 12,
    startDate: date(first - 1 + t),
    endDate: date(first + t),
  }));
}

/** Every month from year `from` to year `to`: year + month / 100, and 1000 more for each further hydro. */
function monthly(from: number, to: number, hydros = 1): InflowObservation[] {
  const rows: InflowObservation[] = [];
  for (let hydro = 0; hydro < hydros; hydro += 1) {
    for (let year = from; year <= to; year += 1) {
      for (let month = 1; month <= 12; month += 1) {
        rows.push({ hydro, date: `${year}-${pad(month)}-01`, value: year + 1000 * hydro + month / 100 });
      }
    }
  }
  return rows;
}

function input(parts: Partial<HistoryInput> = {}): HistoryInput {
  return {
    stages: months(12),
    hydros: 1,
    lags: 2,
    seasons: 12,
    observations: monthly(1990, 1993),
    years: null,
    ...parts,
  };
}

describe('historical windows', () => {
  test('are the years with all stages and the lags before them', () => {
    // 1990 has no lags in 1989.
    const { years, incomplete, inflow, lags } = historicalWindows(input());
    expect(incomplete).toEqual([{ year: 1990, hydro: 0, before: true }]);
    expect(years).toEqual([1991, 1992, 1993]);
    expect(Array.from(inflow[0])).toEqual(Array.from({ length: 12 }, (_, m) => 1991 + (m + 1) / 100));
    // Lag 1 is December, lag 2 November.
    expect(Array.from(lags[0])).toEqual([1990.12, 1990.11]);
    expect(historicalWindows(input({ lags: 0 })).years).toEqual([1990, 1991, 1992, 1993]);
  });

  test('go on into the years that follow, for a study that begins in autumn and is longer than a year', () => {
    const { years, inflow, lags } = historicalWindows(
      input({ stages: months(16, 11), hydros: 2, observations: monthly(1990, 1993, 2) }),
    );
    // From November to the February after next.
    expect(years).toEqual([1990, 1991]);
    expect(inflow[0].length).toBe(32);
    expect(Array.from(inflow[0].subarray(0, 6))).toEqual([1990.11, 2990.11, 1990.12, 2990.12, 1991.01, 2991.01]);
    expect(Array.from(inflow[0].subarray(30))).toEqual([1992.02, 2992.02]);
    // By hydro, lag 1 first.
    expect(Array.from(lags[0])).toEqual([1990.1, 1990.09, 2990.1, 2990.09]);
  });

  test('leave out years with a gap for any hydro', () => {
    const gap = monthly(1990, 1995, 2).filter(({ hydro, date }) => hydro === 0 || date !== '1993-12-01');
    // December 1993 is in the window 1993 and lag 1 of 1994.
    expect(historicalWindows(input({ hydros: 2, observations: gap })).years).toEqual([1991, 1992, 1995]);
  });

  test('keep to the years that the user allows', () => {
    expect(historicalWindows(input({ years: [1993, 1991, 1993, 2001] })).years).toEqual([1991, 1993]);
    expect(historicalWindows(input({ years: { from: 1992, to: 2010 } })).years).toEqual([1992, 1993]);
  });

  test('do not depend on the order of the rows', () => {
    // Three readings a month, of which the mean counts: of 10, 10 and 11 days in January.
    const observations = monthly(1990, 1992).flatMap((row, i) =>
      [1, 11, 21].map((day) => ({
        ...row,
        date: `${row.date.slice(0, 8)}${pad(day)}`,
        value: row.value + 0.1 * day * (i % 7),
      })),
    );
    const expected = historicalWindows(input({ observations }));
    expect(expected.inflow[0][0]).toBeCloseTo(1991.01 + (0.1 * (1 * 10 + 11 * 10 + 21 * 11) * (12 % 7)) / 31, 10);
    fc.assert(
      fc.property(fc.shuffledSubarray(observations, { minLength: observations.length }), (shuffled) => {
        expect(historicalWindows(input({ observations: shuffled }))).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  test('count years by date where a year is one season', () => {
    const stages = [0, 1, 2].map((t) => ({ season: 0, startDate: `${2030 + t}-01-01`, endDate: `${2031 + t}-01-01` }));
    const observations = [1960, 1961, 1962, 1963, 1964].map((year) => ({
      hydro: 0,
      date: `${year}-01-01`,
      value: year,
    }));
    const { years, inflow, lags } = historicalWindows(input({ stages, seasons: 1, lags: 1, observations }));
    expect(years).toEqual([1961, 1962]);
    expect(Array.from(inflow[1])).toEqual([1962, 1963, 1964]);
    expect(Array.from(lags[1])).toEqual([1961]);
  });

  test('take the weeks of a season from one observation, though the first begin in the year before', () => {
    const week = (startDate: string, endDate: string, season: number) => ({ season, startDate, endDate });
    const stages = [
      week('2029-12-28', '2030-01-04', 0),
      week('2030-01-04', '2030-02-01', 0),
      week('2030-02-01', '2030-03-01', 1),
    ];
    const { years, inflow } = historicalWindows(input({ stages, lags: 1 }));
    expect(years).toEqual([1991, 1992, 1993]);
    expect(Array.from(inflow[0])).toEqual([1991.01, 1991.01, 1991.02]);
  });

  test('map dates to seasons of their own', () => {
    const seasons = [0, 1, 2, 3].map((id) => makeSeason({ id, monthStart: 3 * id + 1, monthEnd: 3 * id + 3 }));
    const stages = [
      { season: 0, startDate: '2030-01-01', endDate: '2030-04-01' },
      { season: 1, startDate: '2030-04-01', endDate: '2030-07-01' },
    ];
    const calendar = historyCalendar(stages, { cycle: 'custom', seasons }, 1);
    const { inflow, lags } = historicalWindows(input({ stages, lags: 1, calendar }));
    expect(inflow[0][0]).toBeCloseTo(1991.02, 10);
    expect(inflow[0][1]).toBeCloseTo(1991.05, 10);
    expect(lags[0][0]).toBeCloseTo(1990.11, 10);
  });

  test('meet by the calendar where season 0 is October', () => {
    // Hydrological years: the ids turn in October, the years of the history in January.
    const seasons = Array.from({ length: 12 }, (_, id) => makeSeason({ id, monthStart: ((id + 9) % 12) + 1 }));
    const stages = months(4, 11).map((stage, t) => ({ ...stage, season: 1 + t }));
    const calendar = historyCalendar(stages, { cycle: 'monthly', seasons }, 2);
    const { years, inflow, lags } = historicalWindows(input({ stages, calendar }));
    expect(years).toEqual([1990, 1991, 1992]);
    expect(Array.from(inflow[0])).toEqual([1990.11, 1990.12, 1991.01, 1991.02]);
    expect(Array.from(lags[0])).toEqual([1990.1, 1990.09]);
  });

  test('meet in ISO weeks, the first of which may begin in December', () => {
    const seasons = Array.from({ length: 52 }, (_, id) => makeSeason({ id, monthStart: 1 }));
    const stages = [
      { season: 51, startDate: '2029-12-24', endDate: '2029-12-31' },
      { season: 0, startDate: '2029-12-31', endDate: '2030-01-07' },
    ];
    // Mondays; 2024-12-30 begins week 1 of 2025.
    const observations = ['2024-12-09', '2024-12-16', '2024-12-23', '2024-12-30', '2025-01-06'].map((date, i) => ({
      hydro: 0,
      date,
      value: i,
    }));
    const calendar = historyCalendar(stages, { cycle: 'weekly', seasons }, 2);
    const { years, inflow, lags } = historicalWindows(input({ stages, observations, calendar }));
    expect(years).toEqual([2024]);
    expect(Array.from(inflow[0])).toEqual([2, 3]);
    expect(Array.from(lags[0])).toEqual([1, 0]);
  });

  test('meet in months and in quarters at once', () => {
    const seasons = [
      ...Array.from({ length: 12 }, (_, m) => makeSeason({ id: m, monthStart: m + 1 })),
      ...Array.from({ length: 4 }, (_, q) => makeSeason({ id: 12 + q, monthStart: 3 * q + 1, monthEnd: 3 * q + 3 })),
    ];
    const stages = [
      { season: 11, startDate: '2029-12-01', endDate: '2030-01-01' },
      { season: 12, startDate: '2030-01-01', endDate: '2030-04-01' },
    ];
    const calendar = historyCalendar(stages, { cycle: 'custom', seasons }, 1);
    const { years, inflow, lags } = historicalWindows(input({ stages, lags: 1, calendar }));
    expect(years).toEqual([1990, 1991, 1992]);
    expect(inflow[0][0]).toBe(1990.12);
    expect(inflow[0][1]).toBeCloseTo(1991.02, 10);
    expect(Array.from(lags[0])).toEqual([1990.11]);
  });

  test('are refused where there is none, or a stage has no season', () => {
    expect(() => historicalWindows(input({ years: [1990] }))).toThrow(
      expect.objectContaining({ kind: 'CoverageMismatch', file: 'scenarios/inflow_history.parquet' }),
    );
    const stages = months(12).map((stage, t) => (t === 5 ? { ...stage, season: null } : stage));
    expect(() => historicalWindows(input({ stages }))).toThrow(
      expect.objectContaining({ kind: 'CoverageMismatch', field: 'stages[5].season_id' }),
    );
  });
});

describe('the noise of history', () => {
  const model: PhysicalPar = {
    stages: 12,
    hydros: 2,
    lags: 2,
    base: Float64Array.from({ length: 24 }, (_, i) => 300 + 10 * i),
    psi: Float64Array.from({ length: 48 }, (_, i) => (i % 2 === 0 ? 0.5 : 0.2 - i / 500)),
    sigma: Float64Array.from({ length: 24 }, (_, i) => 20 + i),
  };

  test('makes the model repeat it, window by window, from the lags of the window', () => {
    const windows = historicalWindows(input({ hydros: 2, observations: monthly(1990, 1999, 2) }));
    const { years, noise, lags } = historicalNoise(windows, model);
    expect(years).toEqual(windows.years);
    expect(noise.length).toBe(9);
    years.forEach((year, w) => {
      const again = runPar(model, noise[w], lags[w]);
      again.forEach((value, i) => {
        const observed = year + ((i >> 1) + 1) / 100 + 1000 * (i & 1);
        expect(Math.abs(value - observed)).toBeLessThan(1e-12 * observed);
      });
    });
  });

  test('names the window that the model cannot repeat', () => {
    const windows = historicalWindows(input({ hydros: 2, observations: monthly(1990, 1991, 2) }));
    const sigma = model.sigma.slice();
    sigma[7] = 0;
    expect(() => historicalNoise(windows, { ...model, sigma })).toThrow(
      expect.objectContaining({
        kind: 'PhysicalConstraint',
        file: 'scenarios/inflow_history.parquet',
        context: expect.objectContaining({ series: 'window 1991', stage: 3, hydro: 1 }) as unknown,
      }),
    );
  });
});
