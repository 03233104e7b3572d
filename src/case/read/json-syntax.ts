/** Place and reason of the first fault in a JSON text; lines and columns count from 1. */
interface JsonFault {
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

/** Deepest nesting accepted: far beyond any case file, and short of the call stack's end. */
const MAX_DEPTH = 128;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SPACE = /[ \t\r\n]*/y;

class Fault extends Error {
  readonly at: number;
  constructor(at: number, reason: string) {
    super(reason);
    this.at = at;
  }
}

/**
 * First fault of a JSON text, or `null`. Beside the grammar (RFC 8259) it refuses a key that stands twice in one
 * object: `JSON.parse` would keep the last value and silently drop the first.
 *
 * The engine's own messages do not always say where the fault is; this does.
 */
export function findJsonFault(text: string): JsonFault | null {
  try {
    const end = skipSpace(text, scanValue(text, skipSpace(text, 0), 0));
    if (end < text.length) throw new Fault(end, `unexpected ${describe(text, end)} after the end of the document`);
    return null;
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    const before = text.slice(0, fault.at).split('\n');
    return { line: before.length, column: before[before.length - 1].length + 1, reason: fault.message };
  }
}

function scanValue(text: string, at: number, depth: number): number {
  if (depth > MAX_DEPTH) throw new Fault(at, `more than ${MAX_DEPTH} levels of nesting`);
  switch (text[at]) {
    case '{':
      return scanObject(text, at, depth);
    case '[':
      return scanArray(text, at, depth);
    case '"':
      return scanString(text, at);
    case 't':
      return scanWord(text, at, 'true');
    case 'f':
      return scanWord(text, at, 'false');
    case 'n':
      return scanWord(text, at, 'null');
    default: {
      const end = match(NUMBER, text, at);
      if (end < 0) throw new Fault(at, `expected a value, found ${describe(text, at)}`);
      return end;
    }
  }
}

function scanObject(text: string, start: number, depth: number): number {
  const keys = new Set<string>();
  let at = skipSpace(text, start + 1);
  if (text[at] === '}') return at + 1;
  for (;;) {
    if (text[at] !== '"') throw new Fault(at, `expected a key in double quotes, found ${describe(text, at)}`);
    const end = scanString(text, at);
    const key = JSON.parse(text.slice(at, end)) as string;
    if (keys.has(key)) throw new Fault(at, `the key "${key}" stands twice in the same object`);
    keys.add(key);
    at = skipSpace(text, end);
    if (text[at] !== ':') throw new Fault(at, `expected ":" after the key "${key}", found ${describe(text, at)}`);
    at = skipSpace(text, scanValue(text, skipSpace(text, at + 1), depth + 1));
    if (text[at] === '}') return at + 1;
    if (text[at] !== ',') throw new Fault(at, `expected "," or "}", found ${describe(text, at)}`);
    at = skipSpace(text, at + 1);
  }
}

function scanArray(text: string, start: number, depth: number): number {
  let at = skipSpace(text, start + 1);
  if (text[at] === ']') return at + 1;
  for (;;) {
    at = skipSpace(text, scanValue(text, at, depth + 1));
    if (text[at] === ']') return at + 1;
    if (text[at] !== ',') throw new Fault(at, `expected "," or "]", found ${describe(text, at)}`);
    at = skipSpace(text, at + 1);
  }
}

function scanString(text: string, start: number): number {
  let at = start + 1;
  // A loop, because a pattern for the whole string would exhaust the stack on long ones.
  while (at < text.length && text[at] >= ' ') {
    if (text[at] === '"') return at + 1;
    const next = text[at] === '\\' ? match(ESCAPE, text, at) : at + 1;
    if (next < 0) throw new Fault(at, 'unknown escape in a string');
    at = next;
  }
  throw new Fault(start, 'this string is not closed on its line');
}

function scanWord(text: string, at: number, word: string): number {
  if (!text.startsWith(word, at)) throw new Fault(at, `expected a value, found ${describe(text, at)}`);
  return at + word.length;
}

function skipSpace(text: string, at: number): number {
  return match(SPACE, text, at);
}

function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

function describe(text: string, at: number): string {
  if (at >= text.length) return 'the end of the file';
  return JSON.stringify(text[at]);
}
