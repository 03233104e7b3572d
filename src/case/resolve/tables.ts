import type { NOISE_OPENINGS_COLUMNS } from '../parsed-case.js';
import type { Table } from '../read/parquet-table.js';
import type { LoadFactorsFile } from '../schema/load-factors.js';
import type { SeasonalModel, Stage } from '../study.js';

type Index = ReadonlyMap<number, number>;

export interface SeasonalColumns {
  readonly entity: Float64Array;
  readonly stage: Float64Array;
  readonly mean: Float64Array;
  readonly std: Float64Array;
}

/** Statistics by stage and entity; 0 where the table has no row. Rows of stages before the study are left out. */
export function buildSeasonalModel(
  { entityIndex, stageIndex, stages }: { entityIndex: Index; stageIndex: Index; stages: number },
  columns: SeasonalColumns | undefined,
): SeasonalModel {
  const entities = entityIndex.size;
  const mean = new Float64Array(stages * entities);
  const std = new Float64Array(stages * entities);
  for (let row = 0; row < (columns?.entity.length ?? 0); row++) {
    const { entity, stage, mean: means, std: deviations } = columns as SeasonalColumns;
    const t = stageIndex.get(stage[row]);
    const e = entityIndex.get(entity[row]);
    if (t === undefined || e === undefined) continue;
    mean[t * entities + e] = means[row];
    std[t * entities + e] = deviations[row];
  }
  return { mean, std };
}

/** Load factors by stage, then bus and block; 1 where none is given. */
export function buildLoadFactors(
  file: LoadFactorsFile | null,
  stages: readonly Stage[],
  busIndex: Index,
  stageIndex: Index,
): Float64Array[] {
  const factors = stages.map((stage) => new Float64Array(busIndex.size * stage.blocks.length).fill(1));
  for (const { bus_id, stage_id, block_factors } of file?.load_factors ?? []) {
    const t = stageIndex.get(stage_id) as number;
    const b = busIndex.get(bus_id) as number;
    for (const { block_id, factor } of block_factors) factors[t][b * stages[t].blocks.length + block_id] = factor;
  }
  return factors;
}

/** User-supplied openings by stage, then opening and entity. */
export function buildNoiseOpenings(
  table: Table<typeof NOISE_OPENINGS_COLUMNS> | null,
  stages: readonly Stage[],
  dimension: number,
): Float64Array[] | null {
  if (table === null || dimension === 0) return null;
  const { stage_id, opening_index, entity_index, value } = table.columns;
  // Validation has made sure that there is one number for each stage, by position or by id, so that order tells which.
  const numbers = [...new Set(stage_id)].sort((a, b) => a - b);
  const position = new Map(numbers.map((number, t) => [number, t]));
  const openings = stages.map((stage) => new Float64Array(stage.openings * dimension));
  for (let row = 0; row < table.rows; row++) {
    const t = position.get(stage_id[row]) as number;
    openings[t][opening_index[row] * dimension + entity_index[row]] = value[row];
  }
  return openings;
}
