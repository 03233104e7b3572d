import { join } from 'node:path';
import type { Study } from '../case/study.js';
import type { ScenarioResult } from '../sddp/outcome.js';
import { STORAGE_BINDING } from './codes.js';
import { BUS_COLUMNS, COST_COLUMNS, type Column, EXCHANGE_COLUMNS, HYDRO_COLUMNS, THERMAL_COLUMNS } from './columns.js';
import { writeFile } from './files.js';
import { type ColumnValues, encodeParquet } from './parquet.js';
import { type EntityRows, type RowLayout, rowLayout } from './row-layout.js';
import { stageCosts } from './stage-costs.js';

/** A final storage this close to a bound [hm3] counts as on it: the solver's feasibility tolerance, with room. */
const BINDING_TOLERANCE_HM3 = 1e-6;
const PERCENT = 100;

/** Directory of a scenario's results, as Hive partitioning has it: `scenario_id=0007`. */
export function scenarioDirectory(scenario: number): string {
  return `scenario_id=${String(scenario).padStart(4, '0')}`;
}

/** A file of a scenario's results, relative to the output directory. */
export interface ScenarioFile {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/**
 * Writes one scenario: `simulation/{costs,hydros,thermals,exchanges,buses}/scenario_id=NNNN/data.parquet` under
 * `directory`. Kinds of entity that the case does not have are not written. Synchronous, for use inside a rank.
 *
 * Rows run over stages, then entities, then blocks; costs have one row a stage, with a null block.
 * @param cumulativeDiscount by stage: discount from the stage to the first one
 * @returns the files, relative to `directory`
 * @throws CobreError `IoError`
 */
export function writeScenario(
  directory: string,
  study: Study,
  result: ScenarioResult,
  cumulativeDiscount: Float64Array,
): string[] {
  return encodeScenario(study, result, cumulativeDiscount).map(({ file, bytes }) => {
    writeFile(join(directory, file), bytes);
    return file;
  });
}

/** The files of one scenario, as `writeScenario` writes them. */
export function encodeScenario(study: Study, result: ScenarioResult, cumulativeDiscount: Float64Array): ScenarioFile[] {
  const layout = rowLayout(study);
  const tables: [name: string, entities: number, columns: readonly Column[], values: () => ColumnValues[]][] = [
    ['costs', 1, COST_COLUMNS, () => costValues(study, result, cumulativeDiscount, layout)],
    ['hydros', study.hydros.length, HYDRO_COLUMNS, () => hydroValues(study, result, layout)],
    ['thermals', study.thermals.length, THERMAL_COLUMNS, () => thermalValues(study, result, layout.thermals)],
    ['exchanges', study.lines.length, EXCHANGE_COLUMNS, () => exchangeValues(study, result, layout.lines)],
    ['buses', study.buses.length, BUS_COLUMNS, () => busValues(result, layout.buses)],
  ];
  return tables
    .filter(([, entities]) => entities > 0)
    .map(([name, , columns, values]) => ({
      file: join('simulation', name, scenarioDirectory(result.scenario), 'data.parquet'),
      bytes: encodeParquet(columns, values()),
    }));
}

function costValues(
  study: Study,
  result: ScenarioResult,
  cumulativeDiscount: Float64Array,
  layout: RowLayout,
): ColumnValues[] {
  const costs = stageCosts(study, result);
  const { zeros } = layout.costs;
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
    zeros, // contract_cost
    costs.deficit,
    costs.excess,
    costs.storageViolation,
    zeros, // filling_target_cost
    costs.hydroViolation,
    costs.outflowBelow,
    costs.outflowAbove,
    costs.turbinedBelow,
    costs.generationBelow,
    zeros, // evaporation_violation_cost
    zeros, // withdrawal_violation_cost
    costs.inflowPenalty,
    zeros, // generic_violation_cost
    costs.spillage,
    zeros, // fpha_turbined_cost
    zeros, // curtailment_cost
    costs.exchange,
    zeros, // pumping_cost
  ];
}

/** `values[source[i]]` for every row i. */
function gather(values: Float64Array, source: Int32Array): Float64Array {
  const out = new Float64Array(source.length);
  for (let i = 0; i < out.length; i++) out[i] = values[source[i]];
  return out;
}

function product(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let i = 0; i < out.length; i++) out[i] = a[i] * b[i];
  return out;
}

function sum(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let i = 0; i < out.length; i++) out[i] = a[i] + b[i];
  return out;
}

