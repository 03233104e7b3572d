import { CobreError } from '../errors.js';

/**
 * A periodic autoregression in the units of the series, with all seasons resolved to stages, for T stages, H hydros and L
 * lags: `inflow[t, h] = base[t, h] + sum over l of psi[t, h, l] lag[l] + sigma[t, h] noise`.
 */
export interface ParModel {
  readonly stages: number;
  readonly hydros: number;
  /** L, the largest order; coefficients beyond a hydro's own order are 0. */
  readonly lags: number;
  /** [m3/s], `base[t * H + h]`. */
  readonly base: Float64Array;
  /** `psi[(t * H + h) * L + l]`, lag 1 first. */
  readonly psi: Float64Array;
  /** Standard deviation of the residual [m3/s], `sigma[t * H + h]`. */
  readonly sigma: Float64Array;
}

/**
 * How a stage enters the lags of those after it, where lag periods (months) are not stages. The inflow of a period is the
 * mean of its stages' by weight; a stage that ends a period shifts the lags, and may begin the next period with a part of
 * its own. Where each stage is a period: weights 1 and 0, and it ends the period.
 */
export interface LagStep {
  /** Weight of the stage's inflow in the period in progress. */
  readonly weight: number;
  readonly endsPeriod: boolean;
  /** Weight of the same inflow in the next period, for a stage that ends one. */
  readonly spilloverWeight: number;
}

/** A stage that is a lag period of its own. */
export const WHOLE_PERIOD: LagStep = { weight: 1, endsPeriod: true, spilloverWeight: 0 };

/** A residual this small, as a share of the larger of 1 and the inflow, is none: where sigma is 0, nothing else fits. */
const RESIDUAL_TOLERANCE = 1e-10;

/** What a series of inflows is called in an error. */
export interface SeriesName {
  /** Such as `window 1953` or `scenario 7`. */
  readonly series: string;
  readonly file: string;
}

/**
 * The noise under which the model gives these inflows: `(inflow - base - sum psi lag) / sigma`. Where sigma is 0 the noise
 * is 0, if the model gives the inflow anyway.
 * @param inflow [m3/s], `inflow[t * H + h]`.
 * @param initialLags Inflows before the first stage [m3/s], `initialLags[h * L + l]`, lag 1 first.
 * @param steps How each stage enters the lags, or `null` where each is a period.
 * @param write Takes the noise of hydro h at stage t.
 * @throws CobreError `PhysicalConstraint` when sigma is 0 and the model gives another inflow, or one is not finite.
 */
export function invertPar(
  model: ParModel,
  inflow: Float64Array,
  initialLags: Float64Array,
  steps: readonly LagStep[] | null,
  name: SeriesName,
  write: (stage: number, hydro: number, noise: number) => void,
): void {
  const { stages, hydros, lags, base, psi, sigma } = model;
  const lag = initialLags.slice();
  const periodSum = new Float64Array(hydros);
  let periodWeight = 0;
  for (let t = 0; t < stages; t += 1) {
    for (let h = 0; h < hydros; h += 1) {
      const i = t * hydros + h;
      let expected = base[i];
      for (let l = 0; l < lags; l += 1) expected += psi[i * lags + l] * lag[h * lags + l];
      const residual = inflow[i] - expected;
      const fits = sigma[i] > 0 || Math.abs(residual) <= RESIDUAL_TOLERANCE * Math.max(1, Math.abs(inflow[i]));
      if (!fits || !Number.isFinite(residual)) throw cannotGive(inflow[i], expected, t, h, name);
      write(t, h, sigma[i] > 0 ? residual / sigma[i] : 0);
    }
    const { weight, endsPeriod, spilloverWeight } = steps?.[t] ?? WHOLE_PERIOD;
    periodWeight += weight;
    for (let h = 0; h < hydros; h += 1) periodSum[h] += weight * inflow[t * hydros + h];
    if (!endsPeriod || periodWeight <= 0) continue;
    for (let h = 0; h < hydros && lags > 0; h += 1) {
      lag.copyWithin(h * lags + 1, h * lags, (h + 1) * lags - 1);
      lag[h * lags] = periodSum[h] / periodWeight;
    }
    for (let h = 0; h < hydros; h += 1) periodSum[h] = spilloverWeight * inflow[t * hydros + h];
    periodWeight = spilloverWeight;
  }
}

function cannotGive(inflow: number, expected: number, stage: number, hydro: number, name: SeriesName): CobreError {
  return new CobreError(
    'PhysicalConstraint',
    `${name.series}: the inflow model of hydro ${hydro} gives ${expected} m3/s at stage ${stage} whatever the noise, not ${inflow}`,
    {
      file: name.file,
      value: inflow,
      suggestion: 'Give the model of this hydro a standard deviation above 0 at this stage, or correct the inflow.',
      context: { series: name.series, stage, hydro, expected },
    },
  );
}
