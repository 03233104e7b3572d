import type { StageTemplate } from './stage-template.js';

/**
 * The least that a stage can cost by the bounds of its columns alone [$], at most 0; the cost-to-go left out. Below 0 only
 * where something earns: contracts with a price below 0, sources whose curtailment is priced.
 */
export function leastStageCost({ layout, cost, columnLower, columnUpper, costScale }: StageTemplate): number {
  let least = 0;
  for (let c = 0; c < layout.columns; c++) {
    if (c === layout.theta || cost[c] === 0) continue;
    least += Math.min(0, cost[c] * (cost[c] < 0 ? columnUpper[c] : columnLower[c]));
  }
  return least / costScale;
}

/**
 * The least that all later stages can cost together, seen from the next stage [$], by stage: what the cost-to-go is bounded
 * by before there are cuts. Where the stages from `cycleStart` on come again and again it is the sum of a geometric series.
 * @param end what comes after the last stage costs at least [$], seen from there
 */
export function futureFloors(
  least: readonly number[],
  discount: readonly number[],
  cycleStart: number | null,
  end = 0,
): readonly number[] {
  const from = (start: number, after: number) =>
    least.reduceRight((later, cost, t) => (t < start ? later : cost + discount[t] * later), after);
  let after = end;
  if (cycleStart !== null) {
    const round = discount.slice(cycleStart).reduce((product, each) => product * each, 1);
    after = from(cycleStart, 0) / (1 - round);
  }
  return least.map((_, t) => from(t + 1, after));
}

/** A stage problem that another follows: its cost-to-go is free from `floor` [$] on. */
export function withFuture(template: StageTemplate, floor: number): StageTemplate {
  const { theta } = template.layout;
  const columnLower = template.columnLower.slice();
  const columnUpper = template.columnUpper.slice();
  columnLower[theta] = floor * template.costScale;
  columnUpper[theta] = Number.POSITIVE_INFINITY;
  return { ...template, columnLower, columnUpper };
}
