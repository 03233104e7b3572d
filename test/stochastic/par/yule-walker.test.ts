import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { solveLinearSystem } from '#cobre/stochastic/par/linear-system';
import { annualCorrelation, periodicCorrelation } from '#cobre/stochastic/par/periodic-correlation';
import { annualSeries, momentsBySeason } from '#cobre/stochastic/par/seasonal-statistics';
import {
  annualYuleWalkerSystem,
  conditionalPacf,
  fitYuleWalker,
  periodicPacf,
  yuleWalkerSystem,
} from '#cobre/stochastic/par/yule-walker';
import { design, regress, sampleCorrelation } from './regression.js';
import { asSeries, monthlyProcess, normals, simulate } from './simulate.js';

/**
 * Two seasons, five years; deviations from the means 10 and 20: -2 -1 0 1 2 and -1 -2 1 0 2, both of variance 2. By
 * hand: rho_1(1) = (2 + 2 + 0 + 0 + 4) / 5 / 2, rho_0(1) over the four turns of the year = (1 + 0 + 1 + 0) / 4 / 2,
 * rho_0(2) = (2 + 0 + 0 + 2) / 4 / 2, rho_1(2) = (2 - 2 + 0 + 0) / 4 / 2, rho_1(3) = (4 - 1 + 0 + 2) / 4 / 2.
 */
const SMALL = asSeries(Float64Array.of(8, 19, 9, 18, 10, 21, 11, 20, 12, 22), 2);

function small() {
  return periodicCorrelation(SMALL, momentsBySeason(SMALL), 3);
}

describe('periodic correlations', () => {
  test('are those by hand, over the turn of the year as well', () => {
    const { mean, std, count } = momentsBySeason(SMALL);
    expect([...mean, ...count]).toEqual([10, 20, 5, 5]);
    expect(std[0]).toBe(Math.sqrt(2));
    expect(std[1]).toBe(Math.sqrt(2));
    const { rho } = small();
    [1, 0.25, 0.5].forEach((value, lag) => {
      expect(rho[lag]).toBeCloseTo(value, 14);
    });
    [1, 0.8, 0, 0.625].forEach((value, lag) => {
      expect(rho[4 + lag]).toBeCloseTo(value, 14);
    });
  });

  test('pair by date: a history that begins in the second season loses one pair, and shifts none', () => {
    const values = SMALL.values.slice(1);
    const later = { seasons: 2, first: SMALL.first + 1, values };
    const { rho } = periodicCorrelation(later, momentsBySeason(SMALL), 1);
    expect(rho[1]).toBeCloseTo(0.25, 14);
    // Without the first pair, 2 of the sum of 8, and over four.
    expect(rho[3]).toBeCloseTo((2 + 0 + 0 + 4) / 4 / 2, 14);
  });

  test('leave out what is not known', () => {
    const values = SMALL.values.slice();
    values[4] = Number.NaN;
    const { rho } = periodicCorrelation({ ...SMALL, values }, momentsBySeason(SMALL), 1);
    expect(rho[3]).toBeCloseTo((2 + 2 + 0 + 4) / 4 / 2, 14);
    expect(rho[1]).toBeCloseTo((1 + 1 + 0) / 3 / 2, 14);
  });

  test('are 0 where a season does not vary', () => {
    const constant = asSeries(Float64Array.of(1, 5, 2, 5, 4, 5), 2);
    expect([...periodicCorrelation(constant, momentsBySeason(constant), 2).rho]).toEqual([
      1,
      0,
      expect.any(Number),
      1,
      0,
      0,
    ]);
  });
});

