import { CobreError } from '../errors.js';

/**
 * `--set training.forward_passes=20` as a nested object to merge over `config.json`. Values are JSON where they parse
 * as JSON, else text. Throws `InvalidArgument` on a missing `=`, an empty part, or a path through a value.
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
    node[path[path.length - 1]!] = parseValue(assignment.slice(equals + 1));
  }
  return root;
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
