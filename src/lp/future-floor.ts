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
