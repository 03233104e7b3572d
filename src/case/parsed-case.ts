import type { z } from 'zod';
import { CASE_TABLES, type TableName } from './case-tables.js';
import type { Table } from './read/parquet-table.js';
import type { CaseSchemas } from './schema/index.js';

export const INFLOW_STATS = CASE_TABLES.inflowStats.file;
export const LOAD_STATS = CASE_TABLES.loadStats.file;
export const SOURCE_STATS = CASE_TABLES.sourceStats.file;
export const NOISE_OPENINGS = CASE_TABLES.noiseOpenings.file;
export const LOAD_FACTORS = 'scenarios/load_factors.json';
export const SOURCE_FACTORS = 'scenarios/non_controllable_factors.json';
export const CORRELATION = 'scenarios/correlation.json';
export const EXCHANGE_FACTORS = 'constraints/exchange_factors.json';
export const GENERIC_CONSTRAINTS = 'constraints/generic_constraints.json';
export const PRODUCTION_MODELS = 'system/hydro_production_models.json';

/** The JSON files that every case has, by what they hold. */
export const REQUIRED_JSON = {
  config: 'config.json',
  penalties: 'penalties.json',
  stages: 'stages.json',
  initialConditions: 'initial_conditions.json',
  buses: 'system/buses.json',
  lines: 'system/lines.json',
  hydros: 'system/hydros.json',
  thermals: 'system/thermals.json',
} as const;

/** The JSON files that a case may have. */
export const OPTIONAL_JSON = {
  sources: 'system/non_controllable_sources.json',
  pumps: 'system/pumping_stations.json',
  contracts: 'system/energy_contracts.json',
  productionModels: PRODUCTION_MODELS,
  loadFactors: LOAD_FACTORS,
  sourceFactors: SOURCE_FACTORS,
  correlation: CORRELATION,
  exchangeFactors: EXCHANGE_FACTORS,
  genericConstraints: GENERIC_CONSTRAINTS,
} as const;

type Content<F extends keyof CaseSchemas> = z.output<CaseSchemas[F]>;
type ParsedTables = {
  readonly [N in TableName]: Table<(typeof CASE_TABLES)[N]['columns']> | null | undefined;
};

/**
 * The files of a case, each following its schema but not yet checked against the others. `undefined`: broken, with
 * its errors reported already. `null`: an optional file that is not there.
 */
export type ParsedCase = {
  readonly [K in keyof typeof REQUIRED_JSON]: Content<(typeof REQUIRED_JSON)[K]> | undefined;
} & {
  readonly [K in keyof typeof OPTIONAL_JSON]: Content<(typeof OPTIONAL_JSON)[K]> | null | undefined;
} & ParsedTables;

/** A case of which every file could be read. */
export type CompleteCase = { readonly [K in keyof ParsedCase]: Exclude<ParsedCase[K], undefined> };

export function isComplete(data: ParsedCase): data is CompleteCase {
  return Object.values(data).every((content) => content !== undefined);
}
