import type { CASE_TABLES } from './case-tables.js';
import type { Table } from './read/parquet-table.js';

type Stats<N extends 'loadStats' | 'sourceStats'> = Table<(typeof CASE_TABLES)[N]['columns']> | null;

/** Ids, ascending, of the buses whose load has a standard deviation above 0 at some stage of the study. */
export function stochasticBusIds(stats: Stats<'loadStats'>, stageIds: ReadonlySet<number>): number[] {
  const columns = stats?.columns;
  return columns === undefined ? [] : randomIds(columns.bus_id, columns.stage_id, columns.std_mw, stageIds);
}

/** Ids, ascending, of the sources whose availability has a standard deviation above 0 at some stage of the study. */
export function stochasticSourceIds(stats: Stats<'sourceStats'>, stageIds: ReadonlySet<number>): number[] {
  const columns = stats?.columns;
  return columns === undefined ? [] : randomIds(columns.ncs_id, columns.stage_id, columns.std, stageIds);
}

function randomIds(
  entity: Float64Array,
  stage: Float64Array,
  std: Float64Array,
  stageIds: ReadonlySet<number>,
): number[] {
  const ids = new Set<number>();
  for (let row = 0; row < entity.length; row++) {
    if (std[row] > 0 && stageIds.has(stage[row])) ids.add(entity[row]);
  }
  return [...ids].sort((a, b) => a - b);
}
