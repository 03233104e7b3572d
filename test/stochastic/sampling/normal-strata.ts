import { inverseNormalCdf } from '#cobre/stochastic/inverse-normal-cdf';
import type { PointSet } from '#cobre/stochastic/sampling/point-set';

/** Quantiles of 1/strata, 2/strata, ... by the normal distribution: the ends of equally likely strata. */
export function stratumEnds(strata: number): readonly number[] {
  return Array.from({ length: strata }, (_, k) => inverseNormalCdf((k + 1) / strata));
}

/** Which of the equally likely strata a normal number lies in. */
export function stratumOf(z: number, ends: readonly number[]): number {
  return ends.findIndex((end) => z < end);
}

/** All points, `[i][e]`. */
export function allPoints(set: PointSet, points: number, dimension: number): readonly (readonly number[])[] {
  const out = new Float64Array(dimension);
  return Array.from({ length: points }, (_, i) => {
    set.write(i, out, 0);
    return Array.from(out);
  });
}
