import { CobreError } from '../../errors.js';
import { inverseNormalCdf } from '../inverse-normal-cdf.js';

/** The largest double below 1: where rounding gives 1 itself, whose quantile is infinite. */
const BELOW_ONE = 1 - 2 ** -53;

/** Standard normal quantile of `u` in (0, 1], finite at 1. */
export function normalOf(u: number): number {
  return inverseNormalCdf(u < BELOW_ONE ? u : BELOW_ONE);
}

/** @throws CobreError `InvalidArgument` when `index` is not one of the batch's points. */
export function checkIndex(index: number, points: number): void {
  if (Number.isInteger(index) && index >= 0 && index < points) return;
  throw new CobreError('InvalidArgument', `there is no point ${index} in a batch of ${points}`, {
    field: 'index',
    value: index,
    suggestion: `Ask for points 0 to ${points - 1}, or draw a larger batch.`,
  });
}
