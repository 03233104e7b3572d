import type { LOAD_STATS_COLUMNS } from './parsed-case.js';
import type { Table } from './read/parquet-table.js';

/** Ids, ascending, of the buses whose load has a standard deviation above 0 at some stage of the study. */
export function stochasticBusIds(
  stats: Table<typeof LOAD_STATS_COLUMNS> | null,
  stageIds: ReadonlySet<number>,
): number[] {
  if (stats === null) return [];
  const { bus_id, stage_id, std_mw } = stats.columns;
  const ids = new Set<number>();
  for (let row = 0; row < stats.rows; row++) {
    if (std_mw[row] > 0 && stageIds.has(stage_id[row])) ids.add(bus_id[row]);
  }
  return [...ids].sort((a, b) => a - b);
}
