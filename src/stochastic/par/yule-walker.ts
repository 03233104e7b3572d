import { slotOf } from '../../case/season-calendar.js';
import { solveLinearSystem } from './linear-system.js';
import type { AnnualCorrelation, PeriodicCorrelation } from './periodic-correlation.js';

/** Square, row-major, with its right-hand side. */
interface YuleWalkerSystem {
  readonly matrix: Float64Array;
  readonly right: Float64Array;
}

/** A solved system, in standardised units. */
interface YuleWalkerFit {
  /** Coefficient of lag l + 1 at l. */
  readonly coefficients: Float64Array;
  /** Coefficient of the annual mean, or `null` where the model has none. */
  readonly annual: number | null;
  /** Share of the variance that is left unexplained; rounding and inconsistent samples may take it out of [0, 1]. */
  readonly variance: number;
}

/**
 * Periodic Yule-Walker equations of a season and order p: the correlation of the seasons i and j before it at (i, j),
 * its own with them on the right. Symmetric, and no Toeplitz matrix: every season has correlations of its own. Noakes,
 * McLeod and Hipel, International Journal of Forecasting 1 (1985) 179-190; Brockwell and Davis, Time Series: Theory and
 * Methods, 2nd ed., section 8.1.
 */
export function yuleWalkerSystem(correlation: PeriodicCorrelation, season: number, order: number): YuleWalkerSystem {
  const matrix = new Float64Array(order * order);
  const right = new Float64Array(order);
  for (let i = 0; i < order; i += 1) {
    right[i] = rho(correlation, season, i + 1);
    for (let j = i; j < order; j += 1) {
      const value = rho(correlation, season - i - 1, j - i);
      matrix[i * order + j] = value;
      matrix[j * order + i] = value;
    }
  }
  return { matrix, right };
}

/**
 * The same with a last row and column for the annual mean that ends in the season before (PAR(p)-A). With order 0 it
 * is the annual mean alone.
 */
export function annualYuleWalkerSystem(
  correlation: PeriodicCorrelation,
  annual: AnnualCorrelation,
  season: number,
  order: number,
): YuleWalkerSystem {
  const n = order + 1;
  const previous = slotOf(season - 1, correlation.seasons);
  const plain = yuleWalkerSystem(correlation, season, order);
  const matrix = new Float64Array(n * n);
  const right = new Float64Array(n);
  for (let i = 0; i < order; i += 1) {
    right[i] = plain.right[i];
    for (let j = 0; j < order; j += 1) matrix[i * n + j] = plain.matrix[i * order + j];
    const value = annual.back[previous * annual.maxLag + i];
    matrix[i * n + order] = value;
    matrix[order * n + i] = value;
  }
  matrix[n * n - 1] = 1;
  right[order] = annual.next[previous];
  return { matrix, right };
}

/** Coefficients of a season at an order, with the annual mean if its correlations are given; `null` if singular. */
export function fitYuleWalker(
  correlation: PeriodicCorrelation,
  annual: AnnualCorrelation | null,
  season: number,
  order: number,
): YuleWalkerFit | null {
  const { matrix, right } =
    annual === null
      ? yuleWalkerSystem(correlation, season, order)
      : annualYuleWalkerSystem(correlation, annual, season, order);
  const solution = solveLinearSystem(matrix, right);
  if (solution === null) return null;
  let explained = 0;
  for (let i = 0; i < solution.length; i += 1) explained += solution[i] * right[i];
  return {
    coefficients: solution.slice(0, order),
    annual: annual === null ? null : solution[order],
    variance: 1 - explained,
  };
}

/**
 * Periodic partial autocorrelations of lags 1 to `maxOrder`: the last coefficient of each order. Shorter if a system is
 * singular.
 */
export function periodicPacf(correlation: PeriodicCorrelation, season: number, maxOrder: number): number[] {
  const values: number[] = [];
  for (let order = 1; order <= maxOrder; order += 1) {
    const fit = fitYuleWalker(correlation, null, season, order);
    if (fit === null) break;
    values.push(fit.coefficients[order - 1]);
  }
  return values;
}

/**
 * Partial correlations of a season with the one k before it, k = 1 to `maxOrder`, given those between and the annual
 * mean that ends in the season before: off the diagonal of S11 - S12 S22^-1 S21, scaled. 0 where a variance is not
 * positive; shorter if a system is singular.
 */
export function conditionalPacf(
  correlation: PeriodicCorrelation,
  annual: AnnualCorrelation,
  season: number,
  maxOrder: number,
): number[] {
  const values: number[] = [];
  for (let k = 1; k <= maxOrder; k += 1) {
    const given = annualYuleWalkerSystem(correlation, annual, season, k - 1);
    // Correlations of the season k before with the k - 1 between, and with the annual mean.
    const far = new Float64Array(k);
    for (let j = 0; j < k - 1; j += 1) far[j] = rho(correlation, season - 1 - j, k - 1 - j);
    far[k - 1] = annual.back[slotOf(season - 1, correlation.seasons) * annual.maxLag + k - 1];
    const near = given.right;
    const nearWeights = solveLinearSystem(given.matrix, near);
    const farWeights = solveLinearSystem(given.matrix, far);
    if (nearWeights === null || farWeights === null) break;
    const nearVariance = 1 - dot(near, nearWeights);
    const farVariance = 1 - dot(far, farWeights);
    const covariance = rho(correlation, season, k) - dot(near, farWeights);
    const product = nearVariance * farVariance;
    values.push(product > 0 ? Math.min(1, Math.max(-1, covariance / Math.sqrt(product))) : 0);
  }
  return values;
}

function rho({ seasons, maxLag, rho: values }: PeriodicCorrelation, season: number, lag: number): number {
  return values[slotOf(season, seasons) * (maxLag + 1) + lag];
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i] * b[i];
  return sum;
}
