import { inverseNormalCdf } from '#cobre/stochastic/inverse-normal-cdf';
import type { InflowHistory, SeasonalSeries } from '#cobre/stochastic/par/inflow-history';

const MS_PER_DAY = 86_400_000;

/** Independent standard normals, the same on every machine. (mulberry32, made normal by the quantile function.) */
export function normals(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = state;
    x = Math.imul(x ^ (x >>> 15), x | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return inverseNormalCdf((((x ^ (x >>> 14)) >>> 0) + 0.5) / 4294967296);
  };
}

/** A periodic autoregression in m3/s: coefficients `psi[season][lag - 1]`. */
export interface Process {
  readonly mean: readonly number[];
  readonly sigma: readonly number[];
  readonly psi: readonly (readonly number[])[];
  /** Weight of the mean of the last twelve values, by season [m3/s per m3/s]. */
  readonly annual?: readonly number[];
}

/** Values of a process from its stationary state on; `noise()` gives each step's standard normal. */
export function simulate(process: Process, years: number, noise: () => number): Float64Array {
  const seasons = process.mean.length;
  const burnIn = 60 * seasons;
  const deviation = new Float64Array(burnIn + years * seasons);
  for (let t = 12; t < deviation.length; t += 1) {
    const m = t % seasons;
    let value = process.sigma[m] * noise();
    process.psi[m].forEach((weight, l) => {
      value += weight * deviation[t - 1 - l];
    });
    const annual = process.annual?.[m] ?? 0;
    for (let j = 1; j <= 12 && annual !== 0; j += 1) value += (annual / 12) * deviation[t - j];
    deviation[t] = value;
  }
  return deviation.slice(burnIn).map((value, i) => value + process.mean[i % seasons]);
}

/** As a series that begins with the first season of the year 1900. */
export function asSeries(values: Float64Array, seasons: number): SeasonalSeries {
  return { seasons, first: 1900 * seasons, values };
}

/** Monthly history that begins in January of a year, one array of values a hydro. */
export function monthlyHistory(hydroIds: readonly number[], values: readonly Float64Array[], year: number) {
  const hydro: number[] = [];
  const day: number[] = [];
  const value: number[] = [];
  hydroIds.forEach((id, h) => {
    values[h].forEach((own, month) => {
      hydro.push(id);
      day.push(Date.UTC(year, month, 1) / MS_PER_DAY);
      value.push(own);
    });
  });
  return { hydro, day, value } satisfies InflowHistory;
}

/** Monthly stages from January 2024 on, with the month as the season. */
export function monthlyStages(count: number) {
  const first = (month: number) => new Date(Date.UTC(2024, month, 1)).toISOString().slice(0, 10);
  return Array.from({ length: count }, (_, t) => ({
    id: t,
    startDate: first(t),
    endDate: first(t + 1),
    season: t % 12,
  }));
}

/** Twelve months: wet and dry season, coefficients that differ from month to month and sum to less than 0.9. */
export function monthlyProcess(order: number, seed: number): Process {
  const next = normals(seed);
  const share = [[0.65], [0.4, 0.3], [0.35, 0.2, 0.2]][order - 1];
  const months = [...Array(12).keys()];
  return {
    mean: months.map((m) => 200 + 15 * Math.abs(m - 6) + 5 * next()),
    sigma: months.map((m) => 20 + 2 * Math.abs(m - 5)),
    psi: months.map(() => share.map((weight) => weight + 0.015 * next())),
  };
}
