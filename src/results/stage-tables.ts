import type { Study } from '../case/study.js';
import type { ScenarioResult } from '../sddp/outcome.js';
import type { ColumnValues } from './parquet.js';
import type { RowLayout } from './row-layout.js';
import { genericCost, stageCosts } from './stage-costs.js';

/** `simulation/costs/`: values of `COST_COLUMNS`. */
export function costValues(
  study: Study,
  result: ScenarioResult,
  cumulativeDiscount: Float64Array,
  layout: RowLayout,
): ColumnValues[] {
  const costs = stageCosts(study, result);
  // The stage problem weighs the cost-to-go by its discount: future cost is what the stage's own objective holds.
  const future = Float64Array.from(study.stages, (stage, t) => stage.discount * result.futureCost[t]);
  return [
    layout.costs.stageId,
    layout.costs.blockId,
    future.map((cost, t) => result.immediateCost[t] + cost),
    result.immediateCost,
    future,
    cumulativeDiscount,
    costs.thermal,
    costs.contract,
    costs.deficit,
    costs.excess,
    costs.storageViolation,
    costs.fillingTarget,
    costs.hydroViolation,
    costs.outflowBelow,
    costs.outflowAbove,
    costs.turbinedBelow,
    costs.generationBelow,
    costs.evaporation,
    costs.withdrawal,
    costs.inflowPenalty,
    costs.generic,
    costs.spillage,
    costs.fphaTurbined,
    costs.curtailment,
    costs.exchange,
    layout.costs.zeros, // pumping_cost
  ];
}

/** Variables of memory a hydro, of the state's: how many stages back it reaches. */
function memoryDepth(study: Study, result: ScenarioResult): number {
  const cells = study.stages.length * study.hydros.length;
  return cells === 0 ? 0 : result.memory.length / cells;
}

/** `simulation/inflow_lags/`: values of `INFLOW_LAG_COLUMNS`, a row a stage, hydro and lag. */
export function inflowLagValues(study: Study, result: ScenarioResult): ColumnValues[] {
  const H = study.hydros.length;
  const depth = memoryDepth(study, result);
  const count = result.memory.length;
  const stageId = new Int32Array(count);
  const hydroId = new Int32Array(count);
  const lag = new Int32Array(count);
  const inflow = new Float64Array(count);
  let i = 0;
  for (let t = 0; t < study.stages.length; t++) {
    for (let h = 0; h < H; h++) {
      for (let age = 1; age <= depth; age++, i++) {
        stageId[i] = t;
        hydroId[i] = study.hydros[h].id;
        lag[i] = age;
        inflow[i] = result.memory[(t * depth + age - 1) * H + h];
      }
    }
  }
  return [stageId, hydroId, lag, inflow];
}

/** `simulation/violations/generic/`: values of `GENERIC_VIOLATION_COLUMNS`, of those rows that are violated. */
export function genericViolationValues(study: Study, { generic }: ScenarioResult): ColumnValues[] {
  const stageId: number[] = [];
  const blockId: number[] = [];
  const id: number[] = [];
  const slack: number[] = [];
  const cost: number[] = [];
  for (let t = 0; t < study.stages.length; t++) {
    for (let i = generic.first[t]; i < generic.first[t + 1]; i++) {
      const below = generic.below[i];
      const above = generic.above[i];
      if (below === 0 && above === 0) continue;
      const constraint = study.genericConstraints[generic.constraint[i]];
      stageId.push(t);
      blockId.push(generic.block[i]);
      id.push(constraint.id);
      // An equation may be missed on either side.
      slack.push(constraint.sense === '==' ? below - above : below + above);
      cost.push(genericCost(study, generic, t, i));
    }
  }
  return [
    Int32Array.from(stageId),
    Int32Array.from(blockId),
    Int32Array.from(id),
    Float64Array.from(slack),
    Float64Array.from(cost),
  ];
}
