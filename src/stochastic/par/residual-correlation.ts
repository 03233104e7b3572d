import { findSeason, slotOf } from '../../case/season-calendar.js';
import type { Correlation, CorrelationGroup } from '../../case/study.js';
import type { CycleEstimate, ParEstimate, SeasonStage } from './estimate-par.js';
import type { SeriesFit } from './fit-seasons.js';
import type { SeasonalSeries } from './inflow-history.js';

/** A season with fewer pairs than this, for some two hydros, takes the correlation over all seasons. */
const FEWEST_PAIRS = 30;

/**
 * Correlation of the noise between hydros, from the residuals of the fit: one matrix a season, or that over all seasons
 * where a season has fewer than 30 common residuals of some pair. Residuals correlate over the dates that both hydros
 * have; 0 where there are fewer than two, or one of them does not vary. Such a matrix may have negative eigenvalues, so
 * the method is spectral.
 */
export function residualCorrelation(estimate: ParEstimate, stages: readonly SeasonStage[]): Correlation {
  const hydros = estimate.hydroIds.length;
  const profiles: CorrelationGroup[][] = [];
  const cycles = estimate.cycles.map((own) => own.cycle);
  const profilesOf = estimate.cycles.map((own) => {
    const matrices = seasonalMatrices(own);
    const pooled = profiles.length;
    profiles.push([group(matrices.pooled, hydros)]);
    return matrices.bySeason.map((matrix) => {
      if (matrix === null) return pooled;
      profiles.push([group(matrix, hydros)]);
      return profiles.length - 1;
    });
  });
  const profileOfStage = stages.map((stage) => {
    const found = stage.season === null ? null : findSeason(cycles, stage.season);
    return found === null || hydros === 0 ? -1 : profilesOf[found.cycle][found.slot];
  });
  return { method: 'spectral', profiles: hydros === 0 ? [] : profiles, profileOfStage };
}

/** Matrices of a cycle, row-major; `null` for the seasons with too few pairs. */
export function seasonalMatrices({ cycle, series, fits }: CycleEstimate): {
  readonly pooled: Float64Array;
  readonly bySeason: readonly (Float64Array | null)[];
} {
  const residuals = series.map((own, h) => residualSeries(own, fits[h]));
  const bySeason = Array.from({ length: cycle.seasons }, (_, slot) =>
    // With a single season the matrix over all is its own.
    cycle.seasons > 1 ? matrixOf(residuals, slot, FEWEST_PAIRS) : null,
  );
  return { pooled: matrixOf(residuals, null, 0) ?? new Float64Array(), bySeason };
}

/**
 * Residuals z_t - sum phi_l z_(t-l) - psi a_(t-1) of a fit, in standard deviations of the season, NaN where a lag is not
 * known. Where the annual mean is not known yet it counts with its expected value, as in its correlations.
 */
export function residualSeries(series: SeasonalSeries, fit: SeriesFit): SeasonalSeries {
  const { seasons, first, values } = series;
  const { mean, std } = fit.statistics;
  const standard = values.map((value, i) => {
    const slot = slotOf(first + i, seasons);
    return std[slot] === 0 ? value * 0 : (value - mean[slot]) / std[slot];
  });
  const residuals = standard.map((value, i) => {
    const { coefficients, annual } = fit.fits[slotOf(first + i, seasons)];
    let explained = 0;
    for (let lag = 1; lag <= coefficients.length; lag += 1) {
      explained += i < lag ? Number.NaN : coefficients[lag - 1] * standard[i - lag];
    }
    const annualMean = i > 0 && fit.annual !== null ? fit.annual.values[i - 1] : Number.NaN;
    if (annual !== null && !Number.isNaN(annualMean)) {
      explained += (annual.coefficient * (annualMean - annual.mean)) / annual.std;
    }
    return value - explained;
  });
  return { seasons, first, values: residuals };
}

/** Correlations in a season, or in all; `null` when some pair of hydros has fewer than `fewest` pairs of residuals. */
function matrixOf(residuals: readonly SeasonalSeries[], slot: number | null, fewest: number): Float64Array | null {
  const n = residuals.length;
  const matrix = new Float64Array(n * n);
  const longest = residuals.reduce((most, { values }) => Math.max(most, values.length), 0);
  const [x, y] = [new Float64Array(longest), new Float64Array(longest)];
  for (let i = 0; i < n; i += 1) {
    matrix[i * n + i] = 1;
    // A single hydro is counted by itself.
    if (n === 1 && commonResiduals(residuals[0], residuals[0], slot, x, y) < fewest) return null;
    for (let j = i + 1; j < n; j += 1) {
      const count = commonResiduals(residuals[i], residuals[j], slot, x, y);
      if (count < fewest) return null;
      const value = pearson(x, y, count);
      matrix[i * n + j] = value;
      matrix[j * n + i] = value;
    }
  }
  return matrix;
}

/** Writes the residuals of two hydros at the points of time where both are known, in order; returns how many they are. */
function commonResiduals(
  a: SeasonalSeries,
  b: SeasonalSeries,
  slot: number | null,
  x: Float64Array,
  y: Float64Array,
): number {
  const step = slot === null ? 1 : a.seasons;
  const begin = Math.max(a.first, b.first);
  const end = Math.min(a.first + a.values.length, b.first + b.values.length);
  let count = 0;
  for (let time = slot === null ? begin : begin + slotOf(slot - begin, step); time < end; time += step) {
    const [own, other] = [a.values[time - a.first], b.values[time - b.first]];
    if (Number.isNaN(own) || Number.isNaN(other)) continue;
    x[count] = own;
    y[count] = other;
    count += 1;
  }
  return count;
}

function pearson(x: Float64Array, y: Float64Array, n: number): number {
  if (n < 2) return 0;
  let xMean = 0;
  let yMean = 0;
  for (let i = 0; i < n; i += 1) {
    xMean += x[i];
    yMean += y[i];
  }
  xMean /= n;
  yMean /= n;
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let i = 0; i < n; i += 1) {
    const dx = x[i] - xMean;
    const dy = y[i] - yMean;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  const xStd = Math.sqrt(xx / (n - 1));
  const yStd = Math.sqrt(yy / (n - 1));
  if (xStd < Number.EPSILON || yStd < Number.EPSILON) return 0;
  return Math.min(1, Math.max(-1, xy / (n - 1) / (xStd * yStd)));
}

function group(matrix: Float64Array, hydros: number): CorrelationGroup {
  return { entities: Array.from({ length: hydros }, (_, h) => h), matrix };
}
