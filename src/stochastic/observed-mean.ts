import { daysInMonth } from '../case/season-calendar.js';

/** One inflow that was observed from a day on; day 0 is 1970-01-01. */
export interface Observation {
  readonly day: number;
  /** [m3/s] */
  readonly value: number;
}

/** Observations at least this many days apart are monthly: each stands for its month. */
const SHORTEST_MONTH = 28;

/**
 * Mean of some observations of a series that is in the order of time, weighted with the days that each stands for: those of
 * its month, or those up to the next observation where they are closer.
 * @param rows of the series, at least one
 */
export function meanByDays(series: readonly Observation[], rows: readonly number[]): number {
  if (rows.length === 1) return series[rows[0]].value;
  let sum = 0;
  let days = 0;
  for (const row of rows) {
    const from = row + 1 < series.length ? row : row - 1;
    const spacing = series[from + 1].day - series[from].day;
    const weight = spacing < SHORTEST_MONTH ? spacing : daysInMonth(series[row].day);
    sum += series[row].value * weight;
    days += weight;
  }
  return sum / days;
}
