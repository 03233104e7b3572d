import { slotOf } from '../../case/season-calendar.js';
import type { SeasonalSeries } from './inflow-history.js';
import type { SeasonalStatistics } from './seasonal-statistics.js';

/** Correlation of season m with the one l seasons before: `rho[m * (maxLag + 1) + l]`, 1 at lag 0. */
export interface PeriodicCorrelation {
  readonly seasons: number;
  readonly maxLag: number;
  readonly rho: Float64Array;
}

/** Correlation of the annual mean up to and including season m with single seasons. */
export interface AnnualCorrelation {
  /** With the season l before it, 0 <= l < maxLag: `back[m * maxLag + l]`. */
  readonly back: Float64Array;
  readonly maxLag: number;
  /** With the season that follows: `next[m]`. */
  readonly next: Float64Array;
}

/**
 * Sample autocorrelations by season, over all pairs of known observations l seasons apart, across years. The divisor
 * is the number of pairs; means and standard deviations are those of the seasons; the result is kept within [-1, 1].
 * 0 where a standard deviation is 0 or there is no pair. Maceira and Damazio, Probability in the Engineering and
 * Informational Sciences 20 (2006) 143-156; Hipel and McLeod, Time Series Modelling of Water Resources and
 * Environmental Systems (1994), chapter 14.
 */
export function periodicCorrelation(
  series: SeasonalSeries,
  statistics: SeasonalStatistics,
  maxLag: number,
): PeriodicCorrelation {
  const { seasons } = series;
  const rho = new Float64Array(seasons * (maxLag + 1));
  for (let m = 0; m < seasons; m += 1) {
    rho[m * (maxLag + 1)] = 1;
    for (let lag = 1; lag <= maxLag; lag += 1) {
      rho[m * (maxLag + 1) + lag] = correlation(series, statistics, series, statistics, m, lag, false);
    }
  }
  return { seasons, maxLag, rho };
}

/**
 * Correlations of the annual mean, for PAR(p)-A. The divisor is the larger number of observations of the two: a year in
 * which the annual mean is not known yet counts with its expected value.
 */
export function annualCorrelation(
  annual: SeasonalSeries,
  annualStatistics: SeasonalStatistics,
  series: SeasonalSeries,
  statistics: SeasonalStatistics,
  maxLag: number,
): AnnualCorrelation {
  const { seasons } = series;
  const back = new Float64Array(seasons * maxLag);
  const next = new Float64Array(seasons);
  for (let m = 0; m < seasons; m += 1) {
    for (let lag = 0; lag < maxLag; lag += 1) {
      back[m * maxLag + lag] = correlation(annual, annualStatistics, series, statistics, m, lag, true);
    }
    next[m] = correlation(annual, annualStatistics, series, statistics, m, -1, true);
  }
  return { back, maxLag, next };
}

/** Correlation of x in season m with y `lag` seasons before. Both series begin at the same point of time. */
function correlation(
  x: SeasonalSeries,
  xStatistics: SeasonalStatistics,
  y: SeasonalSeries,
  yStatistics: SeasonalStatistics,
  m: number,
  lag: number,
  divideByLarger: boolean,
): number {
  const { seasons } = x;
  const other = slotOf(m - lag, seasons);
  const xStd = xStatistics.std[m];
  const yStd = yStatistics.std[other];
  if (xStd < Number.EPSILON || yStd < Number.EPSILON) return 0;
  const xMean = xStatistics.mean[m];
  const yMean = yStatistics.mean[other];
  let sum = 0;
  let pairs = 0;
  for (let i = slotOf(m - x.first, seasons); i < x.values.length; i += seasons) {
    const j = i - lag;
    if (j < 0 || j >= y.values.length || Number.isNaN(x.values[i]) || Number.isNaN(y.values[j])) continue;
    sum += (x.values[i] - xMean) * (y.values[j] - yMean);
    pairs += 1;
  }
  if (pairs === 0) return 0;
  const divisor = divideByLarger ? Math.max(xStatistics.count[m], yStatistics.count[other]) : pairs;
  return Math.min(1, Math.max(-1, sum / divisor / (xStd * yStd)));
}
