import type { Block, Stage } from '../case/study.js';
import type { DeficitSegment } from '../case/study-system.js';
import type { HydroPlaces } from './hydro-rows.js';
import type { ModelBuilder } from './model-builder.js';
import type { StageParts } from './stage-parts.js';

/** Factors of capacity by (entity, block) of a stage. */
interface NetworkFactors {
  readonly direct: Float64Array;
  readonly reverse: Float64Array;
  readonly source: Float64Array;
}

/** First columns of thermals, lines and buses. */
export interface NetworkPlaces {
  readonly thermal: number;
  readonly flowDirect: number;
  readonly flowReverse: number;
  readonly deficit: Int32Array;
  readonly excess: number;
}

/** First columns of what feeds and taps the network beside plants and loads. */
export interface TradePlaces {
  readonly contract: number;
  readonly pump: number;
  readonly source: number;
  readonly curtailed: number;
}

/** Columns of thermals, lines, deficit and excess, per entity and block; what does not exist carries nothing. */
export function addNetworkColumns(
  model: ModelBuilder,
  { blocks }: Stage,
  { system }: StageParts,
  factors: NetworkFactors,
): NetworkPlaces {
  const K = blocks.length;
  const thermal = model.columns;
  for (const plant of system.thermals) {
    for (const b of blocks) {
      model.column(plant.exists ? plant.minMw : 0, plant.exists ? plant.maxMw : 0, plant.cost * b.hours);
    }
  }
  const flow = (capacity: 'directMw' | 'reverseMw', factor: Float64Array) => {
    const first = model.columns;
    system.lines.forEach((line, l) => {
      for (let k = 0; k < K; k++) {
        // A line from a bus to itself carries nothing: net of itself it would only burn its losses.
        const carries = line.exists && line.sourceBus !== line.targetBus;
        const most = carries ? line[capacity] * factor[l * K + k] : 0;
        model.column(0, most, line.exchangeCost * blocks[k].hours);
      }
    });
    return first;
  };
  const flowDirect = flow('directMw', factors.direct);
  const flowReverse = flow('reverseMw', factors.reverse);
  const deficit = Int32Array.from(system.buses, (bus) => addDeficit(model, bus.deficitSegments, blocks));
  const excess = model.columns;
  for (const bus of system.buses) for (const b of blocks) model.column(0, Infinity, bus.excessCost * b.hours);
  return { thermal, flowDirect, flowReverse, deficit, excess };
}

/** The deficit segments' columns of a bus: bounded by their depth, the last one without bound. */
function addDeficit(model: ModelBuilder, segments: readonly DeficitSegment[], blocks: readonly Block[]): number {
  const first = model.columns;
  for (const segment of segments) {
    for (const block of blocks) model.column(0, segment.depthMw ?? Infinity, segment.cost * block.hours);
  }
  return first;
}

/**
 * Columns of contracts, pumping stations and sources. Curtailment is priced as a reward for generation: what is left is
 * the cost of the reference, whose stated optima leave out the constant price of all that is available.
 */
export function addTradeColumns(
  model: ModelBuilder,
  { blocks }: Stage,
  { system }: StageParts,
  factors: NetworkFactors,
): TradePlaces {
  const K = blocks.length;
  const contract = model.columns;
  for (const { exists, minMw, maxMw, price } of system.contracts) {
    for (const b of blocks) model.column(exists ? minMw : 0, exists ? maxMw : 0, price * b.hours);
  }
  const pump = model.columns;
  for (const { exists, minFlow, maxFlow } of system.pumps) {
    for (let k = 0; k < K; k++) model.column(exists ? minFlow : 0, exists ? maxFlow : 0, 0);
  }
  const source = model.columns;
  system.sources.forEach(({ exists, maxMw, availableMw, curtailmentCost }, r) => {
    for (let k = 0; k < K; k++) {
      const most = exists ? Math.max(maxMw, availableMw) * factors.source[r * K + k] : 0;
      model.column(0, most, -curtailmentCost * blocks[k].hours);
    }
  });
  const curtailed = model.columns;
  for (let n = 0; n < system.sources.length * K; n++) model.column(0, Infinity, 0);
  return { contract, pump, source, curtailed };
}

/** Entries of the load balances, and of the balances of sources: `generation + curtailed = available`. */
export function addBalanceEntries(
  model: ModelBuilder,
  { blocks }: Stage,
  { system, production }: StageParts,
  at: NetworkPlaces & TradePlaces & HydroPlaces & { readonly loadBalance: number; readonly sourceBalance: number },
): void {
  const K = blocks.length;
  for (let k = 0; k < K; k++) {
    const balance = (bus: number) => at.loadBalance + bus * K + k;
    system.hydros.forEach((hydro, h) => {
      const made = production[h];
      if (made.kind === 'constant') model.entry(balance(hydro.bus), at.turbined + h * K + k, made.productivity);
      else if (at.generation[h] >= 0) model.entry(balance(hydro.bus), at.generation[h] + k, 1);
    });
    system.thermals.forEach((plant, j) => {
      model.entry(balance(plant.bus), at.thermal + j * K + k, 1);
    });
    system.lines.forEach((line, l) => {
      // It carries nothing, and a row takes a column once.
      if (line.sourceBus === line.targetBus) return;
      const delivered = 1 - line.lossesPercent / 100;
      const direct = at.flowDirect + l * K + k;
      const reverse = at.flowReverse + l * K + k;
      model.entry(balance(line.sourceBus), direct, -1);
      model.entry(balance(line.targetBus), direct, delivered);
      model.entry(balance(line.targetBus), reverse, -1);
      model.entry(balance(line.sourceBus), reverse, delivered);
    });
    system.buses.forEach((bus, b) => {
      bus.deficitSegments.forEach((_, s) => {
        model.entry(balance(b), at.deficit[b] + s * K + k, 1);
      });
      model.entry(balance(b), at.excess + b * K + k, -1);
    });
    system.contracts.forEach((contract, c) => {
      model.entry(balance(contract.bus), at.contract + c * K + k, contract.type === 'import' ? 1 : -1);
    });
    system.pumps.forEach((pump, p) => {
      model.entry(balance(pump.bus), at.pump + p * K + k, -pump.consumption);
    });
    system.sources.forEach((source, r) => {
      model.entry(balance(source.bus), at.source + r * K + k, 1);
      model.entry(at.sourceBalance + r * K + k, at.source + r * K + k, 1);
      model.entry(at.sourceBalance + r * K + k, at.curtailed + r * K + k, 1);
    });
  }
}
