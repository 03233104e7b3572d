import { slotOf } from '../../case/season-calendar.js';
import { classifyHistory, type HistoryClass } from './history-class.js';
import type { SeasonalSeries } from './inflow-history.js';

/** Months over which the annual component of PAR(p)-A averages. */
export const ANNUAL_WINDOW = 12;

/** By slot of the cycle. */
export interface SeasonalStatistics {
  readonly seasons: number;
  /** Number of observations. */
  readonly count: Int32Array;
  /** Mean [m3/s]; 0 without observations. */
  readonly mean: Float64Array;
  /**
   * Standard deviation [m3/s] with the divisor N, as Maceira and Damazio have it; 0 without observations and in
   * constant or saturated seasons.
   */
  readonly std: Float64Array;
}

/** Statistics of the observations, and their classes: a constant or saturated season has its value as the mean. */
export function seasonalStatistics(series: SeasonalSeries): SeasonalStatistics & { classes: HistoryClass[] } {
  const statistics = momentsBySeason(series);
  const observations: number[][] = Array.from({ length: series.seasons }, () => []);
  for (let i = 0; i < series.values.length; i += 1) {
    if (!Number.isNaN(series.values[i])) observations[slotOf(series.first + i, series.seasons)].push(series.values[i]);
  }
  const classes = observations.map((own, slot): HistoryClass => {
    if (own.length === 0) return { kind: 'normal' };
    const found = classifyHistory(own);
    if (found.kind === 'constant' || found.kind === 'saturated') {
      statistics.mean[slot] = found.value;
      statistics.std[slot] = 0;
    }
    return found;
  });
  return { ...statistics, classes };
}

/**
 * Mean of this season and the eleven before, at each point of time where all are known. The last point of the series
 * has none: there is no season after it that it could explain.
 */
export function annualSeries(series: SeasonalSeries): SeasonalSeries {
  const values = new Float64Array(series.values.length).fill(Number.NaN);
  for (let i = ANNUAL_WINDOW - 1; i < series.values.length - 1; i += 1) {
    let sum = 0;
    for (let j = i - ANNUAL_WINDOW + 1; j <= i; j += 1) sum += series.values[j];
    values[i] = sum / ANNUAL_WINDOW;
  }
  return { seasons: series.seasons, first: series.first, values };
}

/** Count, mean and standard deviation (divisor N) by slot, of what is known. */
export function momentsBySeason(series: SeasonalSeries): SeasonalStatistics {
  const { seasons, first, values } = series;
  const count = new Int32Array(seasons);
  const mean = new Float64Array(seasons);
  const std = new Float64Array(seasons);
  for (let i = 0; i < values.length; i += 1) {
    if (Number.isNaN(values[i])) continue;
    const slot = slotOf(first + i, seasons);
    count[slot] += 1;
    mean[slot] += values[i];
  }
  for (let slot = 0; slot < seasons; slot += 1) if (count[slot] > 0) mean[slot] /= count[slot];
  for (let i = 0; i < values.length; i += 1) {
    if (Number.isNaN(values[i])) continue;
    const slot = slotOf(first + i, seasons);
    std[slot] += (values[i] - mean[slot]) * (values[i] - mean[slot]);
  }
  for (let slot = 0; slot < seasons; slot += 1) if (count[slot] > 0) std[slot] = Math.sqrt(std[slot] / count[slot]);
  return { seasons, count, mean, std };
}
