import type { Cvar, Study } from '../case/study.js';

/**
 * Weighs the costs of equally likely openings into one number. Coherent measures are the largest expectation over a set
 * of probabilities; the weights that attain it also turn the openings' gradients into a subgradient of the measure.
 * Source: Shapiro (2011), Analysis of stochastic dual dynamic programming method, section 4; Philpott and de Matos
 * (2012), Dynamic sampling algorithms for multi-stage stochastic programs with risk aversion, section 3.
 */
export class OpeningWeights {
  /** By opening, after `compute`; they sum to 1. */
  readonly weights: Float64Array;
  readonly #order: number[];

  constructor(openings: number) {
    this.weights = new Float64Array(openings);
    this.#order = Array.from({ length: openings }, (_, i) => i);
  }

  /**
   * Weights of the first `openings` openings by their costs `values[i]` [$]: every opening has `(1 - lambda) / n`, and
   * the dearest ones, up to a share `alpha` of the probability, `lambda / (alpha n)` beside it. Of equal costs the lower
   * index goes first.
   */
  compute({ alpha, lambda }: Cvar, values: Float64Array, openings: number): Float64Array {
    const { weights } = this;
    const order = this.#order;
    for (let i = 0; i < openings; i++) order[i] = i;
    order.length = openings;
    order.sort((a, b) => values[b] - values[a] || a - b);
    const floor = (1 - lambda) / openings;
    const most = 1 / (alpha * openings);
    let left = 1;
    for (const i of order) {
      const tail = Math.min(most, left);
      weights[i] = floor + lambda * tail;
      left = Math.max(0, left - tail);
    }
    return weights;
  }
}

/** Mean of `values[0..count)` in index order, or by `cvar`. For a single number; cuts need the weights themselves. */
export function riskAdjusted(cvar: Cvar | null, values: Float64Array, count: number): number {
  let sum = 0;
  if (cvar === null) {
    for (let i = 0; i < count; i++) sum += values[i];
    return sum / count;
  }
  const weights = new OpeningWeights(count).compute(cvar, values, count);
  for (let i = 0; i < count; i++) sum += weights[i] * values[i];
  return sum;
}

/**
 * Whether any stage weighs its openings other than by expectation. The lower bound is then one of the nested,
 * risk-adjusted cost, while mean costs of sampled paths estimate the expected cost of the policy: the two do not bound
 * each other.
 */
export function isRiskAverse({ stages }: Pick<Study, 'stages'>): boolean {
  return stages.some((stage) => stage.cvar !== null);
}
