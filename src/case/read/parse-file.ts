import type { z } from 'zod';
import type { CobreError } from '../../errors.js';
import { type Path, withoutPath } from './field-path.js';
import { schemaErrors } from './schema-errors.js';

interface ParsedFile<T> {
  /**
   * The content, or `undefined` when it does not follow the schema. A file whose only faults are unknown keys or
   * features that are not supported yet still has one, without those fields, so that later layers can look at the rest.
   */
  readonly content: T | undefined;
  readonly errors: readonly CobreError[];
}

/** Checks a JSON value against the schema of its file. */
export function parseFile<S extends z.ZodType>(file: string, schema: S, value: unknown): ParsedFile<z.output<S>> {
  const result = schema.safeParse(value);
  if (result.success) return { content: result.data, errors: [] };
  const errors = schemaErrors(file, schema, value, result.error.issues);
  const droppable = result.error.issues.map(droppablePaths);
  if (droppable.some((paths) => paths.length === 0)) return { content: undefined, errors };
  const pruned = droppable.flat().reduce((rest: unknown, path) => withoutPath(rest, path), value);
  return { content: schema.safeParse(pruned).data, errors };
}

/** The fields that an issue allows to drop without touching the rest of the file. */
function droppablePaths(issue: z.core.$ZodIssue): Path[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [...issue.path, key]);
  if (issue.code === 'custom' && issue.params?.kind === 'NotSupported') return [issue.path];
  return [];
}
