import type { Stage } from '../case/study.js';
import type { ModelBuilder } from './model-builder.js';
import type { HydroSlacks } from './stage-layout.js';
import type { StageParts } from './stage-parts.js';
import { HM3_PER_M3S_HOUR } from './water-units.js';

/** Where the columns and rows that a reservoir's rows speak of begin. */
export interface HydroPlaces extends HydroSlacks {
  readonly storageIn: number;
  readonly storage: number;
  readonly memoryIn: number;
  readonly turbined: number;
  readonly spilled: number;
  readonly pump: number;
  readonly inflow: number;
  readonly waterBalance: number;
  readonly waterRows: number;
  readonly inflowRow: number;
}

/**
 * Which reservoir a hydro's natural inflow runs into: its own, or, where nothing is built yet or any more, that of the
 * first plant below; -1 for the sea.
 */
export function inflowTargets({ system }: StageParts): Int32Array {
  return Int32Array.from(system.hydros, (hydro, h) => (hydro.status === 'absent' ? (hydro.downstream ?? -1) : h));
}

/** Entries of the water balances: storages, flows of plants and pumps, evaporation, withdrawal and slacks. */
export function addWaterEntries(model: ModelBuilder, stage: Stage, parts: StageParts, at: HydroPlaces): void {
  const { blocks } = stage;
  const K = blocks.length;
  const { hydros, pumps } = parts.system;
  const whole = HM3_PER_M3S_HOUR * stage.hours;
  /** Row of a hydro's balance in a block. */
  const rowOf = (h: number, k: number) => at.waterBalance + h * at.waterRows + (at.waterRows > 1 ? k : 0);
  /** Water that enters (+) or leaves (-) a reservoir all stage long at the rate of a column [m3/s]. */
  const steady = (h: number, column: number, sign: number) => {
    if (column < 0) return;
    if (at.waterRows === 1) model.entry(at.waterBalance + h, column, -sign * whole);
    else for (let k = 0; k < K; k++) model.entry(rowOf(h, k), column, -sign * HM3_PER_M3S_HOUR * blocks[k].hours);
  };
  const targets = inflowTargets(parts);
  hydros.forEach((hydro, h) => {
    for (let k = 0; k < at.waterRows; k++) {
      const row = at.waterBalance + h * at.waterRows + k;
      const { before, after } = storagesOf(at, h, k, at.waterRows);
      model.entry(row, after, 1);
      model.entry(row, before, -1);
    }
    steady(h, at.inflowSlack[h], 1);
    for (let k = 0; k < K; k++) {
      const volume = HM3_PER_M3S_HOUR * blocks[k].hours;
      const q = at.turbined + h * K + k;
      const s = at.spilled + h * K + k;
      model.entry(rowOf(h, k), q, volume);
      model.entry(rowOf(h, k), s, volume);
      if (hydro.downstream !== null) {
        model.entry(rowOf(hydro.downstream, k), q, -volume);
        model.entry(rowOf(hydro.downstream, k), s, -volume);
      }
      if (at.diverted[h] >= 0) {
        model.entry(rowOf(h, k), at.diverted[h] + k, volume);
        if (hydro.diversionTarget !== null) model.entry(rowOf(hydro.diversionTarget, k), at.diverted[h] + k, -volume);
      }
    }
    steady(h, at.evaporation[h], -1);
    steady(h, at.withdrawalBelow[h], 1);
    steady(h, at.withdrawalAbove[h], -1);
    if (at.inflow >= 0 && targets[h] >= 0) steady(targets[h], at.inflow + h, 1);
  });
  pumps.forEach((pump, p) => {
    if (!pump.exists) return;
    for (let k = 0; k < K; k++) {
      const volume = HM3_PER_M3S_HOUR * blocks[k].hours;
      model.entry(rowOf(pump.source, k), at.pump + p * K + k, volume);
      model.entry(rowOf(pump.target, k), at.pump + p * K + k, -volume);
    }
  });
}

/** Columns of the storage at both ends of a balance's period. */
function storagesOf(at: HydroPlaces, h: number, k: number, periods: number): { before: number; after: number } {
  const steps = at.storageSteps[h];
  // A plant that is not there has no storages in between: its first period holds its storage, the others nothing.
  if (steps < 0) return k === 0 ? { before: at.storageIn + h, after: at.storage + h } : NOWHERE(at, h);
  return {
    before: k === 0 ? at.storageIn + h : steps + k - 1,
    after: k === periods - 1 ? at.storage + h : steps + k,
  };
}