describe('Yule-Walker equations', () => {
  test('have the solution by hand', () => {
    const system = yuleWalkerSystem(small(), 1, 2);
    expect(Array.from(system.matrix, (value) => value.toFixed(12))).toEqual(
      [1, 0.25, 0.25, 1].map((v) => v.toFixed(12)),
    );
    const second = fitYuleWalker(small(), null, 1, 2);
    // [1 1/4; 1/4 1] phi = (4/5, 0).
    expect(second?.coefficients[0]).toBeCloseTo(64 / 75, 14);
    expect(second?.coefficients[1]).toBeCloseTo(-16 / 75, 14);
    expect(second?.variance).toBeCloseTo(1 - (0.8 * 64) / 75, 14);
    const first = fitYuleWalker(small(), null, 0, 2);
    // [1 4/5; 4/5 1] phi = (1/4, 1/2).
    expect(first?.coefficients[0]).toBeCloseTo(-5 / 12, 13);
    expect(first?.coefficients[1]).toBeCloseTo(5 / 6, 13);
    expect(first?.variance).toBeCloseTo(11 / 16, 13);
    expect(first?.annual).toBeNull();
  });

  test('of a single season are Toeplitz: two lags of a stationary AR in closed form', () => {
    const correlation = { seasons: 1, maxLag: 2, rho: Float64Array.of(1, 0.6, 0.5) };
    const fit = fitYuleWalker(correlation, null, 0, 2);
    // Box and Jenkins: phi_1 = r1 (1 - r2) / (1 - r1^2), phi_2 = (r2 - r1^2) / (1 - r1^2).
    expect(fit?.coefficients[0]).toBeCloseTo((0.6 * 0.5) / 0.64, 14);
    expect(fit?.coefficients[1]).toBeCloseTo((0.5 - 0.36) / 0.64, 14);
  });

  test('with an annual mean have one row and column more', () => {
    const correlation = { seasons: 2, maxLag: 1, rho: Float64Array.of(1, 0.3, 1, 0.8) };
    const annual = { maxLag: 1, back: Float64Array.of(0.4, 0.5), next: Float64Array.of(0.6, 0.7) };
    // Season 0 follows season 1: its mean's correlations are those of season 1.
    const { matrix, right } = annualYuleWalkerSystem(correlation, annual, 0, 1);
    expect([...matrix]).toEqual([1, 0.5, 0.5, 1]);
    expect([...right]).toEqual([0.3, 0.7]);
    const fit = fitYuleWalker(correlation, annual, 0, 1);
    expect(fit?.coefficients[0]).toBeCloseTo((0.3 - 0.5 * 0.7) / 0.75, 14);
    expect(fit?.annual).toBeCloseTo((0.7 - 0.5 * 0.3) / 0.75, 14);
    expect([...annualYuleWalkerSystem(correlation, annual, 1, 0).right]).toEqual([0.6]);
  });

  test('without a solution give none', () => {
    const correlation = { seasons: 1, maxLag: 2, rho: Float64Array.of(1, 1, 1) };
    expect(fitYuleWalker(correlation, null, 0, 2)).toBeNull();
    expect(periodicPacf(correlation, 0, 2)).toEqual([1]);
  });

  test('any system: the solution solves it', () => {
    const entry = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(entry, { minLength: 16, maxLength: 16 }),
        fc.array(entry, { minLength: 4, maxLength: 4 }),
        (a, b) => {
          const matrix = Float64Array.from(a, (value, i) => (i % 5 === 0 ? value + 5 : value));
          const x = solveLinearSystem(matrix, Float64Array.from(b));
          expect(x).not.toBeNull();
          for (let i = 0; i < 4; i += 1) {
            let sum = 0;
            for (let j = 0; j < 4; j += 1) sum += matrix[i * 4 + j] * (x?.[j] ?? Number.NaN);
            expect(sum).toBeCloseTo(b[i], 13);
          }
        },
      ),
    );
  });
});

describe('partial autocorrelations', () => {
  const values = simulate(monthlyProcess(3, 5), 2500, normals(6));
  const series = asSeries(values, 12);
  const statistics = momentsBySeason(series);
  const correlation = periodicCorrelation(series, statistics, 5);

  test('are the last coefficient of a regression, order by order', () => {
    for (const season of [0, 1, 7, 11]) {
      const pacf = periodicPacf(correlation, season, 5);
      expect(pacf).toHaveLength(5);
      pacf.forEach((value, i) => {
        const lags = Array.from({ length: i + 1 }, (_, l) => ({ of: values, lag: l + 1 }));
        const { columns, y } = design(values, season, 12, lags, 12);
        const { beta } = regress(columns, y);
        const scale = statistics.std[(season + 12 - i - 1) % 12] / statistics.std[season];
        // Moments against least squares: both ends of the record count differently, one year of 2500.
        expect(Math.abs(value - beta[i + 1] * scale)).toBeLessThan(0.003);
      });
    }
  });

  test('given the annual mean, are correlations of what two regressions leave', () => {
    const annual = annualSeries(series);
    const given = annualCorrelation(annual, momentsBySeason(annual), series, statistics, 5);
    const means = annual.values;
    for (const season of [0, 4, 11]) {
      const pacf = conditionalPacf(correlation, given, season, 4);
      expect(pacf).toHaveLength(4);
      pacf.forEach((value, i) => {
        const between = Array.from({ length: i }, (_, l) => ({ of: values, lag: l + 1 }));
        const { columns, y, steps } = design(values, season, 12, [...between, { of: means, lag: 1 }], 24);
        const far = steps.map((t) => values[t - i - 1]);
        const partial = sampleCorrelation(regress(columns, y).residuals, regress(columns, far).residuals);
        expect(Math.abs(value - partial)).toBeLessThan(0.003);
      });
    }
  });
});
