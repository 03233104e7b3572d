import type { PrecomputedPar } from './precompute-par.js';

/** Without noise an inflow this close [m3/s] to the deterministic one counts as equal to it. */
const SAME = 1e-10;

/** Inflow [m3/s] = base + sum psi_l lags_l + sigma noise, summed in this order; `lags` as long as `psi`, newest first. */
export function parInflow(
  base: number,
  psi: ArrayLike<number>,
  lags: ArrayLike<number>,
  sigma: number,
  noise: number,
): number {
  return deterministic(base, psi, lags) + sigma * noise;
}

/**
 * Noise that gives the inflow `target` [m3/s]. Where sigma is 0 there is no choice: 0 if the deterministic inflow is the
 * target, else minus infinity, which as a lower bound of the noise changes nothing.
 */
export function parNoise(
  base: number,
  psi: ArrayLike<number>,
  lags: ArrayLike<number>,
  sigma: number,
  target: number,
): number {
  return noiseFor(target - deterministic(base, psi, lags), sigma);
}

/**
 * Inflow of all hydros at stage t. `lags[l * H + h]` is the inflow of hydro h, l + 1 stages before; `noise` and `out`
 * by hydro. `out` may be `noise`.
 */
export function parInflows(
  par: PrecomputedPar,
  t: number,
  lags: ArrayLike<number>,
  noise: ArrayLike<number>,
  out: Float64Array,
): void {
  for (let h = 0; h < par.hydros; h += 1) {
    out[h] = deterministicAt(par, t, h, lags) + par.sigma[t * par.hydros + h] * noise[h];
  }
}

/** Noise of all hydros at stage t for the inflows `targets` [m3/s]; laid out as in `parInflows`. */
export function parNoises(
  par: PrecomputedPar,
  t: number,
  lags: ArrayLike<number>,
  targets: ArrayLike<number>,
  out: Float64Array,
): void {
  for (let h = 0; h < par.hydros; h += 1) {
    out[h] = noiseFor(targets[h] - deterministicAt(par, t, h, lags), par.sigma[t * par.hydros + h]);
  }
}

function deterministic(base: number, psi: ArrayLike<number>, lags: ArrayLike<number>): number {
  let inflow = base;
  for (let l = 0; l < psi.length; l += 1) inflow += psi[l] * lags[l];
  return inflow;
}

function deterministicAt(par: PrecomputedPar, t: number, h: number, lags: ArrayLike<number>): number {
  const entry = t * par.hydros + h;
  let inflow = par.base[entry];
  for (let l = 0; l < par.order[entry]; l += 1) inflow += par.psi[entry * par.maxOrder + l] * lags[l * par.hydros + h];
  return inflow;
}

function noiseFor(rest: number, sigma: number): number {
  if (sigma !== 0) return rest / sigma;
  return Math.abs(rest) < SAME ? 0 : Number.NEGATIVE_INFINITY;
}
