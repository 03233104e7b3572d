import { describe, expect, test } from 'vitest';
import { type EstimationOptions, estimatePar } from '#cobre/stochastic/par/estimate-par';
import { coefficientsFromEstimate, statisticsFromEstimate } from '#cobre/stochastic/par/model-from-estimate';
import { lagDepth } from '#cobre/stochastic/par/par-model';
import { precomputePar } from '#cobre/stochastic/par/precompute-par';
import { residualCorrelation, seasonalMatrices } from '#cobre/stochastic/par/residual-correlation';
import { design, regress } from './regression.js';
import { monthlyHistory, monthlyProcess, monthlyStages, normals, type Process, simulate } from './simulate.js';

const YEARS = 1500;
const SEEDS = [1, 2, 3, 4];
/** A normal deviate goes beyond this once in 1.7 million. */
const FIVE_SIGMA = 5;

const OPTIONS: EstimationOptions = {
  maxOrder: 1,
  orderSelection: 'pacf',
  maxCoefficientMagnitude: null,
  minObservationsPerSeason: 30,
};

/** The whole way from a history to the parameters of stages 12 to 23. */
function fitHistory(values: readonly Float64Array[], options: EstimationOptions) {
  const hydroIds = values.map((_, h) => h + 3);
  const stages = monthlyStages(24);
  const history = monthlyHistory(hydroIds, values, 300);
  const estimate = estimatePar({ history, hydroIds, stages, definitions: null, options });
  const coefficients = coefficientsFromEstimate(estimate, stages);
  const model = { ...statisticsFromEstimate(estimate, stages, [], lagDepth(coefficients)), ...coefficients };
  return { estimate, stages, model, par: precomputePar(model) };
}

/** Standardised deviations have mean square 1: checks it within five of its standard errors, and each one. */
function expectStandardNormal(deviations: readonly number[]): void {
  const n = deviations.length;
  const meanSquare = deviations.reduce((sum, z) => sum + z * z, 0) / n;
  expect(Math.max(...deviations.map(Math.abs))).toBeLessThan(FIVE_SIGMA);
  expect(Math.abs(meanSquare - 1)).toBeLessThan(FIVE_SIGMA * Math.sqrt(2 / n));
}

