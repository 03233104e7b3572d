import { portableLog } from '../../math/portable.js';

/** Two-sided 95 % of the standard normal distribution. */
export const SIGNIFICANCE = 1.96;

/** log, 2 p: Akaike (1974). log N, p: Schwarz (1978). */
type InformationCriterion = 'aic' | 'bic';

/**
 * The largest lag whose partial autocorrelation is beyond z / sqrt(N), 0 if none is: that of white noise has the
 * standard deviation 1 / sqrt(N) (Hipel and McLeod, 1994, section 14.3).
 */
export function orderByPacf(pacf: readonly number[], observations: number, z = SIGNIFICANCE): number {
  const threshold = observations > 0 ? z / Math.sqrt(observations) : Number.POSITIVE_INFINITY;
  for (let k = pacf.length; k > 0; k -= 1) if (Math.abs(pacf[k - 1]) > threshold) return k;
  return 0;
}

/**
 * The same for PAR(p)-A, from the partial correlations given the annual mean. Order 1 at least, unless lag 1 is exactly
 * 0 (a season that does not vary, or an annual mean that does not): then order 0.
 */
export function orderByConditionalPacf(pacf: readonly number[], observations: number, z = SIGNIFICANCE): number {
  if (pacf.length === 0 || pacf[0] === 0) return 0;
  return Math.max(1, orderByPacf(pacf, observations, z));
}

/** Values of a criterion for the orders 0 to p: N ln(variance) + penalty. Infinite where a variance is not positive. */
export function criterionValues(
  variances: readonly number[],
  observations: number,
  criterion: InformationCriterion,
): number[] {
  const penalty = criterion === 'aic' || observations < 1 ? 2 : portableLog(observations);
  return [1, ...variances].map((variance, order) =>
    variance > 0 ? observations * portableLog(variance) + penalty * order : Number.POSITIVE_INFINITY,
  );
}

/**
 * The order with the least criterion, the lower of two equal ones. `variances[k - 1]` is the unexplained share of the
 * variance at order k; that of order 0 is 1.
 */
export function orderByCriterion(
  variances: readonly number[],
  observations: number,
  criterion: InformationCriterion,
): number {
  const values = criterionValues(variances, observations, criterion);
  let best = 0;
  for (let order = 1; order < values.length; order += 1) if (values[order] < values[best]) best = order;
  return best;
}
