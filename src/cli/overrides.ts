import { CobreError } from '../errors.js';

/**
 * `--set training.forward_passes=20` as a nested object to merge over `config.json`. Values are JSON where they parse
 * as JSON, else text. Throws `InvalidArgument` on a missing `=`, an empty part, a path through a value, or broken JSON.
 */
export function parseOverrides(assignments: readonly string[]): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const assignment of assignments) {
    const equals = assignment.indexOf('=');
    const path = equals < 0 ? [] : assignment.slice(0, equals).split('.');
    if (path.length === 0 || path.some((part) => part === '' || part === '__proto__')) {
      throw new CobreError('InvalidArgument', `--set needs KEY=VALUE, got '${assignment}'`, {
        suggestion: 'Write for example --set training.forward_passes=20',
      });
    }
    let node = root;
    for (const part of path.slice(0, -1)) {
      const next = Object.hasOwn(node, part) ? node[part] : undefined;
      if (next === undefined) {
        const made: Record<string, unknown> = {};
        node[part] = made;
        node = made;
      } else if (typeof next === 'object' && next !== null && !Array.isArray(next)) {
        node = next as Record<string, unknown>;
      } else {
        throw new CobreError('InvalidArgument', `--set ${assignment}: '${part}' was already given a value`);
      }
    }
    node[path[path.length - 1]!] = parseValue(assignment, assignment.slice(equals + 1));
  }
  return root;
}

/** Text that begins like this is meant as JSON: taken as text, a slip in it would surface far from here. */
const MEANT_AS_JSON = /^\s*[[{"]/;

function parseValue(assignment: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (!MEANT_AS_JSON.test(text)) return text;
    throw new CobreError('InvalidArgument', `--set ${assignment}: the value is not valid JSON`, {
      value: text,
      suggestion: `Quote it for the shell, such as --set 'training.stopping_rules=[{"type":"iteration_limit","limit":20}]'`,
      cause,
    });
  }
}

/** What a shell takes as it is. */
const PLAIN = /^[\w.,:/=+-]+$/;

/** The overrides as options of the command line, each with a space before it. */
export function renderOverrides(overrides: Readonly<Record<string, unknown>>): string {
  const options = (node: Readonly<Record<string, unknown>>, prefix: string): string[] =>
    Object.entries(node).flatMap(([key, value]) => {
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        return options(value as Readonly<Record<string, unknown>>, `${prefix}${key}.`);
      }
      // Text that would parse as something else, such as "12", needs its quotes.
      const text = typeof value === 'string' && parsesAsItself(value) ? value : JSON.stringify(value);
      const assignment = `${prefix}${key}=${text}`;
      return [` --set ${PLAIN.test(assignment) ? assignment : `'${assignment.replaceAll("'", "'\\''")}'`}`];
    });
  return options(overrides, '').join('');
}

function parsesAsItself(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch {
    return !MEANT_AS_JSON.test(text);
  }
}

/** How the library calls what `--set` gives it. */
const LIBRARY_NAME = 'configOverrides';
const OPTION_NAME = '--set';

/** An error in a value from the command line, in the words of the command line; any other as it is. */
export function nameSetOption(error: CobreError): CobreError {
  if (error.context.origin !== LIBRARY_NAME) return error;
  const reword = (text: string) => text.replaceAll(LIBRARY_NAME, OPTION_NAME);
  return new CobreError(error.kind, reword(error.message), {
    ...(error.file === undefined ? {} : { file: error.file }),
    ...(error.field === undefined ? {} : { field: error.field }),
    ...(error.value === undefined ? {} : { value: error.value }),
    ...(error.suggestion === undefined ? {} : { suggestion: reword(error.suggestion) }),
    context: { ...error.context, origin: OPTION_NAME },
    cause: error.cause,
  });
}
