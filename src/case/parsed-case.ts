import type { ColumnTypes } from './read/parquet-columns.js';
import type { Table } from './read/parquet-table.js';
import type { BusesFile } from './schema/buses.js';
import type { ConfigFile } from './schema/config.js';
import type { CorrelationFile } from './schema/correlation.js';
import type { HydrosFile } from './schema/hydros.js';
import type { InitialConditionsFile } from './schema/initial-conditions.js';
import type { LinesFile } from './schema/lines.js';
import type { LoadFactorsFile } from './schema/load-factors.js';
import type { PenaltiesFile } from './schema/penalties.js';
import type { StagesFile } from './schema/stages.js';
import type { ThermalsFile } from './schema/thermals.js';

export const INFLOW_STATS = 'scenarios/inflow_seasonal_stats.parquet';
export const LOAD_STATS = 'scenarios/load_seasonal_stats.parquet';
export const NOISE_OPENINGS = 'scenarios/noise_openings.parquet';
export const LOAD_FACTORS = 'scenarios/load_factors.json';
export const CORRELATION = 'scenarios/correlation.json';

export const INFLOW_STATS_COLUMNS = {
  hydro_id: 'INT32',
  stage_id: 'INT32',
  mean_m3s: 'DOUBLE',
  std_m3s: 'DOUBLE',
} as const satisfies ColumnTypes;

export const LOAD_STATS_COLUMNS = {
  bus_id: 'INT32',
  stage_id: 'INT32',
  mean_mw: 'DOUBLE',
  std_mw: 'DOUBLE',
} as const satisfies ColumnTypes;

export const NOISE_OPENINGS_COLUMNS = {
  stage_id: 'INT32',
  opening_index: 'UINT32',
  entity_index: 'UINT32',
  value: 'DOUBLE',
} as const satisfies ColumnTypes;

/**
 * The files of a case, each following its schema but not yet checked against the others. `undefined`: broken, with
 * its errors reported already. `null`: an optional file that is not there.
 */
export interface ParsedCase {
  readonly config: ConfigFile | undefined;
  readonly penalties: PenaltiesFile | undefined;
  readonly stages: StagesFile | undefined;
  readonly initialConditions: InitialConditionsFile | undefined;
  readonly buses: BusesFile | undefined;
  readonly lines: LinesFile | undefined;
  readonly hydros: HydrosFile | undefined;
  readonly thermals: ThermalsFile | undefined;
  readonly loadFactors: LoadFactorsFile | null | undefined;
  readonly correlation: CorrelationFile | null | undefined;
  readonly inflowStats: Table<typeof INFLOW_STATS_COLUMNS> | null | undefined;
  readonly loadStats: Table<typeof LOAD_STATS_COLUMNS> | null | undefined;
  readonly noiseOpenings: Table<typeof NOISE_OPENINGS_COLUMNS> | null | undefined;
}

/** A case of which every file could be read. */
export type CompleteCase = { readonly [K in keyof ParsedCase]: Exclude<ParsedCase[K], undefined> };

export function isComplete(data: ParsedCase): data is CompleteCase {
  return Object.values(data).every((content) => content !== undefined);
}
