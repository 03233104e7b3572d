import type { Stage } from '../case/study.js';
import type { GenericConstraint } from '../case/study-system.js';
import type { ModelBuilder } from './model-builder.js';
import { mayFallBelowZero, planeSlackPrice } from './plane-slack.js';
import type { StageParts } from './stage-parts.js';

/**
 * Most that a reservoir may evaporate, as a multiple of the most that its linear model can say: room for evaporation
 * above the model, at its price. Rain has no such room: a reservoir must not buy more of it than ever falls.
 */
const EVAPORATION_MARGIN = 2;

/** Columns that only some hydros have; -1 for the others. */
export interface HydroSlacks {
  readonly turbinedBelow: Int32Array;
  readonly outflowBelow: Int32Array;
  readonly outflowAbove: Int32Array;
  readonly generationBelow: Int32Array;
  readonly storageBelow: Int32Array;
  readonly inflowSlack: Int32Array;
  readonly generation: Int32Array;
  readonly planeSlack: Int32Array;
  readonly diverted: Int32Array;
  readonly storageSteps: Int32Array;
  readonly evaporation: Int32Array;
  readonly evaporationBelow: Int32Array;
  readonly evaporationAbove: Int32Array;
  readonly withdrawalBelow: Int32Array;
  readonly withdrawalAbove: Int32Array;
  readonly retentionBelow: Int32Array;
  readonly fillingBelow: Int32Array;
}

/** Turbined flow, then spilled flow, per hydro and block. Plants that are not there or are being filled turbine nothing. */
export function addFlowColumns(model: ModelBuilder, stage: Stage, { system, production }: StageParts) {
  const turbined = model.columns;
  system.hydros.forEach((hydro, h) => {
    const made = production[h];
    const byGeneration =
      made.kind === 'constant' && made.productivity > 0 ? hydro.maxGeneration / made.productivity : Infinity;
    const most = hydro.status === 'operating' ? Math.min(hydro.maxTurbined, byGeneration) : 0;
    const price = made.kind === 'fpha' ? hydro.penalties.fphaTurbined : 0;
    for (const block of stage.blocks) model.column(0, most, price * block.hours);
  });
  const spilled = model.columns;
  for (const hydro of system.hydros) {
    const most = hydro.status === 'absent' ? 0 : Infinity;
    for (const block of stage.blocks) model.column(0, most, hydro.penalties.spillage * block.hours);
  }
  return { turbined, spilled };
}

/** Slacks, generation, diversion, evaporation, withdrawal and filling of those hydros that have them. */
export function addHydroColumns(
  model: ModelBuilder,
  stage: Stage,
  { system, production, evaporation }: StageParts,
  constraints: readonly GenericConstraint[],
  withInflowSlack: boolean,
): HydroSlacks {
  const none = () => new Int32Array(system.hydros.length).fill(-1);
  const columns: HydroSlacks = {
    turbinedBelow: none(),
    outflowBelow: none(),
    outflowAbove: none(),
    generationBelow: none(),
    storageBelow: none(),
    inflowSlack: none(),
    generation: none(),
    planeSlack: none(),
    diverted: none(),
    storageSteps: none(),
    evaporation: none(),
    evaporationBelow: none(),
    evaporationAbove: none(),
    withdrawalBelow: none(),
    withdrawalAbove: none(),
    retentionBelow: none(),
    fillingBelow: none(),
  };
  system.hydros.forEach((hydro, h) => {
    if (hydro.status === 'absent') return;
    const p = hydro.penalties;
    const operating = hydro.status === 'operating';
    const perBlock = (into: Int32Array, price: number, most = Infinity) => {
      into[h] = model.columns;
      for (const block of stage.blocks) model.column(0, most, price * block.hours);
    };
    const wholeStage = (into: Int32Array, price: number) => {
      into[h] = model.column(0, Infinity, price * stage.hours);
    };
    if (operating && hydro.minTurbined > 0) perBlock(columns.turbinedBelow, p.turbinedViolationBelow);
    if (hydro.minOutflow > 0) perBlock(columns.outflowBelow, p.outflowViolationBelow);
    if (hydro.maxOutflow !== null) perBlock(columns.outflowAbove, p.outflowViolationAbove);
    if (operating && hydro.minGeneration > 0) perBlock(columns.generationBelow, p.generationViolationBelow);
    if (operating && hydro.minStorage > 0) {
      columns.storageBelow[h] = model.column(0, hydro.minStorage, p.storageViolationBelow);
    }
    if (withInflowSlack) wholeStage(columns.inflowSlack, p.inflowNonNegativity);
    const made = production[h];
    if (operating && made.kind === 'fpha') {
      perBlock(columns.generation, 0, hydro.maxGeneration);
      if (mayFallBelowZero(made.planes)) perBlock(columns.planeSlack, planeSlackPrice(stage, system, constraints, h));
    }
    if (operating && hydro.diversion !== null) perBlock(columns.diverted, p.diversion, hydro.maxDiversion);
    if (stage.blockMode === 'chronological' && stage.blocks.length > 1) {
      columns.storageSteps[h] = model.columns;
      for (let k = 1; k < stage.blocks.length; k++) model.column(0, hydro.maxStorage, 0);
    }
    const losing = evaporation[h];
    if (losing !== null) {
      // What the linear model may say between an empty and a full reservoir; below 0 it rains more than evaporates.
      const ends = [losing.constant, losing.constant + losing.slope * hydro.maxStorage];
      columns.evaporation[h] = model.column(Math.min(0, ...ends), EVAPORATION_MARGIN * Math.max(0, ...ends), 0);
      wholeStage(columns.evaporationBelow, p.evaporationBelow);
      wholeStage(columns.evaporationAbove, p.evaporationAbove);
    }
    if (hydro.withdrawal !== 0) {
      wholeStage(columns.withdrawalBelow, p.withdrawalBelow);
      wholeStage(columns.withdrawalAbove, p.withdrawalAbove);
    }
    if (hydro.status === 'filling') {
      if (hydro.fillingInflow > 0) columns.retentionBelow[h] = model.column(0, Infinity, p.fillingTarget);
      if (hydro.fillingEnds && hydro.minStorage > 0) {
        columns.fillingBelow[h] = model.column(0, hydro.minStorage, p.fillingTarget);
      }
    }
  });
  return columns;
}
