/**
 * Index i of the segment [xs[i], xs[i + 1]] that holds `x`. A breakpoint belongs to the segment on its right, the last
 * one to the last segment; outside, the nearest segment. `xs` strictly increasing, at least two.
 */
function segmentOf(xs: Float64Array, x: number): number {
  let low = 0;
  let high = xs.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (xs[middle] <= x) low = middle;
    else high = middle;
  }
  return low;
}

/** Piecewise linear function through (xs, ys), constant outside. Exact at every breakpoint. */
export function interpolate(xs: Float64Array, ys: Float64Array, x: number): number {
  const last = xs.length - 1;
  if (x <= xs[0]) return ys[0];
  if (x >= xs[last]) return ys[last];
  const i = segmentOf(xs, x);
  return ys[i] + ((x - xs[i]) / (xs[i + 1] - xs[i])) * (ys[i + 1] - ys[i]);
}

/** Slope of the segment that holds `x` (see `segmentOf`); 0 with a single point. */
export function slopeAt(xs: Float64Array, ys: Float64Array, x: number): number {
  if (xs.length < 2) return 0;
  const i = segmentOf(xs, x);
  return (ys[i + 1] - ys[i]) / (xs[i + 1] - xs[i]);
}
