import { type CaseContent, encodeTable, type TableContent } from './case-builder.js';

/** What may be changed about the files of a case without a change of what they say. */
export const ARRANGEMENTS = ['lists', 'keys', 'numbers', 'text', 'rows', 'columns', 'storage'] as const;
export type Arrangement = (typeof ARRANGEMENTS)[number];

/**
 * Lists whose order means nothing. Others keep theirs: blocks of numbers by month or lag, segments and points, which must
 * rise, and stopping rules, the first of which gives its name to the end of a training.
 */
const UNORDERED = new Set([
  'hydros',
  'buses',
  'lines',
  'thermals',
  'non_controllable_sources',
  'pumping_stations',
  'contracts',
  'stages',
  'pre_study_stages',
  'blocks',
  'seasons',
  'transitions',
  'constraints',
  'storage',
  'filling_storage',
  'past_inflows',
  'recent_observations',
  'production_models',
  'stage_ranges',
  'load_factors',
  'non_controllable_factors',
  'exchange_factors',
  'block_factors',
  'correlation_groups',
  'schedule',
  'historical_years',
]);

/** Files of a case rearranged: what they hold, as `writeCase` takes it, is text and bytes. */
export function rearranged(
  content: CaseContent,
  seed: number,
  what: readonly Arrangement[] = ARRANGEMENTS,
): Record<string, string | Uint8Array> {
  const luck = new Luck(seed);
  const files = Object.entries(content).map(([file, value]): [string, string | Uint8Array] => {
    if (file.endsWith('.parquet')) return [file, rearrangedTable(value as TableContent, luck, what)];
    const shuffled = what.includes('lists') ? shuffledLists(value, luck, '') : value;
    return [file, writtenJson(shuffled, luck, what)];
  });
  return Object.fromEntries(luck.shuffle(files));
}

/** Numbers that look random and follow from a seed: Lehmer's generator, exact in doubles. */
class Luck {
  #state: number;

  constructor(seed: number) {
    this.#state = (Math.abs(seed) % 2_147_483_646) + 1;
    for (let i = 0; i < 10; i++) this.below(2);
  }

  /** A whole number from 0 to `count` less 1. */
  below(count: number): number {
    this.#state = (this.#state * 48_271) % 2_147_483_647;
    return this.#state % count;
  }

  oneOf<T>(values: readonly T[]): T {
    return values[this.below(values.length)];
  }

  /** A copy in another order; also where there are but two, in half of all cases. */
  shuffle<T>(values: readonly T[]): T[] {
    const left = [...values];
    return values.map(() => left.splice(this.below(left.length), 1)[0]);
  }
}

function shuffledLists(value: unknown, luck: Luck, name: string): unknown {
  if (Array.isArray(value)) {
    const entries = value.map((each) => shuffledLists(each, luck, ''));
    return UNORDERED.has(name) ? luck.shuffle(entries) : entries;
  }
  if (typeof value !== 'object' || value === null) return value;
  const result = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shuffledLists(each, luck, key)]));
  return 'entities' in result && 'matrix' in result ? permutedGroup(result as unknown as Group, luck) : result;
}

interface Group {
  readonly entities: readonly unknown[];
  readonly matrix: readonly (readonly number[])[];
}

/** A correlation group with its entities in another order, rows and columns of its matrix along with them. */
function permutedGroup(group: Group, luck: Luck): Group {
  const order = luck.shuffle(group.entities.map((_, i) => i));
  return {
    ...group,
    entities: order.map((i) => group.entities[i]),
    matrix: order.map((r) => order.map((c) => group.matrix[r][c])),
  };
}

/** JSON with its keys in another order, and numbers, text and space written in other ways. */
function writtenJson(value: unknown, luck: Luck, what: readonly Arrangement[]): string {
  const space = () => (what.includes('text') ? luck.oneOf(['', ' ', '\n\t', '\r\n  ']) : '');
  const list = (open: string, entries: readonly string[], close: string) =>
    `${open}${space()}${entries.join(`${space()},${space()}`)}${space()}${close}`;
  const written = (each: unknown): string => {
    if (typeof each === 'number') return what.includes('numbers') ? writtenNumber(each, luck) : JSON.stringify(each);
    if (typeof each === 'string') return what.includes('text') ? writtenText(each, luck) : JSON.stringify(each);
    if (Array.isArray(each)) return list('[', each.map(written), ']');
    if (typeof each !== 'object' || each === null) return JSON.stringify(each);
    const entries = Object.entries(each).map(
      ([key, one]) => `${JSON.stringify(key)}${space()}:${space()}${written(one)}`,
    );
    return list('{', what.includes('keys') ? luck.shuffle(entries) : entries, '}');
  };
  return `${space()}${written(value)}${space()}`;
}

/** A number in one of the ways that JSON has for it. */
function writtenNumber(value: number, luck: Luck): string {
  const plain = JSON.stringify(value);
  const ways = [plain, value.toExponential(), value.toExponential().toUpperCase()];
  if (/^-?\d+$/.test(plain)) ways.push(`${plain}.0`, `${plain}.000`, `${plain}e0`);
  else if (/^-?\d+\.\d+$/.test(plain)) ways.push(`${plain}0`, `${plain}E+0`);
  const text = luck.oneOf(ways);
  if (!Object.is(JSON.parse(text), JSON.parse(plain))) throw new Error(`${text} is not ${plain}`);
  return text;
}

/** A text with some of its characters escaped. */
function writtenText(text: string, luck: Luck): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const units = Array.from({ length: text.length }, (_, i) => text[i]);
  return `"${units.map((unit) => (luck.below(8) === 0 ? escaped(unit) : JSON.stringify(unit).slice(1, -1))).join('')}"`;
}

function rearrangedTable({ columns }: TableContent, luck: Luck, what: readonly Arrangement[]): Uint8Array {
  const entries = Object.entries(columns);
  const rows = entries[0]?.[1].data.map((_, row) => row) ?? [];
  const order = what.includes('rows') ? luck.shuffle(rows) : rows;
  const ordered = entries.map(
    ([name, { type, data }]) => [name, { type, data: order.map((row) => data[row]) }] as const,
  );
  const named = what.includes('columns') ? luck.shuffle(ordered) : ordered;
  const storage = what.includes('storage')
    ? {
        codec: luck.oneOf(['UNCOMPRESSED', 'SNAPPY'] as const),
        rowGroupSize: 1 + luck.below(Math.max(1, rows.length)),
        encoding: luck.oneOf(['PLAIN', undefined] as const),
        required: luck.below(2) === 0,
      }
    : {};
  return encodeTable({ columns: Object.fromEntries(named) }, storage);
}
