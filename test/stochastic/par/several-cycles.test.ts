import { describe, expect, test } from 'vitest';
import type { Season } from '#cobre/case/study';
import { type EstimationOptions, estimatePar } from '#cobre/stochastic/par/estimate-par';
import { coefficientsFromEstimate, statisticsFromEstimate } from '#cobre/stochastic/par/model-from-estimate';
import { residualCorrelation } from '#cobre/stochastic/par/residual-correlation';
import { makeSeason } from '../../support/make-season.js';
import { monthlyHistory, monthlyProcess, monthlyStages, normals, type Process, simulate } from './simulate.js';

const MS_PER_DAY = 86_400_000;
const WEEK = 7;
const LAST_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const OPTIONS: EstimationOptions = {
  maxOrder: 3,
  orderSelection: 'pacf',
  maxCoefficientMagnitude: null,
  minObservationsPerSeason: 2,
};

/** Seasons of `length` months, ids from `first` on. */
function seasonsOf(length: number, first: number): Season[] {
  return Array.from({ length: 12 / length }, (_, i) =>
    makeSeason({
      id: first + i,
      monthStart: i * length + 1,
      dayStart: 1,
      monthEnd: (i + 1) * length,
      dayEnd: LAST_DAYS[(i + 1) * length - 1],
    }),
  );
}

const quarterStages = (first: number, from: number) =>
  ['2025-01-01', '2025-04-01', '2025-07-01', '2025-10-01'].map((startDate, q, all) => ({
    id: from + q,
    startDate,
    endDate: all[q + 1] ?? '2026-01-01',
    season: first + q,
  }));

describe('seasons of several lengths', () => {
  test('are fitted each on its own: months, then quarters of the same history', () => {
    const values = [1, 2].map((seed) => simulate(monthlyProcess(2, seed), 45, normals(seed)));
    const input = { history: monthlyHistory([1, 2], values, 1970), hydroIds: [1, 2], options: OPTIONS };
    const months = monthlyStages(12);
    const quarters = quarterStages(12, 12);
    const custom = (seasons: Season[]) => ({ cycle: 'custom' as const, seasons });
    const both = estimatePar({
      ...input,
      stages: [...months, ...quarters],
      definitions: custom([...seasonsOf(3, 12), ...seasonsOf(1, 0)]),
    });
    const onlyMonths = estimatePar({ ...input, stages: months, definitions: null });
    const onlyQuarters = estimatePar({ ...input, stages: quarters, definitions: custom(seasonsOf(3, 12)) });
    const stages = [...months, ...quarters];
    const all = { ...statisticsFromEstimate(both, stages, [], 0), ...coefficientsFromEstimate(both, stages) };
    for (const [alone, own, from] of [
      [onlyMonths, months, 0],
      [onlyQuarters, quarters, 12],
    ] as const) {
      const { mean, std } = statisticsFromEstimate(alone, own, [], 0);
      const { order, residualStdRatio } = coefficientsFromEstimate(alone, own);
      const part = (values: Float64Array | Int32Array) => [...values.subarray(2 * from, 2 * from + order.length)];
      expect(part(all.mean)).toEqual([...mean]);
      expect(part(all.std)).toEqual([...std]);
      expect(part(all.order)).toEqual([...order]);
      expect(part(all.residualStdRatio)).toEqual([...residualStdRatio]);
      const { profiles, profileOfStage } = residualCorrelation(both, stages);
      const single = residualCorrelation(alone, own);
      own.forEach((_, t) => {
        expect(profiles[profileOfStage[from + t]]).toEqual(single.profiles[single.profileOfStage[t]]);
      });
    }
  });

  test('of weeks take the weeks of ISO years, without a break at the turn of the year', () => {
    const weeks = [...Array(52).keys()];
    const process: Process = {
      mean: weeks.map((w) => 100 + w),
      sigma: weeks.map((w) => 5 + (w % 7)),
      psi: weeks.map(() => [0.7]),
    };
    const values = simulate(process, 400, normals(12));
    const day: number[] = [];
    for (let year = 1600; year < 2000; year += 1) {
      // Week 1 is the one with 4 January in it (ISO 8601); a 53rd week is left out.
      const fourth = Date.UTC(year, 0, 4) / MS_PER_DAY;
      const monday = fourth - ((((fourth + 3) % WEEK) + WEEK) % WEEK);
      for (const w of weeks) day.push(monday + w * WEEK);
    }
    const estimate = estimatePar({
      history: { hydro: day.map(() => 6), day, value: values },
      hydroIds: [6],
      stages: [{ id: 0, startDate: '2024-01-01', endDate: '2024-01-08', season: 0 }],
      definitions: { cycle: 'weekly', seasons: weeks.map((id) => makeSeason({ id, monthStart: 1 })) },
      options: { ...OPTIONS, maxOrder: 1 },
    });
    const { fits, statistics } = estimate.cycles[0].fits[0];
    expect([...statistics.count]).toEqual(weeks.map(() => 400));
    fits.forEach(({ coefficients }, w) => {
      const before = (w + 51) % 52;
      const psi = (coefficients[0] * statistics.std[w]) / statistics.std[before];
      const error = process.sigma[w] / statistics.std[before] / Math.sqrt(400);
      expect(Math.abs(psi - 0.7)).toBeLessThan(5 * error);
    });
  });
});