describe('a fit to a simulated history', () => {
  test.each([1, 2, 3])('of order %i has that order and its coefficients, within standard errors', (order) => {
    const coefficientDeviations: number[] = [];
    const sigmaDeviations: number[] = [];
    const meanDeviations: number[] = [];
    for (const seed of SEEDS) {
      const process = monthlyProcess(order, 100 * order + seed);
      const values = simulate(process, YEARS, normals(7000 + 10 * order + seed));
      const { model, par } = fitHistory([values], { ...OPTIONS, maxOrder: order });
      for (let m = 0; m < 12; m += 1) {
        const t = 12 + m;
        expect(par.order[t]).toBe(order);
        const regressors = process.psi[m].map((_, l) => ({ of: values, lag: l + 1 }));
        const { columns, y } = design(values, m, 12, regressors, 12);
        const { errors } = regress(columns, y);
        process.psi[m].forEach((weight, l) => {
          coefficientDeviations.push((par.psi[t * par.maxOrder + l] - weight) / errors[l + 1]);
        });
        sigmaDeviations.push((par.sigma[t] / process.sigma[m] - 1) * Math.sqrt(2 * YEARS));
        // Years are nearly independent: the longest memory here has died down to a tenth after one.
        meanDeviations.push(((model.mean[t] - process.mean[m]) / model.std[t]) * Math.sqrt(YEARS));
      }
    }
    expectStandardNormal(coefficientDeviations);
    expectStandardNormal(sigmaDeviations);
    expect(Math.max(...meanDeviations.map(Math.abs))).toBeLessThan(FIVE_SIGMA);
  });

  test('of order 2, left to find it among 6, finds 2 far more often than not, and never less', () => {
    const orders: number[] = [];
    for (const seed of SEEDS) {
      const values = simulate(monthlyProcess(2, 50 + seed), YEARS, normals(90 + seed));
      for (const orderSelection of ['pacf', 'aic', 'bic'] as const) {
        const { par } = fitHistory([values], { ...OPTIONS, maxOrder: 6, orderSelection });
        const own = Array.from({ length: 12 }, (_, m) => par.order[12 + m]);
        expect(Math.min(...own)).toBeGreaterThanOrEqual(2);
        // The chance of a higher order: four tests at 5 % for pacf, about as much for aic, next to none for bic.
        const share = own.filter((order) => order === 2).length / 12;
        if (orderSelection === 'bic') expect(share).toBeGreaterThanOrEqual(11 / 12);
        orders.push(share);
      }
    }
    expect(orders.reduce((a, b) => a + b, 0) / orders.length).toBeGreaterThan(0.7);
  });

  test('with an annual component has its weight, spread over twelve lags', () => {
    const deviations: number[] = [];
    for (const seed of SEEDS) {
      const plain = monthlyProcess(1, 300 + seed);
      const process: Process = {
        ...plain,
        psi: plain.psi.map((own) => own.map((weight) => weight - 0.25)),
        annual: Array.from({ length: 12 }, (_, m) => 0.2 + 0.01 * m),
      };
      const values = simulate(process, YEARS, normals(4000 + seed));
      const { model, par } = fitHistory([values], { ...OPTIONS, orderSelection: 'pacf_annual' });
      const annual = values.map((_, t) => (t < 11 ? 0 : values.slice(t - 11, t + 1).reduce((a, b) => a + b, 0) / 12));
      expect(par.maxOrder).toBe(12);
      for (let m = 0; m < 12; m += 1) {
        const t = 12 + m;
        const regressors = [
          { of: values, lag: 1 },
          { of: annual, lag: 1 },
        ];
        const { columns, y } = design(values, m, 12, regressors, 13);
        const { errors } = regress(columns, y);
        const psi = par.psi.subarray(t * 12, t * 12 + 12);
        expect(model.order[t]).toBe(1);
        expect(par.order[t]).toBe(12);
        for (let l = 2; l < 12; l += 1) expect(psi[l]).toBe(psi[1]);
        deviations.push((psi[0] - psi[1] - process.psi[m][0]) / errors[1]);
        deviations.push((12 * psi[1] - (process.annual?.[m] ?? 0)) / errors[2]);
        expect(Math.abs(par.sigma[t] / process.sigma[m] - 1) * Math.sqrt(2 * YEARS)).toBeLessThan(FIVE_SIGMA);
      }
    }
    expectStandardNormal(deviations);
  });

  test('has the correlation of the noise, season by season', () => {
    const correlation = Array.from({ length: 12 }, (_, m) => -0.6 + 0.1 * m);
    for (const orderSelection of ['pacf', 'pacf_annual'] as const) {
      const next = normals(31);
      const common: number[] = [];
      let step = 0;
      const first = simulate(monthlyProcess(2, 8), YEARS, () => {
        common.push(next());
        return common[common.length - 1];
      });
      const second = simulate(monthlyProcess(1, 9), YEARS, () => {
        const rho = correlation[step % 12];
        const value = rho * common[step] + Math.sqrt(1 - rho * rho) * next();
        step += 1;
        return value;
      });
      const { estimate, stages } = fitHistory([first, second], { ...OPTIONS, maxOrder: 2, orderSelection });
      const { profiles, profileOfStage, method } = residualCorrelation(estimate, stages);
      expect(method).toBe('spectral');
      for (let t = 0; t < 24; t += 1) {
        const rho = correlation[t % 12];
        const [group] = profiles[profileOfStage[t]];
        expect(group.entities).toEqual([0, 1]);
        expect(Array.from(group.matrix)).toEqual([1, group.matrix[1], group.matrix[1], 1]);
        const error = (1 - rho * rho) / Math.sqrt(YEARS);
        expect(Math.abs(group.matrix[1] - rho)).toBeLessThan(FIVE_SIGMA * error);
      }
    }
  });

  test('takes the correlation over all seasons where a season has fewer than 30 pairs', () => {
    const next = normals(77);
    const values = [0, 1].map(() => simulate(monthlyProcess(1, 5), 30, next));
    // The second history ends in June of the last year.
    const { estimate, stages } = fitHistory([values[0], values[1].slice(0, 30 * 12 - 6)], OPTIONS);
    const { profileOfStage } = residualCorrelation(estimate, stages);
    const { pooled, bySeason } = seasonalMatrices(estimate.cycles[0]);
    // January has no lag in the first year, July to December none of the last six months.
    expect(bySeason.map((matrix) => matrix !== null)).toEqual([
      false,
      true,
      true,
      true,
      true,
      true,
      ...Array(6).fill(false),
    ]);
    expect(profileOfStage.slice(0, 12)).toEqual([0, 1, 2, 3, 4, 5, 0, 0, 0, 0, 0, 0]);
    expect(pooled[1]).not.toBe(0);
  });
});
