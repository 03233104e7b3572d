import type { Cvar } from '#cobre/case/study';
import { type Expression, type LinearProgram, sum, times } from './program.js';

/**
 * `(1 - lambda) E + lambda CVaR_alpha` of equiprobable values, CVaR by its definition as a minimum (Rockafellar and
 * Uryasev, 2000): `v + E (value - v)+ / alpha`. Whoever pays it takes the minimum.
 */
export function riskAdjusted(
  program: LinearProgram,
  { alpha, lambda }: Cvar,
  values: readonly Expression[],
): Expression {
  const n = values.length;
  const threshold = program.variable(-Infinity, Infinity);
  const excesses = values.map((value) => {
    const excess = program.variable(0, Infinity);
    program.constrain(0, sum([excess, threshold, times(-1, value)]), Infinity);
    return excess;
  });
  const cvar = sum([threshold, times(1 / (alpha * n), sum(excesses))]);
  return sum([times((1 - lambda) / n, sum(values)), times(lambda, cvar)]);
}
