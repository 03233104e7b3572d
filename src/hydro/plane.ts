/**
 * A bound on the generation of a plant [MW] in one block:
 * g <= gamma0 + gammaV * v + gammaQ * q + gammaS * s, v the mean storage of the stage [hm3], q and s the turbined flow
 * and the spillage [m3/s].
 */
export interface Plane {
  /** MW. */
  readonly gamma0: number;
  /** MW per hm3, not negative. */
  readonly gammaV: number;
  /** MW per m3/s, not negative. */
  readonly gammaQ: number;
  /** MW per m3/s, not positive. */
  readonly gammaS: number;
}

/** The plane's value [MW] at a volume [hm3], turbined flow and spillage [m3/s]. */
export function planeValue(plane: Plane, volume: number, turbined: number, spillage: number): number {
  return plane.gamma0 + plane.gammaV * volume + plane.gammaQ * turbined + plane.gammaS * spillage;
}

/** What the planes allow together: the least of their values [MW]. */
export function planesBound(planes: readonly Plane[], volume: number, turbined: number, spillage: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (const plane of planes) {
    const value = planeValue(plane, volume, turbined, spillage);
    if (value < least) least = value;
  }
  return least;
}

/** All of the plane times a factor. */
export function scalePlane({ gamma0, gammaV, gammaQ, gammaS }: Plane, factor: number): Plane {
  return { gamma0: gamma0 * factor, gammaV: gammaV * factor, gammaQ: gammaQ * factor, gammaS: gammaS * factor };
}

/** Steepest in the flow first; a total order, so that planes come in one order however they were found. */
export function comparePlanes(a: Plane, b: Plane): number {
  return b.gammaQ - a.gammaQ || b.gammaV - a.gammaV || b.gammaS - a.gammaS || a.gamma0 - b.gamma0;
}