/** A row that says nothing: its entries cancel. */
const NOWHERE = (at: HydroPlaces, h: number) => ({ before: at.storage + h, after: at.storage + h });

/** `inflow - lags . memory = known`: the rows that make inflow a function of what the state remembers. */
export function addInflowRows(model: ModelBuilder, parts: StageParts, at: HydroPlaces): void {
  if (parts.inflow === null) return;
  const { start, index, value } = parts.inflow.lag;
  for (let h = 0; h < parts.system.hydros.length; h++) {
    model.entry(at.inflowRow + h, at.inflow + h, 1);
    for (let e = start[h]; e < start[h + 1]; e++) model.entry(at.inflowRow + h, at.memoryIn + index[e], -value[e]);
  }
}

/** Soft bounds of a reservoir and its plant, FPHA planes, evaporation and filling, each with rows of its own. */
export function addHydroRows(model: ModelBuilder, stage: Stage, parts: StageParts, at: HydroPlaces): void {
  const { blocks } = stage;
  const K = blocks.length;
  const chronological = at.waterRows > 1;
  parts.system.hydros.forEach((hydro, h) => {
    const made = parts.production[h];
    for (let k = 0; k < K; k++) {
      const q = at.turbined + h * K + k;
      const s = at.spilled + h * K + k;
      if (at.outflowBelow[h] >= 0) {
        const bound = model.row(hydro.minOutflow, Infinity);
        model.entry(bound, q, 1);
        model.entry(bound, s, 1);
        model.entry(bound, at.outflowBelow[h] + k, 1);
      }
      if (at.outflowAbove[h] >= 0) {
        const bound = model.row(-Infinity, hydro.maxOutflow as number);
        model.entry(bound, q, 1);
        model.entry(bound, s, 1);
        model.entry(bound, at.outflowAbove[h] + k, -1);
      }
      if (at.turbinedBelow[h] >= 0) {
        const bound = model.row(hydro.minTurbined, Infinity);
        model.entry(bound, q, 1);
        model.entry(bound, at.turbinedBelow[h] + k, 1);
      }
      if (at.generationBelow[h] >= 0) {
        const bound = model.row(hydro.minGeneration, Infinity);
        if (made.kind === 'constant') model.entry(bound, q, made.productivity);
        else model.entry(bound, at.generation[h] + k, 1);
        model.entry(bound, at.generationBelow[h] + k, 1);
      }
      if (made.kind === 'fpha' && at.generation[h] >= 0) {
        const { before, after } = chronological
          ? storagesOf(at, h, k, at.waterRows)
          : { before: at.storageIn + h, after: at.storage + h };
        for (const plane of made.planes) {
          const row = model.row(-Infinity, plane.gamma0);
          model.entry(row, at.generation[h] + k, 1);
          model.entry(row, before, -plane.gammaV / 2);
          model.entry(row, after, -plane.gammaV / 2);
          model.entry(row, q, -plane.gammaQ);
          model.entry(row, s, -plane.gammaS);
          if (at.planeSlack[h] >= 0) model.entry(row, at.planeSlack[h] + k, -1);
        }
      }
    }
    if (at.storageBelow[h] >= 0) {
      const bound = model.row(hydro.minStorage, Infinity);
      model.entry(bound, at.storage + h, 1);
      model.entry(bound, at.storageBelow[h], 1);
    }
    const losing = parts.evaporation[h];
    if (losing !== null && at.evaporation[h] >= 0) {
      const row = model.row(losing.k0, losing.k0);
      model.entry(row, at.evaporation[h], 1);
      model.entry(row, at.storageIn + h, -losing.kV / 2);
      model.entry(row, at.storage + h, -losing.kV / 2);
      model.entry(row, at.evaporationBelow[h], 1);
      model.entry(row, at.evaporationAbove[h], -1);
    }
    if (at.retentionBelow[h] >= 0) {
      const row = model.row(HM3_PER_M3S_HOUR * stage.hours * hydro.fillingInflow, Infinity);
      model.entry(row, at.storage + h, 1);
      model.entry(row, at.storageIn + h, -1);
      model.entry(row, at.retentionBelow[h], 1);
    }
    if (at.fillingBelow[h] >= 0) {
      const row = model.row(hydro.minStorage, Infinity);
      model.entry(row, at.storage + h, 1);
      model.entry(row, at.fillingBelow[h], 1);
    }
  });
}
