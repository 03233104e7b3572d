import type { Study } from '../case/study.js';
import { OPERATIVE_STATE } from './codes.js';

/**
 * The part of a results table that is the same for every scenario of a study: one row a stage, entity and block, in
 * that order. Entity e of row r of the scenario (rows there run over stage and block) stands at `r * entities + e`.
 */
export interface EntityRows {
  readonly count: number;
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
  /** Columns of features that the case format has and this package does not. */
  readonly zeros: Float64Array;
  readonly nulls: readonly null[];
  readonly falses: readonly boolean[];
  readonly operating: Int32Array;
}

export interface RowLayout {
  readonly costs: {
    readonly stageId: Int32Array;
    readonly blockId: readonly null[];
    readonly zeros: Float64Array;
  };
  readonly hydros: EntityRows;
  readonly thermals: EntityRows;
  readonly lines: EntityRows;
  readonly buses: EntityRows;
  /** By hydro: the plants whose outflow it receives, ascending. */
  readonly upstream: readonly (readonly number[])[];
}

const layouts = new WeakMap<Study, RowLayout>();

/** The layout of a study's result tables, made once a study. */
export function rowLayout(study: Study): RowLayout {
  const known = layouts.get(study);
  if (known !== undefined) return known;
  const upstream: number[][] = study.hydros.map(() => []);
  study.hydros.forEach(({ downstream }, h) => {
    if (downstream !== null) upstream[downstream].push(h);
  });
  const stages = study.stages.length;
  const layout: RowLayout = {
    costs: {
      stageId: Int32Array.from({ length: stages }, (_, t) => t),
      blockId: new Array<null>(stages).fill(null),
      zeros: new Float64Array(stages),
    },
    hydros: entityRows(study, study.hydros),
    thermals: entityRows(study, study.thermals),
    lines: entityRows(study, study.lines),
    buses: entityRows(study, study.buses),
    upstream,
  };
  layouts.set(study, layout);
  return layout;
}

function entityRows(study: Study, entities: readonly { readonly id: number }[]): EntityRows {
  const blocks = study.stages.reduce((total, stage) => total + stage.blocks.length, 0);
  const count = blocks * entities.length;
  const stageId = new Int32Array(count);
  const blockId = new Int32Array(count);
  const id = new Int32Array(count);
  const entity = new Int32Array(count);
  const hours = new Float64Array(count);
  const cell = new Int32Array(count);
  const stageCell = new Int32Array(count);
  let i = 0;
  let firstRow = 0;
  study.stages.forEach((stage, t) => {
    entities.forEach((one, e) => {
      stage.blocks.forEach((block, k) => {
        stageId[i] = t;
        blockId[i] = k;
        id[i] = one.id;
        entity[i] = e;
        hours[i] = block.hours;
        cell[i] = (firstRow + k) * entities.length + e;
        stageCell[i] = t * entities.length + e;
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
    zeros: new Float64Array(count),
    nulls: new Array<null>(count).fill(null),
    falses: new Array<boolean>(count).fill(false),
    operating: new Int32Array(count).fill(OPERATIVE_STATE.operating),
  };
}
