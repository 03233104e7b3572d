import { CobreError } from '../errors.js';
import type { Path } from './read/field-path.js';

export type ConfigOverrides = Readonly<Record<string, unknown>>;

/**
 * `config.json` with the overrides merged over it: objects merge key by key, everything else (arrays too) replaces.
 * A key whose override is `undefined` keeps its value.
 */
export function mergeOverrides(base: unknown, overrides: unknown): unknown {
  if (!isPlainObject(overrides)) return overrides;
  const merged = new Map<string, unknown>(isPlainObject(base) ? Object.entries(base) : []);
  for (const [key, value] of Object.entries(overrides)) {
    if (value === undefined) continue;
    merged.set(key, isPlainObject(merged.get(key)) ? mergeOverrides(merged.get(key), value) : value);
  }
  // Object.fromEntries defines keys, so that a key named __proto__ stays an ordinary key.
  return Object.fromEntries(merged);
}

/** Whether the value at a path of the merged configuration came from the overrides. */
export function isOverridden(overrides: unknown, path: Path): boolean {
  // What concerns the file as a whole, such as that it is missing, is not the doing of an override.
  if (path.length === 0) return false;
  let value = overrides;
  for (const key of path) {
    if (!isPlainObject(value)) return value !== undefined;
    if (!Object.hasOwn(value, key)) return false;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value !== undefined;
}

/** The error, saying that it lies in the overrides rather than in the file. */
export function nameOverride(error: CobreError): CobreError {
  return new CobreError(error.kind, `configOverrides: ${error.message}`, {
    ...(error.file === undefined ? {} : { file: error.file }),
    ...(error.field === undefined ? {} : { field: error.field }),
    ...(error.value === undefined ? {} : { value: error.value }),
    suggestion: `${error.suggestion ?? 'Correct the value.'} The value comes from configOverrides.`,
    context: { ...error.context, origin: 'configOverrides' },
    cause: error.cause,
  });
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
