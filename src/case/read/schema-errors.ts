import { z } from 'zod';
import { CobreError, type ErrorKind } from '../../errors.js';
import { formatPath, type Path, valueAt } from './field-path.js';
import { nearestName } from './nearest-name.js';

/** One error for each issue that a schema found in a file. */
export function schemaErrors(
  file: string,
  schema: z.ZodType,
  root: unknown,
  issues: readonly z.core.$ZodIssue[],
): CobreError[] {
  return issues.flatMap(nearestBranch).flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [schemaError(file, root, issue)];
    const known = knownKeys(schema, issue.path);
    const nested = nestedKeys(schema, issue.path);
    return issue.keys.map((key) => unknownKey(file, root, [...issue.path, key], known, nested));
  });
}

/**
 * The issues of the alternative that a value comes nearest to, where each has a form of its own, such as an array or an
 * object; the issue itself where no alternative has the value's form.
 */
function nearestBranch(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union' || !('errors' in issue)) return [issue];
  const branch = issue.errors.find((issues) => !issues.some((each) => each.path.length === 0 && isForm(each)));
  if (branch === undefined) return [issue];
  const nested = branch.map((each) => ({ ...each, path: [...issue.path, ...each.path] }));
  return (nested as z.core.$ZodIssue[]).flatMap(nearestBranch);
}

function isForm(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'invalid_type';
}

/** What a value that has the form of no alternative should have been, or `null` where forms do not tell them apart. */
function forms(issue: z.core.$ZodIssue): string | null {
  if (issue.code !== 'invalid_union' || !('errors' in issue) || issue.errors.length === 0) return null;
  const expected = issue.errors.map((issues) => issues.find((each) => each.path.length === 0 && isForm(each)));
  if (expected.some((each) => each === undefined)) return null;
  return expected.map((each) => expectedInWords((each as { expected: string }).expected)).join(' or ');
}

function schemaError(file: string, root: unknown, issue: z.core.$ZodIssue): CobreError {
  const field = formatPath(issue.path);
  const value = valueAt(root, issue.path);
  const name = field === '' ? file : `${field} in ${file}`;
  const details = { file, ...(field === '' ? {} : { field }), ...(value === undefined ? {} : { value }) };
  const fail = (kind: ErrorKind, message: string, suggestion: string) =>
    new CobreError(kind, message, { ...details, suggestion });

  if (issue.code === 'custom' && issue.params?.kind === 'NotSupported') {
    return fail('NotSupported', `${issue.message}: ${name}`, String(issue.params.suggestion));
  }
  if (value === undefined) {
    return fail('SchemaViolation', `the required field ${name} is missing`, `Add ${field}, ${wanted(issue)}.`);
  }
  switch (issue.code) {
    case 'too_small':
    case 'too_big':
      return fail('OutOfRange', `${name} is out of range: ${inWords(value)}`, `It must be ${wanted(issue)}.`);
    case 'invalid_value':
    case 'invalid_union': {
      const form = forms(issue);
      if (form !== null) {
        return fail('TypeMismatch', `${name} has the wrong type: ${inWords(value)}`, `It must be ${form}.`);
      }
      return fail('InvalidEnum', `${name} has the unknown value ${inWords(value)}`, enumSuggestion(issue, value));
    }
    case 'invalid_type':
      // A number that is not finite comes from an override or an overflow such as 1e999.
      if (typeof value === 'number' && !Number.isFinite(value)) {
        return fail('OutOfRange', `${name} is not a finite number: ${value}`, 'It must be a finite number.');
      }
      return fail('TypeMismatch', `${name} has the wrong type: ${inWords(value)}`, `It must be ${wanted(issue)}.`);
    case 'invalid_format':
      // A pattern stands for the words that it allows, which its message names.
      if (issue.format === 'regex') {
        return fail('InvalidEnum', `${name} has the unknown value ${inWords(value)}`, `It must be ${issue.message}.`);
      }
      return fail(
        'SchemaViolation',
        `${name} is no valid ${issue.format}: ${inWords(value)}`,
        `It must be ${wanted(issue)}.`,
      );
    default:
      return fail(
        'SchemaViolation',
        `${name} is not valid: ${issue.message}`,
        'See the documentation of the case format.',
      );
  }
}

