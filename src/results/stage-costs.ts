import type { Study } from '../case/study.js';
import type { ScenarioResult } from '../sddp/outcome.js';

/** Cost of each stage by its causes [$], undiscounted. Their sum, `hydroViolation` aside, is the immediate cost. */
export interface StageCosts {
  readonly thermal: Float64Array;
  readonly deficit: Float64Array;
  readonly excess: Float64Array;
  readonly exchange: Float64Array;
  readonly spillage: Float64Array;
  readonly storageViolation: Float64Array;
  readonly turbinedBelow: Float64Array;
  readonly outflowBelow: Float64Array;
  readonly outflowAbove: Float64Array;
  readonly generationBelow: Float64Array;
  /** Sum of the four violations above. */
  readonly hydroViolation: Float64Array;
  readonly inflowPenalty: Float64Array;
}

/** Prices a scenario's quantities: rates (MW, m3/s) by price and hours, volumes (hm3) by price. */
export function stageCosts(study: Study, result: ScenarioResult): StageCosts {
  const { stages, hydros, thermals, lines, buses } = study;
  const perStage = (): Float64Array => new Float64Array(stages.length);
  const costs = {
    thermal: perStage(),
    deficit: perStage(),
    excess: perStage(),
    exchange: perStage(),
    spillage: perStage(),
    storageViolation: perStage(),
    turbinedBelow: perStage(),
    outflowBelow: perStage(),
    outflowAbove: perStage(),
    generationBelow: perStage(),
    hydroViolation: perStage(),
    inflowPenalty: perStage(),
  };
  let row = 0;
  for (let t = 0; t < stages.length; t++) {
    for (const { hours } of stages[t].blocks) {
      for (let j = 0; j < thermals.length; j++) {
        costs.thermal[t] += thermals[j].cost * result.thermalGeneration[row * thermals.length + j] * hours;
      }
      for (let l = 0; l < lines.length; l++) {
        const at = row * lines.length + l;
        costs.exchange[t] += lines[l].exchangeCost * (result.flowDirect[at] + result.flowReverse[at]) * hours;
      }
      for (let b = 0; b < buses.length; b++) {
        const at = row * buses.length + b;
        costs.deficit[t] += result.deficitCost[at];
        costs.excess[t] += buses[b].excessCost * result.excess[at] * hours;
      }
      for (let h = 0; h < hydros.length; h++) {
        const at = row * hydros.length + h;
        const price = hydros[h].penalties;
        costs.spillage[t] += price.spillage * result.spilled[at] * hours;
        costs.turbinedBelow[t] += price.turbinedViolationBelow * result.turbinedBelow[at] * hours;
        costs.outflowBelow[t] += price.outflowViolationBelow * result.outflowBelow[at] * hours;
        costs.outflowAbove[t] += price.outflowViolationAbove * result.outflowAbove[at] * hours;
        costs.generationBelow[t] += price.generationViolationBelow * result.generationBelow[at] * hours;
      }
      row++;
    }
    for (let h = 0; h < hydros.length; h++) {
      const at = t * hydros.length + h;
      const price = hydros[h].penalties;
      costs.storageViolation[t] += price.storageViolationBelow * result.storageBelow[at];
      costs.inflowPenalty[t] += price.inflowNonNegativity * result.inflowSlack[at] * stages[t].hours;
    }
    costs.hydroViolation[t] =
      costs.turbinedBelow[t] + costs.outflowBelow[t] + costs.outflowAbove[t] + costs.generationBelow[t];
  }
  return costs;
}
