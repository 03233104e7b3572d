import { z } from 'zod';
import { CASE_TABLES, type TableSpec } from '../case-tables.js';
import { FIELD_DESCRIPTIONS } from './descriptions.js';
import { caseSchemas, type JsonFileName } from './index.js';
import { tableSchemaOf } from './table-schema.js';

/** A JSON Schema (draft 2020-12) as a document. */
type JsonSchema = Readonly<Record<string, unknown>>;

/** The JSON files of a case, in the order of the format. */
export const JSON_FILES = Object.keys(caseSchemas) as JsonFileName[];

const TABLES = new Map<string, TableSpec>(Object.values(CASE_TABLES).map((table) => [table.file, table]));

/** Every file of a case: the JSON files, then the Parquet tables, both in the order of the format. */
export const CASE_FILES: readonly string[] = [...JSON_FILES, ...TABLES.keys()];

const EXTENSION = /\.(?:json|parquet)$/;

/** Name of the file that holds the schema of a case's file: `hydros.schema.json` for `system/hydros.json`. */
export function schemaFileName(file: string): string {
  const stem = file.replace(/^.*\//, '').replace(EXTENSION, '');
  // As cobre-rs publishes it.
  return `${stem === 'hydro_production_models' ? 'production_models' : stem}.schema.json`;
}

/** The file of a case that is meant by its path, its name, its name without extension, or the name of its schema. */
export function caseFileNamed(name: string): string | null {
  const plain = name.replace(/^\.\//, '');
  const found = CASE_FILES.find((file) => {
    const base = file.replace(/^.*\//, '');
    const schema = schemaFileName(file);
    return [file, base, base.replace(EXTENSION, ''), schema, schema.replace(/\.schema\.json$/, '')].includes(plain);
  });
  return found ?? null;
}

/**
 * What a file must look like to be read, as a JSON Schema; that of a Parquet table is of its rows. Generated from what
 * reads it, so the two agree: a value that follows the schema has no fault of form, though it may have what is not
 * supported, or contradict other files.
 * @param file of {@link CASE_FILES}
 */
export function schemaOf(file: string): JsonSchema {
  const table = TABLES.get(file);
  return table === undefined ? jsonSchemaOf(file as JsonFileName) : tableSchemaOf(table);
}

function jsonSchemaOf(file: JsonFileName): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(caseSchemas[file], { io: 'input' });
  describe(rest);
  return { $schema, title: file, ...rest };
}

/** Adds to each property what its name means. */
function describe(schema: unknown): void {
  if (typeof schema !== 'object' || schema === null) return;
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties') {
      for (const [name, property] of Object.entries(value as Record<string, Record<string, unknown>>)) {
        if (Object.hasOwn(FIELD_DESCRIPTIONS, name)) property.description = FIELD_DESCRIPTIONS[name];
      }
    }
    describe(value);
  }
}
