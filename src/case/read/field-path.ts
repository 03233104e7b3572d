export type Path = readonly PropertyKey[];

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** `['hydros', 2, 'reservoir']` as `hydros[2].reservoir`; keys that are no identifiers stand in brackets and quotes. */
export function formatPath(path: Path): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (IDENTIFIER.test(String(key))) text += text === '' ? String(key) : `.${String(key)}`;
    else text += `[${JSON.stringify(String(key))}]`;
  }
  return text;
}

/** The value at a path, or `undefined` where the path leads nowhere. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

/** A copy without the key at the end of the path; everything off the path is shared with the original. */
export function withoutPath(root: unknown, path: Path): unknown {
  const [key, ...rest] = path;
  if (key === undefined || typeof root !== 'object' || root === null || !Object.hasOwn(root, key)) return root;
  const copy: Record<PropertyKey, unknown> | unknown[] = Array.isArray(root) ? [...root] : { ...root };
  if (rest.length === 0) Reflect.deleteProperty(copy, key);
  else Reflect.set(copy, key, withoutPath((root as Record<PropertyKey, unknown>)[key], rest));
  return copy;
}