function unknownKey(
  file: string,
  root: unknown,
  path: Path,
  known: readonly string[],
  nested: readonly string[],
): CobreError {
  const key = String(path.at(-1));
  const near = nestedKey(key, nested) ?? nearestName(key, known);
  const field = formatPath(path);
  return new CobreError('SchemaViolation', `${file} has the unknown key ${field}`, {
    file,
    field,
    value: valueAt(root, path),
    suggestion:
      near === null
        ? `Remove it; the known keys here are ${known.join(', ')}.`
        : `Did you mean ${near}? Otherwise remove it.`,
  });
}

function enumSuggestion(issue: z.core.$ZodIssue, value: unknown): string {
  const options = enumOptions(issue);
  const near = typeof value === 'string' ? nearestName(value, options) : null;
  const all = `The known values are ${options.join(', ')}.`;
  return near === null ? all : `Did you mean ${near}? ${all}`;
}

function enumOptions(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  if (issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options)) {
    return issue.options.map(String);
  }
  return [];
}

/** What would have been right, after `It must be`. */
function wanted(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_small': {
      if (issue.origin === 'array') return `an array of at least ${elements(Number(issue.minimum))}`;
      return issue.inclusive ? `at least ${issue.minimum}` : `greater than ${issue.minimum}`;
    }
    case 'too_big':
      return issue.inclusive ? `at most ${issue.maximum}` : `less than ${issue.maximum}`;
    case 'invalid_value':
    case 'invalid_union': {
      const options = enumOptions(issue);
      return options.length === 0 ? 'one of the documented values' : `one of ${options.join(', ')}`;
    }
    case 'invalid_type':
      return expectedInWords(issue.expected);
    case 'invalid_format':
      return issue.format === 'date' ? 'a calendar date like 2024-01-31' : `a ${issue.format}`;
    default:
      return 'as the case format says';
  }
}

function expectedInWords(expected: string): string {
  switch (expected) {
    case 'int':
      return 'a whole number';
    case 'object':
    case 'record':
      return 'an object { ... }';
    case 'array':
      return 'an array [ ... ]';
    case 'boolean':
      return 'true or false';
    default:
      return `a ${expected}`;
  }
}

function elements(count: number): string {
  return count === 1 ? '1 element' : `${count} elements`;
}

const LONGEST_VALUE = 80;

function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${elements(value.length)}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}...` : text;
}

/** Keys that the schema knows at a path; those of all alternatives where it has several. */
function knownKeys(schema: z.ZodType, path: Path): string[] {
  return schemasAt(schema, path).flatMap((each) => (each instanceof z.ZodObject ? Object.keys(each.shape) : []));
}

function schemasAt(schema: z.ZodType, path: Path): z.core.$ZodType[] {
  let schemas = alternatives(schema);
  for (const key of path) schemas = schemas.flatMap((each) => step(each, key));
  return schemas;
}

/** Keys of the objects within the object at a path, as `generation.min_mw`. */
function nestedKeys(schema: z.ZodType, path: Path): string[] {
  const within = (object: z.core.$ZodType, prefix: string): string[] => {
    if (!(object instanceof z.ZodObject)) return [];
    return Object.entries(object.shape as Record<string, z.core.$ZodType>).flatMap(([key, value]) =>
      alternatives(value).flatMap((each) => {
        const deeper = within(each, `${prefix}${key}.`);
        return prefix === '' ? deeper : [`${prefix}${key}`, ...deeper];
      }),
    );
  };
  return [...new Set(schemasAt(schema, path).flatMap((each) => within(each, '')))];
}

/** The nested key that a flat one stands for: `min_generation_mw` for `generation.min_mw`, by its words or its last part. */
function nestedKey(key: string, nested: readonly string[]): string | null {
  const words = (name: string) => name.toLowerCase().split(/[._]/).sort().join(' ');
  const same = nested.filter((path) => words(path) === words(key) || path.endsWith(`.${key}`));
  return same.length === 1 ? same[0] : null;
}

function step(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType[] {
  if (schema instanceof z.ZodArray) return alternatives(schema.element);
  if (schema instanceof z.ZodRecord) return alternatives(schema.valueType);
  if (!(schema instanceof z.ZodObject)) return [];
  const next = (schema.shape as Record<PropertyKey, z.core.$ZodType | undefined>)[key];
  return next === undefined ? [] : alternatives(next);
}

/** The schema without its wrappers (optional, nullable, default), or the members of a union. */
function alternatives(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  ) {
    return alternatives(schema.unwrap());
  }
  if (schema instanceof z.ZodPipe) return [...alternatives(schema.in), ...alternatives(schema.out)];
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => alternatives(option));
  return [schema];
}
