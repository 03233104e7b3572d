import type { SchemaElement } from 'hyparquet';
import { CobreError } from '../../errors.js';
import { nearestName } from './nearest-name.js';

/** Stored type of a column: `INT32` and `UINT32` hold whole numbers, `DOUBLE` 64-bit floats, `DATE` calendar days. */
export type StoredType = 'INT32' | 'UINT32' | 'DOUBLE' | 'DATE';
/** A column with `?` may be left out, or have no value in a row. */
export type ColumnType = StoredType | 'INT32?' | 'DOUBLE?';

/** The columns of a table in the order of the format's documentation. */
export type ColumnTypes = Readonly<Record<string, ColumnType>>;

export function isOptional(type: ColumnType): boolean {
  return type.endsWith('?');
}

export function storedType(type: ColumnType): StoredType {
  return type.replace('?', '') as StoredType;
}

/** What `hasType` takes for each type, in words. */
export const ACCEPTED_TYPES: Readonly<Record<StoredType, string>> = {
  INT32: 'INT32, plain or annotated as a signed integer of 32 bits',
  UINT32: 'INT32, plain or annotated as an unsigned integer',
  DOUBLE: 'DOUBLE',
  DATE: 'INT32 annotated as DATE (days since 1970-01-01)',
};

/** Columns that are missing, unknown, doubled or of a wrong type. `schema` begins with the table itself. */
export function checkColumns(file: string, schema: readonly SchemaElement[], types: ColumnTypes): CobreError[] {
  const errors: CobreError[] = [];
  const elements = schema.slice(1);
  for (const [name, column] of Object.entries(types)) {
    const type = storedType(column);
    const found = elements.filter((element) => element.name === name);
    if (found.length === 0) {
      if (isOptional(column)) continue;
      errors.push(
        new CobreError('SchemaViolation', `${file} has no column ${name}`, {
          file,
          field: name,
          suggestion: `Write a column ${name} of type ${type}.`,
        }),
      );
      continue;
    }
    for (const element of found) {
      if (!hasType(element, type)) {
        errors.push(
          new CobreError('TypeMismatch', `column ${name} of ${file} has type ${describe(element)}, not ${type}`, {
            file,
            field: name,
            value: describe(element),
            suggestion: `Write the column as ${type}.`,
          }),
        );
      }
    }
    if (found.length > 1) {
      errors.push(
        new CobreError('SchemaViolation', `${file} has the column ${name} ${found.length} times`, {
          file,
          field: name,
          suggestion: 'Keep one of them.',
        }),
      );
    }
  }
  for (const element of elements) {
    if (Object.hasOwn(types, element.name)) continue;
    const near = nearestName(element.name, Object.keys(types));
    errors.push(
      new CobreError('SchemaViolation', `${file} has the unknown column ${element.name}`, {
        file,
        field: element.name,
        suggestion:
          near === null
            ? `Remove it; the known columns are ${Object.keys(types).join(', ')}.`
            : `Did you mean ${near}? Otherwise remove it.`,
      }),
    );
  }
  return errors;
}

function isUnsigned(element: SchemaElement): boolean {
  if (element.converted_type === 'UINT_32') return true;
  const logical = element.logical_type as { type?: string; isSigned?: boolean } | undefined;
  return logical?.type === 'INTEGER' && logical.isSigned === false;
}

function hasType(element: SchemaElement, type: StoredType): boolean {
  if (element.num_children || element.repetition_type === 'REPEATED') return false;
  const plain = element.converted_type === undefined && element.logical_type === undefined;
  switch (type) {
    case 'DOUBLE':
      return element.type === 'DOUBLE' && plain;
    case 'UINT32':
      return element.type === 'INT32' && (isUnsigned(element) || plain);
    case 'DATE': {
      const logical = (element.logical_type as { type?: string } | undefined)?.type;
      return element.type === 'INT32' && (element.converted_type === 'DATE' || logical === 'DATE');
    }
    case 'INT32': {
      const logical = element.logical_type as { type?: string; bitWidth?: number } | undefined;
      const annotated = element.converted_type === 'INT_32' || (logical?.type === 'INTEGER' && logical.bitWidth === 32);
      return element.type === 'INT32' && !isUnsigned(element) && (plain || annotated);
    }
  }
}

function describe(element: SchemaElement): string {
  if (element.num_children) return 'a group of columns';
  const physical = element.repetition_type === 'REPEATED' ? `repeated ${element.type}` : String(element.type);
  if (isUnsigned(element)) return `unsigned ${physical}`;
  const logical = element.converted_type ?? (element.logical_type as { type?: string } | undefined)?.type;
  return logical === undefined ? physical : `${physical} (${logical})`;
}
