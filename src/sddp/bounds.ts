/** Two-sided 95 % quantile of the normal distribution. */
export const NORMAL_QUANTILE_95 = 1.96;

/** Sample mean, sample standard deviation (n - 1) and standard error of the mean, summed in index order. */
interface SampleStatistics {
  readonly mean: number;
  readonly std: number;
  readonly stdError: number;
}

/** Two passes, in index order: the same bits for any partition of the work, and no cancellation. */
export function sampleStatistics(values: Float64Array, count: number): SampleStatistics {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i];
  const mean = sum / count;
  if (count < 2) return { mean, std: 0, stdError: 0 };
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (values[i] - mean) * (values[i] - mean);
  const std = Math.sqrt(squares / (count - 1));
  return { mean, std, stdError: std / Math.sqrt(count) };
}

/** Relative gap in percent, or `null` where a non-positive lower bound gives it no meaning. */
export function gapPercent(lower: number, upper: number): number | null {
  return lower > 0 ? (100 * (upper - lower)) / lower : null;
}
