import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contributions, hasNegative } from '#cobre/stochastic/par/contribution';
import { estimatePar } from '#cobre/stochastic/par/estimate-par';
import { fitSeasons } from '#cobre/stochastic/par/fit-seasons';
import { coefficientsFromEstimate, statisticsFromEstimate } from '#cobre/stochastic/par/model-from-estimate';
import { precomputePar } from '#cobre/stochastic/par/precompute-par';
import { residualCorrelation } from '#cobre/stochastic/par/residual-correlation';
import { asSeries, monthlyHistory, monthlyProcess, monthlyStages, normals, simulate } from './simulate.js';

/** Response of season m to a unit of inflow k seasons before, by running the recursion itself. */
function impulseResponse(m: number, k: number, coefficients: readonly Float64Array[], std: Float64Array): number {
  const seasons = std.length;
  const values = new Array<number>(k + 1).fill(0);
  values[0] = 1;
  for (let i = 1; i <= k; i += 1) {
    const season = (((m - k + i) % seasons) + seasons) % seasons;
    for (let lag = 1; lag <= Math.min(i, coefficients[season].length); lag += 1) {
      const before = (((season - lag) % seasons) + seasons) % seasons;
      values[i] += ((coefficients[season][lag - 1] * std[season]) / std[before]) * values[i - lag];
    }
  }
  return values[k];
}

describe('contributions', () => {
  const coefficient = fc.double({ min: -1, max: 1, noNaN: true });

  test('are the response to a unit of inflow, for any model', () => {
    const model = fc.integer({ min: 1, max: 5 }).chain((seasons) =>
      fc.record({
        coefficients: fc.array(fc.array(coefficient, { maxLength: 7 }), { minLength: seasons, maxLength: seasons }),
        std: fc.array(fc.double({ min: 0.5, max: 20, noNaN: true }), { minLength: seasons, maxLength: seasons }),
      }),
    );
    fc.assert(
      fc.property(model, ({ coefficients, std }) => {
        const own = coefficients.map((values) => Float64Array.from(values));
        own.forEach(({ length }, m) => {
          contributions(m, length, own, Float64Array.from(std)).forEach((value, i) => {
            const expected = impulseResponse(m, i + 1, own, Float64Array.from(std));
            expect(value).toBeCloseTo(expected, 7);
          });
        });
      }),
    );
  });

  test('of a stationary AR(2) are phi_1 and phi_1^2 + phi_2', () => {
    const [first, second] = contributions(0, 2, [Float64Array.of(0.5, -0.4)], Float64Array.of(3));
    expect(first).toBe(0.5);
    expect(second).toBeCloseTo(0.25 - 0.4, 15);
  });

  test('of a lag whose season does not vary are 0', () => {
    expect(contributions(1, 1, [new Float64Array(), Float64Array.of(0.5)], Float64Array.of(0, 1))).toEqual([0]);
  });
});

describe('the fitted orders', () => {
  test.each(['pacf', 'pacf_annual', 'aic'] as const)(
    '%s: leave no negative contribution, and say what they cost',
    (orderSelection) => {
      let reduced = 0;
      for (let seed = 0; seed < 30; seed += 1) {
        // Short histories, where chance makes high orders.
        const series = asSeries(simulate(monthlyProcess(2, seed), 20, normals(1000 + seed)), 12);
        const options = { maxOrder: 6, orderSelection, maxCoefficientMagnitude: null };
        const { fits, statistics, reductions } = fitSeasons(series, options);
        const coefficients = fits.map((fit) => fit.coefficients);
        fits.forEach((fit, m) => {
          expect(hasNegative(contributions(m, fit.coefficients.length, coefficients, statistics.std))).toBe(false);
          expect(fit.residualStdRatio).toBeGreaterThan(0);
          expect(fit.residualStdRatio).toBeLessThanOrEqual(1);
          if (fit.coefficients.length > 0) expect(fit.coefficients[0]).toBeGreaterThanOrEqual(0);
        });
        for (const { from, to, reason, contributions: because } of reductions) {
          expect(to).toBeLessThan(from);
          if (reason === 'negative_contribution') expect(hasNegative(because)).toBe(true);
        }
        reduced += reductions.length;
      }
      expect(reduced).toBeGreaterThan(10);
    },
  );

  test('are 0 where a coefficient is beyond the bound', () => {
    const series = asSeries(simulate(monthlyProcess(1, 3), 60, normals(3)), 12);
    const bounded = fitSeasons(series, { maxOrder: 1, orderSelection: 'pacf', maxCoefficientMagnitude: 0.75 });
    const free = fitSeasons(series, { maxOrder: 1, orderSelection: 'pacf', maxCoefficientMagnitude: null });
    const large = free.fits.map((fit) => fit.coefficients[0] > 0.75);
    expect(large).toContain(true);
    expect(large).toContain(false);
    expect(bounded.fits.map((fit) => fit.coefficients.length === 0)).toEqual(large);
    expect(bounded.reductions.map(({ season, reason }) => [season, reason])).toEqual(
      [...large.keys()].filter((m) => large[m]).map((m) => [m, 'magnitude_bound']),
    );
  });

  test('are 0 where more water before means less now', () => {
    const process = monthlyProcess(1, 3);
    const psi = process.psi.map((own, m) => (m === 4 ? [-0.6] : own));
    const series = asSeries(simulate({ ...process, psi }, 100, normals(5)), 12);
    const { fits, reductions } = fitSeasons(series, {
      maxOrder: 1,
      orderSelection: 'pacf',
      maxCoefficientMagnitude: null,
    });
    expect(fits.map((fit) => fit.coefficients.length)).toEqual([1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1]);
    expect(fits[4].residualStdRatio).toBe(1);
    expect(reductions).toEqual([{ season: 4, from: 1, to: 0, reason: 'phi1_negative', contributions: [] }]);
  });
});

describe('an estimate', () => {
  test.each(['pacf', 'pacf_annual'] as const)('%s: has the same bits for any order of the rows', (orderSelection) => {
    const values = [1, 2, 3].map((seed) => simulate(monthlyProcess(2, seed), 32, normals(seed)));
    const history = monthlyHistory([4, 9, 7], values, 1980);
    const stages = monthlyStages(14);
    const options = { maxOrder: 4, orderSelection, maxCoefficientMagnitude: null, minObservationsPerSeason: 30 };
    const bits = (rows: readonly number[]) => {
      const pick = (column: readonly number[]) => rows.map((row) => column[row]);
      const estimate = estimatePar({
        history: { hydro: pick(history.hydro), day: pick(history.day), value: pick(history.value) },
        hydroIds: [4, 7, 9],
        stages,
        definitions: null,
        options,
      });
      const model = {
        ...statisticsFromEstimate(estimate, stages, [], 12),
        ...coefficientsFromEstimate(estimate, stages),
      };
      // JSON tells apart all doubles but the zeros.
      return JSON.stringify([model, precomputePar(model), residualCorrelation(estimate, stages)]);
    };
    const all = history.hydro.map((_, row) => row);
    const expected = bits(all);
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (rows) => {
        expect(bits(rows)).toBe(expected);
      }),
      { numRuns: 10 },
    );
  });
});
