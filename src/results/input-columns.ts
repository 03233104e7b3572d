import { CASE_TABLES } from '../case/case-tables.js';
import { type ColumnTypes, isOptional, type StoredType, storedType } from '../case/read/parquet-columns.js';
import type { Column, ColumnType } from './column.js';

const TYPES: Readonly<Record<Exclude<StoredType, 'DATE'>, ColumnType>> = {
  INT32: 'Int32',
  UINT32: 'UInt32',
  DOUBLE: 'Float64',
};

/** Columns of a file that a case may have, for files that a run writes and a case may take over. */
function inputColumns(types: ColumnTypes): Column[] {
  return Object.entries(types).map(([name, type]) => ({
    name,
    type: TYPES[storedType(type) as keyof typeof TYPES],
    nullable: isOptional(type),
    unit: '',
    description: '',
  }));
}

/** `hydro_models/fpha_hyperplanes.parquet`. */
export const PLANE_COLUMNS = inputColumns(CASE_TABLES.planes.columns);
/** `stochastic/`: files of the same names. */
export const INFLOW_STATS_COLUMNS = inputColumns(CASE_TABLES.inflowStats.columns);
export const AR_COEFFICIENT_COLUMNS = inputColumns(CASE_TABLES.coefficients.columns);
export const ANNUAL_COMPONENT_COLUMNS = inputColumns(CASE_TABLES.annual.columns);
export const LOAD_STATS_COLUMNS = inputColumns(CASE_TABLES.loadStats.columns);
export const NOISE_OPENING_COLUMNS = inputColumns(CASE_TABLES.noiseOpenings.columns);
