import type { StageSystem } from '../case/stage-system.js';
import type { Stage } from '../case/study.js';
import type { GenericConstraint } from '../case/study-system.js';
import type { Plane } from './stage-parts.js';

/**
 * Whether a plane of a plant can be below 0 at some storage, turbined and spilled flow. Generation cannot, so that without a
 * slack such a point would be forbidden: floods that must be spilled, storages far from where the planes were fitted.
 */
export function mayFallBelowZero(planes: readonly Plane[]): boolean {
  return planes.some(({ gamma0, gammaV, gammaQ, gammaS }) => gamma0 < 0 || gammaV < 0 || gammaQ < 0 || gammaS < 0);
}

/**
 * Price of generation above the planes of hydro `h` [$/MWh]: more than a MWh can be worth to the bus, to the plant's least
 * generation and to generic constraints on it or on deficits together. So the slack never makes power, it only takes planes up to 0.
 * (A generic constraint without a penalty may be worth any price; it is met with the slack before it makes the problem
 * infeasible.)
 */
export function planeSlackPrice(
  stage: Stage,
  system: StageSystem,
  constraints: readonly GenericConstraint[],
  h: number,
): number {
  let dearest = 0;
  for (const { deficitSegments } of system.buses) {
    for (const { cost } of deficitSegments) dearest = Math.max(dearest, cost);
  }
  let price = 2 * dearest + system.hydros[h].penalties.generationViolationBelow;
  for (const { constraint } of system.generic) {
    const { terms, slackPenalty } = constraints[constraint];
    for (const { variable, entity, coefficient, block } of terms) {
      // A constraint on a deficit makes the energy dearer that is not missing then.
      if (variable !== 'bus_deficit' && (variable !== 'hydro_generation' || entity !== h)) continue;
      // Power of one block that is in the rows of all blocks earns in each of them.
      const blocks = block === null ? 1 : stage.hours / stage.blocks[block].hours;
      price += Math.abs(coefficient) * (slackPenalty ?? 0) * blocks;
    }
  }
  return price;
}
