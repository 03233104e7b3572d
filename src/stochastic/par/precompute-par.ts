import { lagDepth, type ParModel } from './par-model.js';
import { ANNUAL_WINDOW } from './seasonal-statistics.js';

/**
 * The inflow model in physical units, ready for the stage problems. With T stages, H hydros and L = `maxOrder`:
 * inflow(t, h) = base + sum over l of psi_l inflow(t - 1 - l, h) + sigma noise, all m3/s.
 */
export interface PrecomputedPar {
  readonly hydros: number;
  /** Lags that a state needs; twelve where some hydro has an annual component. */
  readonly maxOrder: number;
  /** Coefficient of lag l + 1 at `t * (H * L) + h * L + l`; 0 beyond the order. */
  readonly psi: Float64Array;
  /** Deterministic base [m3/s] at `t * H + h`. */
  readonly base: Float64Array;
  /** Standard deviation of the noise [m3/s] at `t * H + h`. */
  readonly sigma: Float64Array;
  /** Lags with an effect at `t * H + h`: the order, or twelve with an annual component. */
  readonly order: Int32Array;
}

/** Mean and standard deviation [m3/s] of lag l + 1 of stage t. */
export interface LagMoments {
  mean(t: number, h: number, l: number): number;
  std(t: number, h: number, l: number): number;
}

/**
 * From standardised to physical: psi_l = psi*_l s_t / s_(t-l), sigma = ratio s_t, base = mean_t - sum psi_l mean_(t-l).
 * The annual component is the mean of twelve lags: each gets a twelfth of psi_A s_t / s_A. Its base uses the means of
 * the lags and not that of the annual mean: the expected inflow is then mean_t whatever years that mean is taken from.
 * A lag that does not vary (s = 0) has no autoregressive effect. A pair (t, h) of mean and standard deviation 0 and
 * order 0 gives no inflow.
 * @param lagMoments those of stage t - 1 - l by default. For stages that are shorter or longer than the seasons of the lags.
 */
export function precomputePar(model: ParModel, lagMoments: LagMoments = momentsOfStages(model)): PrecomputedPar {
  const { stages, hydros } = model;
  const maxOrder = lagDepth(model);
  const psi = new Float64Array(stages * hydros * maxOrder);
  const base = new Float64Array(stages * hydros);
  const sigma = new Float64Array(stages * hydros);
  const order = new Int32Array(stages * hydros);
  for (let t = 0; t < stages; t += 1) {
    for (let h = 0; h < hydros; h += 1) {
      const entry = t * hydros + h;
      const annual = annualWeight(model, entry);
      order[entry] = annual === 0 ? model.order[entry] : Math.max(model.order[entry], ANNUAL_WINDOW);
      sigma[entry] = model.std[entry] * model.residualStdRatio[entry];
      base[entry] = model.mean[entry];
      for (let l = 0; l < order[entry]; l += 1) {
        const std = lagMoments.std(t, h, l);
        const own = l < model.order[entry] && std !== 0 ? (coefficient(model, entry, l) * model.std[entry]) / std : 0;
        const value = l < ANNUAL_WINDOW ? own + annual / ANNUAL_WINDOW : own;
        psi[entry * maxOrder + l] = value;
        base[entry] -= value * lagMoments.mean(t, h, l);
      }
    }
  }
  return { hydros, maxOrder, psi, base, sigma, order };
}

function coefficient({ coefficients, maxOrder }: ParModel, entry: number, l: number): number {
  return coefficients[entry * maxOrder + l];
}

/** Weight of the annual mean [m3/s per m3/s], 0 without one. */
function annualWeight({ annual, std }: ParModel, entry: number): number {
  if (annual === null || annual.std[entry] === 0) return 0;
  return (annual.coefficient[entry] * std[entry]) / annual.std[entry];
}

/** Where each lag is the inflow of one stage, as many before. */
function momentsOfStages({ hydros, mean, std, pastMean, pastStd }: ParModel): LagMoments {
  const of = (own: Float64Array, past: Float64Array) => (t: number, h: number, l: number) => {
    const stage = t - 1 - l;
    return stage >= 0 ? own[stage * hydros + h] : past[(-1 - stage) * hydros + h];
  };
  return { mean: of(mean, pastMean), std: of(std, pastStd) };
}
