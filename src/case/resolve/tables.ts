import type { CompleteCase } from '../parsed-case.js';
import type { SeasonalModel, Stage } from '../study.js';
import type { Index } from './positions.js';

interface SeasonalColumns {
  readonly entity: Float64Array;
  readonly stage: Float64Array;
  readonly mean: Float64Array;
  readonly std: Float64Array;
}

/**
 * Statistics by stage and entity; `missing` where the table has no row. Rows of stages before the study are left out.
 */
function buildSeasonalModel(
  { entityIndex, stageIndex }: { entityIndex: Index; stageIndex: Index },
  columns: SeasonalColumns | undefined,
  missing = 0,
): SeasonalModel {
  const entities = entityIndex.size;
  const mean = new Float64Array(stageIndex.size * entities).fill(missing);
  const std = new Float64Array(stageIndex.size * entities).fill(missing);
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

/** User-supplied openings by stage, then opening and entity. */
export function buildNoiseOpenings(
  table: CompleteCase['noiseOpenings'],
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

export interface Statistics {
  readonly inflow: SeasonalModel;
  readonly load: SeasonalModel;
  /** NaN where the case has no statistics. */
  readonly availability: SeasonalModel;
}

/** Statistics of inflow, load and the availability of sources. */
export function buildStatistics(
  { inflowStats, loadStats, sourceStats }: CompleteCase,
  { stages, hydros, buses, sources }: Record<'stages' | 'hydros' | 'buses' | 'sources', Index>,
): Statistics {
  const inflow = inflowStats?.columns;
  const load = loadStats?.columns;
  const source = sourceStats?.columns;
  return {
    inflow: buildSeasonalModel(
      { entityIndex: hydros, stageIndex: stages },
      inflow && { entity: inflow.hydro_id, stage: inflow.stage_id, mean: inflow.mean_m3s, std: inflow.std_m3s },
    ),
    load: buildSeasonalModel(
      { entityIndex: buses, stageIndex: stages },
      load && { entity: load.bus_id, stage: load.stage_id, mean: load.mean_mw, std: load.std_mw },
    ),
    availability: buildSeasonalModel(
      { entityIndex: sources, stageIndex: stages },
      source && { entity: source.ncs_id, stage: source.stage_id, mean: source.mean, std: source.std },
      Number.NaN,
    ),
  };
}
