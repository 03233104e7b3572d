import { type HydroStatus, type StageSystem, stageSystem } from '../case/stage-system.js';
import type { Study } from '../case/study.js';
import { OPERATIVE_STATE } from './codes.js';

/**
 * The part of a results table that is the same for every scenario of a study: one row a stage, entity and block, in
 * that order. Entity e of row r of the scenario (rows there run over stage and block) stands at `r * entities + e`.
 */
export interface EntityRows {
  readonly count: number;
  /** Position of the stage, which the format takes as its id. */
  readonly stageId: Int32Array;
  readonly blockId: Int32Array;
  /** Id of the entity, and its position among its kind. */
  readonly id: Int32Array;
  readonly entity: Int32Array;
  /** Duration of the block [h]. */
  readonly hours: Float64Array;
  /** Where the row's value stands in arrays by (row, entity), and in arrays by (stage, entity). */
  readonly cell: Int32Array;
  readonly stageCell: Int32Array;
  readonly operativeState: Int32Array;
  /** Columns that have one value in all rows. */
  readonly zeros: Float64Array;
  readonly nulls: readonly null[];
  readonly falses: readonly boolean[];
}

/** Other plants' water that a plant receives at a stage: their positions, ascending. */
interface Inlets {
  /** Whose turbined and spilled flow. */
  readonly outflow: readonly number[];
  /** Whose diverted flow. */
  readonly diverted: readonly number[];
  /** Pumping stations. */
  readonly pumps: readonly number[];
  /** Whose natural inflow: its own, and that of places above where nothing is built. */
  readonly natural: readonly number[];
}

export interface RowLayout {
  /** The system at each stage: what has a price has that of the stage. */
  readonly systems: readonly StageSystem[];
  readonly costs: {
    readonly stageId: Int32Array;
    readonly blockId: readonly null[];
    readonly zeros: Float64Array;
  };
  readonly hydros: EntityRows;
  readonly thermals: EntityRows;
  readonly lines: EntityRows;
  readonly buses: EntityRows;
  readonly contracts: EntityRows;
  readonly pumps: EntityRows;
  readonly sources: EntityRows;
  /** By stage and hydro. */
  readonly inlets: readonly (readonly Inlets[])[];
  /** Hydros that some channel leads to, at whatever stage. */
  readonly receivesDiversion: readonly boolean[];
}

const layouts = new WeakMap<Study, RowLayout>();

/** A reservoir that is being filled is there, and its plant does not run. */
const HYDRO_STATE: Readonly<Record<HydroStatus, number>> = {
  operating: OPERATIVE_STATE.operating,
  filling: OPERATIVE_STATE.maintenance,
  absent: OPERATIVE_STATE.deactivated,
};

/** The layout of a study's result tables, made once a study. */
export function rowLayout(study: Study): RowLayout {
  const known = layouts.get(study);
  if (known !== undefined) return known;
  const stages = study.stages.length;
  const systems = study.stages.map((_, t) => stageSystem(study, t));
  const inlets = systems.map(inletsOf);
  const byService = (kind: 'thermals' | 'lines' | 'contracts' | 'pumps' | 'sources') =>
    entityRows(study, study[kind], (t, e) =>
      systems[t][kind][e].exists ? OPERATIVE_STATE.operating : OPERATIVE_STATE.deactivated,
    );
  const layout: RowLayout = {
    systems,
    costs: {
      stageId: Int32Array.from({ length: stages }, (_, t) => t),
      blockId: new Array<null>(stages).fill(null),
      zeros: new Float64Array(stages),
    },
    hydros: entityRows(study, study.hydros, (t, h) => HYDRO_STATE[systems[t].hydros[h].status]),
    thermals: byService('thermals'),
    lines: byService('lines'),
    buses: entityRows(study, study.buses, () => OPERATIVE_STATE.operating),
    contracts: byService('contracts'),
    pumps: byService('pumps'),
    sources: byService('sources'),
    inlets,
    receivesDiversion: study.hydros.map((_, h) => inlets.some((stage) => stage[h].diverted.length > 0)),
  };
  layouts.set(study, layout);
  return layout;
}

function inletsOf({ hydros, pumps }: StageSystem): Inlets[] {
  const inlets = hydros.map(() => ({
    outflow: [] as number[],
    diverted: [] as number[],
    pumps: [] as number[],
    natural: [] as number[],
  }));
  hydros.forEach((hydro, h) => {
    const receiver = hydro.status === 'absent' ? hydro.downstream : h;
    if (receiver !== null) inlets[receiver].natural.push(h);
    if (hydro.status === 'absent') return;
    if (hydro.downstream !== null) inlets[hydro.downstream].outflow.push(h);
    if (hydro.diversionTarget !== null) inlets[hydro.diversionTarget].diverted.push(h);
  });
  pumps.forEach((pump, p) => {
    if (pump.exists) inlets[pump.target].pumps.push(p);
  });
  return inlets;
}

function entityRows(
  study: Study,
  entities: readonly { readonly id: number }[],
  stateOf: (stage: number, entity: number) => number,
): EntityRows {
  const blocks = study.stages.reduce((total, stage) => total + stage.blocks.length, 0);
  const count = blocks * entities.length;
  const stageId = new Int32Array(count);
  const blockId = new Int32Array(count);
  const id = new Int32Array(count);
  const entity = new Int32Array(count);
  const hours = new Float64Array(count);
  const cell = new Int32Array(count);
  const stageCell = new Int32Array(count);
  const operativeState = new Int32Array(count);
  let i = 0;
  let firstRow = 0;
  study.stages.forEach((stage, t) => {
    entities.forEach((one, e) => {
      const state = stateOf(t, e);
      stage.blocks.forEach((block, k) => {
        stageId[i] = t;
        blockId[i] = k;
        id[i] = one.id;
        entity[i] = e;
        hours[i] = block.hours;
        cell[i] = (firstRow + k) * entities.length + e;
        stageCell[i] = t * entities.length + e;
        operativeState[i] = state;
        i++;
      });
    });
    firstRow += stage.blocks.length;
  });
  return {
    count,
    stageId,
    blockId,
    id,
    entity,
    hours,
    cell,
    stageCell,
    operativeState,
    zeros: new Float64Array(count),
    nulls: new Array<null>(count).fill(null),
    falses: new Array<boolean>(count).fill(false),
  };
}
