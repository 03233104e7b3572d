import { HM3_PER_M3S_HOUR } from '../lp/water-units.js';
import type { ScenarioResult } from '../sddp/outcome.js';
import { gather, product } from './column-arithmetic.js';
import type { ColumnValues } from './parquet.js';
import type { RowLayout } from './row-layout.js';

/** `simulation/pumping_stations/`: values of `PUMP_COLUMNS`. */
export function pumpValues(result: ScenarioResult, { pumps: rows, systems }: RowLayout): ColumnValues[] {
  const flow = gather(result.pumped, rows.cell);
  const power = flow.map((rate, i) => rate * systems[rows.stageId[i]].pumps[rows.entity[i]].consumption);
  return [
    rows.stageId,
    rows.blockId,
    rows.id,
    flow,
    flow.map((rate, i) => HM3_PER_M3S_HOUR * rate * rows.hours[i]),
    power,
    product(power, rows.hours),
    rows.zeros, // pumping_cost
    rows.operativeState,
  ];
}

/** `simulation/contracts/`: values of `CONTRACT_COLUMNS`. Exports count as negative power; costs are as the contract says. */
export function contractValues(result: ScenarioResult, { contracts: rows, systems }: RowLayout): ColumnValues[] {
  const contract = (i: number) => systems[rows.stageId[i]].contracts[rows.entity[i]];
  const traded = gather(result.contractPower, rows.cell);
  // Minus from 0, for nothing exported is 0 and not -0.
  const power = traded.map((mw, i) => (contract(i).type === 'import' ? mw : 0 - mw));
  return [
    rows.stageId,
    rows.blockId,
    rows.id,
    power,
    product(power, rows.hours),
    Float64Array.from(traded, (_, i) => contract(i).price),
    traded.map((mw, i) => contract(i).price * mw * rows.hours[i]),
    rows.operativeState,
  ];
}

/** `simulation/non_controllables/`: values of `SOURCE_COLUMNS`. */
export function sourceValues(result: ScenarioResult, { sources: rows, systems }: RowLayout): ColumnValues[] {
  const generation = gather(result.sourceGeneration, rows.cell);
  const curtailed = gather(result.sourceCurtailed, rows.cell);
  const curtailedEnergy = product(curtailed, rows.hours);
  return [
    rows.stageId,
    rows.blockId,
    rows.id,
    generation,
    product(generation, rows.hours),
    gather(result.sourceAvailable, rows.cell),
    curtailed,
    curtailedEnergy,
    curtailedEnergy.map((mwh, i) => mwh * systems[rows.stageId[i]].sources[rows.entity[i]].curtailmentCost),
    rows.operativeState,
  ];
}
