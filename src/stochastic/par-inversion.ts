import { CobreError } from '../errors.js';
import { type LinearMemory, nextMemory, remembered } from '../math/linear-memory.js';

/**
 * A periodic autoregression in the units of the series, with all seasons resolved to stages, for T stages, H hydros and L
 * lags: `inflow[t, h] = base[t, h] + sum over l of psi[t, h, l] lag[l] + sigma[t, h] noise`.
 */
export interface PhysicalPar {
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
 * How stages become lags where lag periods (months) are not stages: what is remembered moves stage by stage
 * (`InflowModel.stages`), and begins with the lags before the first (`memoryOfLags`).
 */
export interface LagMemory {
  readonly stages: readonly LinearMemory[];
  begin(lags: Float64Array): Float64Array;
}

/** A residual this small, as a share of the larger of 1 and the inflow, is none: where sigma is 0, nothing else fits. */
const RESIDUAL_TOLERANCE = 1e-10;

/** What a series of inflows is called in an error. */
interface SeriesName {
  /** Such as `window 1953` or `scenario 7`. */
  readonly series: string;
  readonly file: string;
}

/**
 * The noise under which the model gives these inflows: `(inflow - base - sum psi lag) / sigma`. Where sigma is 0 the noise
 * is 0, if the model gives the inflow anyway.
 * @param inflow [m3/s], `inflow[t * H + h]`.
 * @param initialLags Inflows before the first stage [m3/s], `initialLags[h * L + l]`, lag 1 first.
 * @param memory How stages become lags, or `null` where each is a period of its own.
 * @param write Takes the noise of hydro h at stage t.
 * @throws CobreError `PhysicalConstraint` when sigma is 0 and the model gives another inflow, or one is not finite.
 */
export function invertPar(
  model: PhysicalPar,
  inflow: Float64Array,
  initialLags: Float64Array,
  memory: LagMemory | null,
  name: SeriesName,
  write: (stage: number, hydro: number, noise: number) => void,
): void {
  const { stages, hydros, lags, base, psi, sigma } = model;
  let lag = memory === null ? initialLags.slice() : memory.begin(initialLags);
  for (let t = 0; t < stages; t += 1) {
    for (let h = 0; h < hydros; h += 1) {
      const i = t * hydros + h;
      let expected = base[i];
      if (memory !== null) expected += remembered(memory.stages[t], h, lag, 0);
      else for (let l = 0; l < lags; l += 1) expected += psi[i * lags + l] * lag[h * lags + l];
      const residual = inflow[i] - expected;
      const fits = sigma[i] > 0 || Math.abs(residual) <= RESIDUAL_TOLERANCE * Math.max(1, Math.abs(inflow[i]));
      if (!fits || !Number.isFinite(residual)) throw cannotGive(inflow[i], expected, t, h, name);
      write(t, h, sigma[i] > 0 ? residual / sigma[i] : 0);
    }
    if (memory !== null) {
      const next = new Float64Array(lag.length);
      nextMemory(memory.stages[t], lag, 0, inflow, t * hydros, next, 0);
      lag = next;
      continue;
    }
    for (let h = 0; h < hydros && lags > 0; h += 1) {
      lag.copyWithin(h * lags + 1, h * lags, (h + 1) * lags - 1);
      lag[h * lags] = inflow[t * hydros + h];
    }
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
