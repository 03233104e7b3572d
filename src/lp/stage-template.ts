import type { Stage, Study } from '../case/study.js';
import type { LinearMemory } from '../math/linear-memory.js';
import { costScale } from './cost-scale.js';
import { addGenericRows } from './generic-rows.js';
import { addFlowColumns, addHydroColumns } from './hydro-columns.js';
import { addHydroRows, addInflowRows, addWaterEntries, inflowTargets } from './hydro-rows.js';
import { ModelBuilder, type ProgramArrays } from './model-builder.js';
import { addBalanceEntries, addNetworkColumns, addTradeColumns } from './network.js';
import type { StageLayout } from './stage-layout.js';
import type { StageParts } from './stage-parts.js';
import { suspectsOf } from './suspects.js';
import { HM3_PER_M3S_HOUR } from './water-units.js';

export type { StageLayout } from './stage-layout.js';

/** One stage's linear program without cuts, costs scaled by `costScale`. */
export interface StageTemplate extends ProgramArrays {
  readonly stage: number;
  readonly layout: StageLayout;
  /** What costs in $ are multiplied by in this program; the same at all stages of a study. */
  readonly costScale: number;
  /** hm3 per m3/s over the whole stage, and over each row of a water balance. */
  readonly volumePerFlow: number;
  readonly volumes: Float64Array;
  /** Reservoir that each hydro's natural inflow runs into, -1: none. */
  readonly inflowTarget: Int32Array;
  /** Scheduled withdrawal from each reservoir [m3/s]; 0 from those that are not there. */
  readonly withdrawal: Float64Array;
  /** What is available of each source is multiplied by, by (source, block): 0 where it does not exist. */
  readonly sourceFactor: Float64Array;
  /** What may be at fault if this program has no solution, one sentence each. */
  readonly suspects: readonly string[];
  /** How inflow and memory depend on the state, or `null`. */
  readonly memory: LinearMemory | null;
  /** First column of the next stage's openings' own costs-to-go, where they have some (`withOpeningThetas`). */
  readonly openingThetas?: number;
}

/**
 * Builds the linear program of stage `t`: dispatch cost plus discounted cost-to-go, minimised over storages [hm3],
 * flows [m3/s], generation and exchange [MW]. Bounds that nature may make unreachable (minimum storage, turbined flow,
 * outflow and generation, maximum outflow, evaporation, withdrawal, filling, planes of production above 0) are soft, at the
 * penalties of the case.
 * Source: the specification's math/lp-formulation.md, sections 2 to 10, equipment-formulations.md and
 * block-formulations.md.
 */
export function buildStageTemplate(study: Study, t: number, parts: StageParts): StageTemplate {
  const stage = study.stages[t] as Stage;
  const { system, memory } = parts;
  const { hydros } = system;
  const H = hydros.length;
  const K = stage.blocks.length;
  const scale = costScale(study);
  const model = new ModelBuilder(scale);
  const factors = {
    direct: study.lineFactors.direct[t],
    reverse: study.lineFactors.reverse[t],
    source: study.sourceFactors[t],
  };
  const withInflowSlack = ['penalty', 'truncation_with_penalty'].includes(study.config.inflowNonNegativity);

  const storageIn = model.columns;
  for (let h = 0; h < H; h++) model.column(0, 0, 0);
  const memoryIn = model.columns;
  for (let i = 0; i < memory; i++) model.column(0, 0, 0);
  const storage = model.columns;
  for (const hydro of hydros) model.column(0, hydro.status === 'absent' ? Infinity : hydro.maxStorage, 0);
  // No future until `withFuture` opens it; a column that is fixed keeps one layout for all stages.
  // It counts scaled costs already, hence the division (exact: the scale is a power of two).
  const theta = model.column(0, 0, stage.discount / scale);
  const flows = addFlowColumns(model, stage, parts);
  const network = addNetworkColumns(model, stage, parts, factors);
  const slacks = addHydroColumns(model, stage, parts, study.genericConstraints, withInflowSlack);
  const trade = addTradeColumns(model, stage, parts, factors);
  const remembers = parts.inflow !== null && H > 0;
  const inflow = remembers ? model.columns : -1;
  if (remembers) for (let h = 0; h < H; h++) model.column(-Infinity, Infinity, 0);

  const waterRows = stage.blockMode === 'chronological' ? K : 1;
  const volumes = waterRows === 1 ? [stage.hours] : stage.blocks.map((block) => block.hours);
  const withdrawal = Float64Array.from(hydros, (hydro) => (hydro.status === 'absent' ? 0 : hydro.withdrawal));
  const addWaterRows = (random: boolean) => {
    const first = model.rows;
    for (let h = 0; h < H; h++) {
      for (let k = 0; k < waterRows; k++) {
        const fixed = random ? 0 : -HM3_PER_M3S_HOUR * volumes[k] * withdrawal[h];
        model.row(fixed, fixed);
      }
    }
    return first;
  };
  // Random rows first.
  let waterBalance = remembers ? -1 : addWaterRows(true);
  const inflowRow = remembers ? model.rows : -1;
  if (remembers) for (let h = 0; h < H; h++) model.row(0, 0);
  const loadBalance = model.rows;
  for (let b = 0; b < system.buses.length * K; b++) model.row(0, 0);
  const sourceBalance = model.rows;
  for (let r = 0; r < system.sources.length * K; r++) model.row(0, 0);
  const randomRows = model.rows;
  if (remembers) waterBalance = addWaterRows(false);

  const places = {
    storageIn,
    memoryIn,
    storage,
    inflow,
    waterBalance,
    waterRows,
    inflowRow,
    loadBalance,
    sourceBalance,
    ...flows,
    ...network,
    ...trade,
    ...slacks,
  };
  addWaterEntries(model, stage, parts, places);
  if (remembers) addInflowRows(model, parts, places);
  addHydroRows(model, stage, parts, places);
  addBalanceEntries(model, stage, parts, places);
  const generic = addGenericRows(model, stage, parts, study.genericConstraints, places);

  return {
    stage: t,
    layout: {
      blocks: K,
      hydros: H,
      thermals: system.thermals.length,
      lines: system.lines.length,
      buses: system.buses.length,
      contracts: system.contracts.length,
      pumps: system.pumps.length,
      sources: system.sources.length,
      states: H + memory,
      memory,
      columns: model.columns,
      rows: model.rows,
      theta,
      randomRows,
      generic,
      ...places,
    },
    costScale: scale,
    volumePerFlow: HM3_PER_M3S_HOUR * stage.hours,
    volumes: Float64Array.from(volumes, (hours) => HM3_PER_M3S_HOUR * hours),
    inflowTarget: inflowTargets(parts),
    withdrawal,
    sourceFactor: factors.source.map((factor, n) => (system.sources[Math.floor(n / K)].exists ? factor : 0)),
    suspects: suspectsOf(study, t, system, generic),
    memory: parts.inflow,
    ...model.arrays(),
  };
}
