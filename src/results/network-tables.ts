import type { ScenarioResult } from '../sddp/outcome.js';
import { gather, product, sum } from './column-arithmetic.js';
import type { ColumnValues } from './parquet.js';
import type { RowLayout } from './row-layout.js';

const PERCENT = 100;

/** `simulation/thermals/`: values of `THERMAL_COLUMNS`. */
export function thermalValues(result: ScenarioResult, { thermals: rows, systems }: RowLayout): ColumnValues[] {
  const generation = gather(result.thermalGeneration, rows.cell);
  const energy = product(generation, rows.hours);
  return [
    rows.stageId,
    rows.blockId,
    rows.id,
    generation,
    energy,
    energy.map((mwh, i) => mwh * systems[rows.stageId[i]].thermals[rows.entity[i]].cost),
    rows.falses, // is_gnl
    rows.nulls, // gnl_committed_mw
    rows.nulls, // gnl_decision_mw
    rows.operativeState,
  ];
}

/** `simulation/exchanges/`: values of `EXCHANGE_COLUMNS`. */
export function exchangeValues(result: ScenarioResult, { lines: rows, systems }: RowLayout): ColumnValues[] {
  const line = (i: number) => systems[rows.stageId[i]].lines[rows.entity[i]];
  const direct = gather(result.flowDirect, rows.cell);
  const reverse = gather(result.flowReverse, rows.cell);
  const net = direct.map((flow, i) => flow - reverse[i]);
  const both = sum(direct, reverse);
  const losses = both.map((flow, i) => (flow * line(i).lossesPercent) / PERCENT);
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
    both.map((flow, i) => flow * line(i).exchangeCost * rows.hours[i]),
    rows.operativeState,
  ];
}

/** `simulation/buses/`: values of `BUS_COLUMNS`. */
export function busValues(result: ScenarioResult, { buses: rows }: RowLayout): ColumnValues[] {
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
