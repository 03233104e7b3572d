import type { Study } from '../case/study.js';
import type { InflowParameters } from './inflow-model.js';

/** Base, coefficients and noise of every stage's inflow, from what the case gives or its history says. */
export function inflowParameters(study: Study): InflowParameters {
  const { mean, std } = study.inflow;
  return { maxOrder: 0, mean, base: mean, psi: new Float64Array(0), sigma: std };
}
