/** Observations that differ by less than this [m3/s] are the same. */
const SAME = 1e-6;
/** Share of negative observations from which a season is marked. */
const MANY_NEGATIVE = 0.1;
/** Share of one and the same value from which a season counts as held at it. */
const SATURATED = 0.5;

/**
 * What the observations of one season look like. `constant` (all the same) and `saturated` (more than half round to
 * one whole number of m3/s: a cap, or a regulated flow) carry no information about their neighbours: mean `value`,
 * standard deviation 0, order 0. `many_negative` is a mark alone; the season is fitted as any other.
 */
export type HistoryClass =
  | { readonly kind: 'normal' }
  | { readonly kind: 'many_negative' }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'saturated'; readonly value: number };

/** Class of the observations [m3/s] of a season. The first of these that applies: constant, many negative, saturated. */
export function classifyHistory(observations: ArrayLike<number>): HistoryClass {
  const n = observations.length;
  if (n === 0) return { kind: 'constant', value: 0 };
  let constant = true;
  let negative = 0;
  const rounded = new Float64Array(n);
  for (let i = 0; i < n; i += 1) {
    const value = observations[i];
    if (Math.abs(value - observations[0]) >= SAME) constant = false;
    if (value < 0) negative += 1;
    // Halves away from zero, on both sides.
    rounded[i] = value < 0 ? -Math.floor(0.5 - value) : Math.floor(value + 0.5);
  }
  if (constant) return { kind: 'constant', value: observations[0] };
  if (negative / n > MANY_NEGATIVE) return { kind: 'many_negative' };
  const [value, count] = mode(rounded.sort());
  return count / n > SATURATED ? { kind: 'saturated', value } : { kind: 'normal' };
}

/** The most frequent value, and how often it stands there; the least of several. */
function mode(sorted: Float64Array): [number, number] {
  let best = sorted[0];
  let bestCount = 0;
  let count = 0;
  for (let i = 0; i < sorted.length; i += 1) {
    count = i > 0 && sorted[i] === sorted[i - 1] ? count + 1 : 1;
    if (count > bestCount) {
      bestCount = count;
      best = sorted[i];
    }
  }
  return [best, bestCount];
}
