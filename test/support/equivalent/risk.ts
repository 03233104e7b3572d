import type { Cvar } from '#cobre/case/study';
import { type Expression, type LinearProgram, minus, sum, times } from './program.js';

/**
 * What costs that are equally probable weigh together: their mean, or `(1 - lambda) E + lambda CVaR_alpha`, CVaR by its
 * definition as a minimum (Rockafellar and Uryasev, 2000): `v + E (cost - v)+ / alpha`.
 */
export function weighed(program: LinearProgram, cvar: Cvar | null, values: readonly Expression[]): Expression {
  if (cvar === null) return mean(values);
  const { alpha, lambda } = cvar;
  // Counted in a unit in which costs lie around 1, where tolerances are made for.
  const unit = size(values);
  const costs = values.map((value) => {
    const cost = program.variable(-Infinity, Infinity);
    program.constrain(0, minus(cost, times(1 / unit, value)), 0);
    return cost;
  });
  const threshold = program.variable(-Infinity, Infinity);
  const excesses = costs.map((cost) => {
    const excess = program.variable(0, Infinity);
    program.constrain(0, sum([excess, threshold, times(-1, cost)]), Infinity);
    return excess;
  });
  const tail = sum([threshold, times(1 / alpha, mean(excesses))]);
  return times(unit, sum([times(1 - lambda, mean(costs)), times(lambda, tail)]));
}

function mean(values: readonly Expression[]): Expression {
  return times(1 / values.length, sum(values));
}

/** Geometric mean of the factors' sizes. */
function size(values: readonly Expression[]): number {
  const logs = values.flatMap(({ terms }) =>
    terms.flatMap(([, factor]) => (factor === 0 ? [] : [Math.log(Math.abs(factor))])),
  );
  return logs.length === 0 ? 1 : Math.exp(logs.reduce((total, log) => total + log, 0) / logs.length);
}
