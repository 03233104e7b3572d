import type { Study } from '../case/study.js';
import { planeSlackPrice } from '../lp/plane-slack.js';
import type { ScenarioResult } from '../sddp/outcome.js';
import { rowLayout } from './row-layout.js';

/**
 * Cost of each stage by its causes [$], undiscounted, at the prices of the stage. Their sum, `hydroViolation` aside, is the
 * immediate cost plus the price of all that the sources had available: the stage problem counts generation of theirs as
 * minus its curtailment price, and so leaves that constant out.
 */
export interface StageCosts {
  readonly thermal: Float64Array;
  /** Negative where contracts earn more than they cost. */
  readonly contract: Float64Array;
  readonly deficit: Float64Array;
  readonly excess: Float64Array;
  readonly exchange: Float64Array;
  /** Of spilled and of diverted flow. */
  readonly spillage: Float64Array;
  readonly fphaTurbined: Float64Array;
  readonly storageViolation: Float64Array;
  readonly fillingTarget: Float64Array;
  readonly turbinedBelow: Float64Array;
  readonly outflowBelow: Float64Array;
  readonly outflowAbove: Float64Array;
  readonly generationBelow: Float64Array;
  readonly evaporation: Float64Array;
  readonly withdrawal: Float64Array;
  /** Sum of the six violations above. */
  readonly hydroViolation: Float64Array;
  readonly inflowPenalty: Float64Array;
  readonly generic: Float64Array;
  /** Price of what the sources had available and did not generate. */
  readonly curtailment: Float64Array;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Prices a scenario's quantities: rates (MW, m3/s) by price and hours, volumes (hm3) by price. */
export function stageCosts(study: Study, result: ScenarioResult): StageCosts {
  const { stages } = study;
  const perStage = (): Float64Array => new Float64Array(stages.length);
  const costs: Writable<StageCosts> = {
    thermal: perStage(),
    contract: perStage(),
    deficit: perStage(),
    excess: perStage(),
    exchange: perStage(),
    spillage: perStage(),
    fphaTurbined: perStage(),
    storageViolation: perStage(),
    fillingTarget: perStage(),
    turbinedBelow: perStage(),
    outflowBelow: perStage(),
    outflowAbove: perStage(),
    generationBelow: perStage(),
    evaporation: perStage(),
    withdrawal: perStage(),
    hydroViolation: perStage(),
    inflowPenalty: perStage(),
    generic: perStage(),
    curtailment: perStage(),
  };
  let row = 0;
  for (let t = 0; t < stages.length; t++) {
    for (const { hours } of stages[t].blocks) {
      priceNetwork(study, result, costs, t, row, hours);
      pricePlants(study, result, costs, t, row, hours);
      row++;
    }
    priceReservoirs(study, result, costs, t);
    priceGeneric(study, result, costs, t);
    costs.hydroViolation[t] =
      costs.turbinedBelow[t] +
      costs.outflowBelow[t] +
      costs.outflowAbove[t] +
      costs.generationBelow[t] +
      costs.evaporation[t] +
      costs.withdrawal[t];
  }
  return costs;
}

function priceNetwork(study: Study, result: ScenarioResult, costs: StageCosts, t: number, row: number, hours: number) {
  const { thermals, lines, buses, contracts, sources } = rowLayout(study).systems[t];
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
  for (let c = 0; c < contracts.length; c++) {
    costs.contract[t] += contracts[c].price * result.contractPower[row * contracts.length + c] * hours;
  }
  for (let r = 0; r < sources.length; r++) {
    costs.curtailment[t] += sources[r].curtailmentCost * result.sourceCurtailed[row * sources.length + r] * hours;
  }
}

function pricePlants(study: Study, result: ScenarioResult, costs: StageCosts, t: number, row: number, hours: number) {
  const { systems } = rowLayout(study);
  const { hydros } = systems[t];
  for (let h = 0; h < hydros.length; h++) {
    const at = row * hydros.length + h;
    const price = hydros[h].penalties;
    costs.spillage[t] += (price.spillage * result.spilled[at] + price.diversion * result.diverted[at]) * hours;
    if (Number.isNaN(result.productivity[t * hydros.length + h])) {
      costs.fphaTurbined[t] += price.fphaTurbined * result.turbined[at] * hours;
    }
    costs.turbinedBelow[t] += price.turbinedViolationBelow * result.turbinedBelow[at] * hours;
    costs.outflowBelow[t] += price.outflowViolationBelow * result.outflowBelow[at] * hours;
    costs.outflowAbove[t] += price.outflowViolationAbove * result.outflowAbove[at] * hours;
    costs.generationBelow[t] += price.generationViolationBelow * result.generationBelow[at] * hours;
    if (result.planesBelow[at] > 0) {
      const slackPrice = planeSlackPrice(study.stages[t], systems[t], study.genericConstraints, h);
      costs.generationBelow[t] += slackPrice * result.planesBelow[at] * hours;
    }
  }
}

function priceReservoirs(study: Study, result: ScenarioResult, costs: StageCosts, t: number) {
  const { hydros } = rowLayout(study).systems[t];
  const { hours } = study.stages[t];
  for (let h = 0; h < hydros.length; h++) {
    const at = t * hydros.length + h;
    const price = hydros[h].penalties;
    costs.storageViolation[t] += price.storageViolationBelow * result.storageBelow[at];
    costs.fillingTarget[t] += price.fillingTarget * result.fillingBelow[at];
    costs.inflowPenalty[t] += price.inflowNonNegativity * result.inflowSlack[at] * hours;
    costs.evaporation[t] +=
      (price.evaporationBelow * result.evaporationBelow[at] + price.evaporationAbove * result.evaporationAbove[at]) *
      hours;
    costs.withdrawal[t] +=
      (price.withdrawalBelow * result.withdrawalBelow[at] + price.withdrawalAbove * result.withdrawalAbove[at]) * hours;
  }
}

function priceGeneric(study: Study, { generic }: ScenarioResult, costs: StageCosts, t: number) {
  for (let i = generic.first[t]; i < generic.first[t + 1]; i++) {
    costs.generic[t] += genericCost(study, generic, t, i);
  }
}

/** Price of violating the generic constraint of row `i` of a scenario, at stage `t` [$]. */
export function genericCost(study: Study, generic: ScenarioResult['generic'], t: number, i: number): number {
  const { slackPenalty } = study.genericConstraints[generic.constraint[i]];
  return (slackPenalty ?? 0) * (generic.below[i] + generic.above[i]) * study.stages[t].blocks[generic.block[i]].hours;
}
