import type { HydroAtStage } from '../case/stage-system.js';
import type { Study } from '../case/study.js';
import type { ScenarioResult } from '../sddp/outcome.js';
import { STORAGE_BINDING } from './codes.js';
import { gather, nullForNaN, product, sum } from './column-arithmetic.js';
import type { ColumnValues } from './parquet.js';
import type { EntityRows, RowLayout } from './row-layout.js';

/** A final storage this close to a bound [hm3] counts as on it: the solver's feasibility tolerance, with room. */
const BINDING_TOLERANCE_HM3 = 1e-6;

/** `simulation/hydros/`: values of `HYDRO_COLUMNS`. */
export function hydroValues(study: Study, result: ScenarioResult, layout: RowLayout): ColumnValues[] {
  const rows = layout.hydros;
  const { cell, stageCell, stageId, entity, hours } = rows;
  const turbined = gather(result.turbined, cell);
  const spilled = gather(result.spilled, cell);
  const final = gather(result.storageFinal, stageCell);
  const generation = gather(result.generation, cell);
  const spillageCost = new Float64Array(rows.count);
  const inflow = new Float64Array(rows.count);
  const binding = new Int32Array(rows.count);
  const divertedIn = divertedInflow(result, layout);
  for (let i = 0; i < rows.count; i++) {
    const plant = layout.systems[stageId[i]].hydros[entity[i]];
    spillageCost[i] = plant.penalties.spillage * spilled[i] * hours[i];
    inflow[i] = plant.status === 'absent' ? 0 : totalInflow(study, result, layout, i) + divertedIn[i];
    binding[i] = bindingCode(plant, final[i]);
  }
  const without = (present: readonly boolean[], values: Float64Array) =>
    nullForNaN(values.map((value, i) => (present[entity[i]] ? value : Number.NaN)));
  return [
    stageId,
    rows.blockId,
    rows.id,
    turbined,
    spilled,
    sum(turbined, spilled),
    nullForNaN(gather(result.evaporation, stageCell)),
    without(layout.receivesDiversion, divertedIn),
    without(
      study.hydros.map(({ diversion }) => diversion !== null),
      gather(result.diverted, cell),
    ),
    gather(result.inflow, stageCell),
    inflow,
    gather(result.storageInitial, stageCell),
    final,
    generation,
    product(generation, hours),
    nullForNaN(gather(result.productivity, stageCell)),
    spillageCost,
    gather(result.waterValue, cell),
    binding,
    rows.operativeState,
    gather(result.turbinedBelow, cell),
    gather(result.outflowBelow, cell),
    gather(result.outflowAbove, cell),
    sum(gather(result.generationBelow, cell), gather(result.planesBelow, cell)),
    gather(result.storageBelow, stageCell),
    gather(result.fillingBelow, stageCell),
    gather(result.evaporationAbove, stageCell),
    gather(result.evaporationBelow, stageCell),
    gather(result.inflowSlack, stageCell),
    gather(result.withdrawalAbove, stageCell),
    gather(result.withdrawalBelow, stageCell),
  ];
}

/** By row: what channels bring [m3/s]. */
function divertedInflow(result: ScenarioResult, { hydros: rows, inlets }: RowLayout): Float64Array {
  const total = new Float64Array(rows.count);
  for (let i = 0; i < rows.count; i++) {
    for (const other of inlets[rows.stageId[i]][rows.entity[i]].diverted) {
      total[i] += result.diverted[plantCell(rows, i, other)];
    }
  }
  return total;
}

/** What runs into the reservoir of row i [m3/s], channels apart: natural inflow, other plants' outflow, pumped water. */
function totalInflow(study: Study, result: ScenarioResult, layout: RowLayout, i: number): number {
  const rows = layout.hydros;
  const H = study.hydros.length;
  const t = rows.stageId[i];
  const { natural, outflow, pumps } = layout.inlets[t][rows.entity[i]];
  let received = 0;
  for (const h of natural) received += result.inflow[t * H + h];
  for (const upstream of outflow) {
    const at = plantCell(rows, i, upstream);
    received += result.turbined[at] + result.spilled[at];
  }
  const row = (rows.cell[i] - rows.entity[i]) / H;
  for (const pump of pumps) received += result.pumped[row * study.pumps.length + pump];
  return received;
}

/** Where plant `other` stands in the (stage, block) of row i. */
function plantCell({ cell, entity }: EntityRows, i: number, other: number): number {
  return cell[i] - entity[i] + other;
}

function bindingCode({ status, minStorage, maxStorage }: HydroAtStage, final: number): number {
  // A storage that stays as it is touches nothing, and one that is being filled has no least storage yet.
  if (status === 'absent') return STORAGE_BINDING.none;
  const atMinimum = status === 'operating' && final <= minStorage + BINDING_TOLERANCE_HM3;
  const atMaximum = final >= maxStorage - BINDING_TOLERANCE_HM3;
  return (
    (atMinimum ? STORAGE_BINDING.below_minimum : STORAGE_BINDING.none) +
    (atMaximum ? STORAGE_BINDING.above_maximum : STORAGE_BINDING.none)
  );
}
