import type { Study } from '../case/study.js';

/**
 * Where a typical cost coefficient should lie in the linear programs: far above the solver's absolute dual tolerance
 * (1e-7), so that the cheapest penalties count, and far below where sums over a long horizon outgrow the absolute
 * primal one.
 */
const TYPICAL_COEFFICIENT = 2 ** 7;

/** Halfway between two powers of two goes up, even where the last bits of an engine's logarithms say a little less. */
const TIE = 1e-9;

/**
 * What costs in $ are multiplied by in all linear programs of a study: the solver's tolerances are absolute, while
 * costs come in dollars or thousands of them and stages last an hour or a quarter. Typical is the geometric mean of
 * the prices of energy [$/MWh] times that of the blocks' durations [h], so that a single prohibitive price moves the
 * scale little. A power of two, so that scaling back and forth is exact; about a thousandth for a monthly study.
 */
export function costScale({ stages, thermals, buses }: Study): number {
  const prices = [
    ...thermals.map((plant) => plant.cost),
    ...buses.flatMap((bus) => bus.deficitSegments.map((segment) => segment.cost)),
  ];
  const hours = stages.flatMap((stage) => stage.blocks.map((block) => block.hours));
  return 2 ** Math.round(Math.log2(TYPICAL_COEFFICIENT) - meanLog2(prices) - meanLog2(hours) + TIE);
}

/** Mean binary logarithm of the positive values; 0 when there are none. */
function meanLog2(values: readonly number[]): number {
  const positive = values.filter((value) => value > 0);
  return positive.length === 0 ? 0 : positive.reduce((sum, value) => sum + Math.log2(value), 0) / positive.length;
}
