/** By the names of Arrow. */
export type ColumnType = 'Int8' | 'Int32' | 'Int64' | 'UInt32' | 'UInt64' | 'Float64' | 'Boolean' | 'Utf8';

/** A column of a Parquet file; its unit is `id`, `code`, `count` and the like where it has none. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  readonly unit: string;
  readonly description: string;
}

export function column(name: string, type: ColumnType, unit: string, description: string): Column {
  return { name, type, nullable: false, unit, description };
}

export function nullable(name: string, type: ColumnType, unit: string, description: string): Column {
  return { name, type, nullable: true, unit, description };
}
