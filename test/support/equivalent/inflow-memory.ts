import type { Study } from '#cobre/case/study';
import type { InflowMemory } from './models.js';

/**
 * Periodic autoregression as the specification's PAR(p) page has it, from what a study says of it: coefficients are
 * standardised, so that `psi[l] = coefficient[l] std[t] / std[t - l]`, and `base = mean[t] - sum psi[l] mean[t - l]`.
 * Means and deviations before the study are those of its pre-study stages.
 */
export function inflowMemoryOf(study: Study): InflowMemory {
  const { autoregressive, preStudyMean, preStudyStd, preStudyStages, pastInflows } = study.inflowModel;
  const hydros = study.hydros.length;
  const statistic = (inStudy: Float64Array, before: Float64Array, t: number, h: number) =>
    t >= 0 ? inStudy[t * hydros + h] : before[(preStudyStages.length + t) * hydros + h];
  const mean = (t: number, h: number) => statistic(study.inflow.mean, preStudyMean, t, h);
  const std = (t: number, h: number) => statistic(study.inflow.std, preStudyStd, t, h);
  return {
    past: pastInflows.map(({ values }) => Array.from(values)),
    terms: (t, h) => {
      const psi: number[] = [];
      let ratio = 1;
      autoregressive?.lag.forEach((lag, row) => {
        if (autoregressive.hydro[row] !== h || autoregressive.stage[row] !== t) return;
        psi[lag - 1] = (autoregressive.coefficient[row] * std(t, h)) / std(t - lag, h);
        ratio = autoregressive.residualStdRatio[row];
      });
      const base = psi.reduce((rest, factor, l) => rest - factor * mean(t - l - 1, h), mean(t, h));
      return { base, psi, sigma: ratio * std(t, h) };
    },
  };
}