function hydroValues(study: Study, result: ScenarioResult, layout: RowLayout): ColumnValues[] {
  const rows = layout.hydros;
  const { cell, stageCell, entity, hours, zeros, nulls } = rows;
  const turbined = gather(result.turbined, cell);
  const spilled = gather(result.spilled, cell);
  const incremental = gather(result.inflow, stageCell);
  const final = gather(result.storageFinal, stageCell);
  const generation = new Float64Array(rows.count);
  const productivity = new Float64Array(rows.count);
  const spillageCost = new Float64Array(rows.count);
  const inflow = new Float64Array(rows.count);
  const binding = new Int32Array(rows.count);
  for (let i = 0; i < rows.count; i++) {
    const plant = study.hydros[entity[i]];
    productivity[i] = plant.productivity;
    generation[i] = plant.productivity * turbined[i];
    spillageCost[i] = plant.penalties.spillage * spilled[i] * hours[i];
    let received = incremental[i];
    // Upstream plants stand in the same row of the result as this one.
    for (const upstream of layout.upstream[entity[i]]) {
      const at = cell[i] - entity[i] + upstream;
      received += result.turbined[at] + result.spilled[at];
    }
    inflow[i] = received;
    const atMinimum = final[i] <= plant.minStorage + BINDING_TOLERANCE_HM3;
    const atMaximum = final[i] >= plant.maxStorage - BINDING_TOLERANCE_HM3;
    binding[i] =
      (atMinimum ? STORAGE_BINDING.below_minimum : STORAGE_BINDING.none) +
      (atMaximum ? STORAGE_BINDING.above_maximum : STORAGE_BINDING.none);
  }
  return [
    rows.stageId,
    rows.blockId,
    rows.id,
    turbined,
    spilled,
    sum(turbined, spilled),
    nulls, // evaporation_m3s
    nulls, // diverted_inflow_m3s
    nulls, // diverted_outflow_m3s
    incremental,
    inflow,
    gather(result.storageInitial, stageCell),
    final,
    generation,
    product(generation, hours),
    productivity,
    spillageCost,
    gather(result.waterValue, stageCell),
    binding,
    rows.operating,
    gather(result.turbinedBelow, cell),
    gather(result.outflowBelow, cell),
    gather(result.outflowAbove, cell),
    gather(result.generationBelow, cell),
    gather(result.storageBelow, stageCell),
    zeros, // filling_target_violation_hm3
    zeros, // evaporation_violation_pos_m3s
    zeros, // evaporation_violation_neg_m3s
    gather(result.inflowSlack, stageCell),
    zeros, // water_withdrawal_violation_pos_m3s
    zeros, // water_withdrawal_violation_neg_m3s
  ];
}

function thermalValues(study: Study, result: ScenarioResult, rows: EntityRows): ColumnValues[] {
  const generation = gather(result.thermalGeneration, rows.cell);
  const energy = product(generation, rows.hours);
  return [
    rows.stageId,
    rows.blockId,
    rows.id,
    generation,
    energy,
    energy.map((mwh, i) => mwh * study.thermals[rows.entity[i]].cost),
    rows.falses, // is_gnl
    rows.nulls, // gnl_committed_mw
    rows.nulls, // gnl_decision_mw
    rows.operating,
  ];
}

function exchangeValues(study: Study, result: ScenarioResult, rows: EntityRows): ColumnValues[] {
  const direct = gather(result.flowDirect, rows.cell);
  const reverse = gather(result.flowReverse, rows.cell);
  const net = direct.map((flow, i) => flow - reverse[i]);
  const both = sum(direct, reverse);
  const losses = both.map((flow, i) => (flow * study.lines[rows.entity[i]].lossesPercent) / PERCENT);
  return [
    rows.stageId,
    rows.blockId,
    rows.id,
    direct,
    reverse,
    net,
    product(net, rows.hours),
    losses,
    product(losses, rows.hours),
    both.map((flow, i) => flow * study.lines[rows.entity[i]].exchangeCost * rows.hours[i]),
    rows.operating,
  ];
}

function busValues(result: ScenarioResult, rows: EntityRows): ColumnValues[] {
  const { cell, hours } = rows;
  const load = gather(result.load, cell);
  const deficit = gather(result.deficit, cell);
  const excess = gather(result.excess, cell);
  return [
    rows.stageId,
    rows.blockId,
    rows.id,
    load,
    product(load, hours),
    deficit,
    product(deficit, hours),
    excess,
    product(excess, hours),
    gather(result.spotPrice, cell),
  ];
}
