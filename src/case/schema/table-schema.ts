import { z } from 'zod';
import type { ColumnRange, TableSpec } from '../case-tables.js';
import { ACCEPTED_TYPES, type ColumnType, isOptional, storedType } from '../read/parquet-columns.js';
import { FIELD_DESCRIPTIONS } from './descriptions.js';
import * as primitives from './primitives.js';

type Document = Readonly<Record<string, unknown>>;

/** What a cell of each type holds, as JSON writes it. */
const CELLS = {
  INT32: primitives.id,
  UINT32: primitives.index,
  DOUBLE: z.number(),
  DATE: primitives.date,
} as const;

/** Which stages `stage_id` may name, after what it means. */
const STAGES: Readonly<Record<TableSpec['stages'], string>> = {
  study: '',
  all: ' Those of pre_study_stages may be named as well.',
  past: ' Stages before the study have ids below 0, -1 the last; pre_study_stages need not have them.',
  any: ' Rows of stages that do not exist have no effect.',
  none: '',
};

/**
 * What the rows of a Parquet table must look like to be read, as a JSON Schema of the array of them. Generated from what
 * reads and checks the table. A column that may have no value may also be left out, and is `null` or missing in a row.
 */
export function tableSchemaOf({ file, about, columns, keys, stages, ranges, meanings = {} }: TableSpec): Document {
  const properties: Record<string, Document> = {};
  for (const [name, type] of Object.entries(columns)) {
    const meaning = meanings[name] ?? FIELD_DESCRIPTIONS[name];
    const description = name === 'stage_id' ? `${meaning}${STAGES[stages]}` : meaning;
    properties[name] = { ...cellOf(type, ranges[name] ?? {}), description, $comment: parquetOf(type) };
  }
  const unique = keys.length === 0 ? '' : ` One row for each ${keys.join(', ')}.`;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: file,
    description: `${about}${unique}`,
    $comment: 'A Parquet table; this schema is of its rows, an object of the columns each.',
    type: 'array',
    items: {
      type: 'object',
      properties,
      required: Object.keys(columns).filter((name) => !isOptional(columns[name])),
      additionalProperties: false,
    },
  };
}

function cellOf(column: ColumnType, { min, max, positive }: ColumnRange): Document {
  const { $schema, type, ...bounds } = z.toJSONSchema(CELLS[storedType(column)], { io: 'input' });
  return {
    type: isOptional(column) ? [type, 'null'] : type,
    ...bounds,
    ...(min === undefined ? {} : { minimum: min }),
    ...(positive ? { exclusiveMinimum: 0 } : {}),
    ...(max === undefined ? {} : { maximum: max }),
  };
}

function parquetOf(column: ColumnType): string {
  const accepted = `Parquet type: ${ACCEPTED_TYPES[storedType(column)]}`;
  return isOptional(column) ? `${accepted}; may be left out.` : `${accepted}.`;
}
