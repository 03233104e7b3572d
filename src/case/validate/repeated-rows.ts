/** A row that has the key of an earlier one; `count` is how many such rows there are. */
export interface Repetition {
  readonly first: number;
  readonly row: number;
  readonly count: number;
}

/** Greatest product of the columns' ranges for which rows can be told apart by one exact number each. */
const LARGEST_KEY = Number.MAX_SAFE_INTEGER;

/**
 * The first row whose values stand in an earlier row, or `null`. Columns of one length, NaN where a row has no value.
 * Tables may have more rows than a `Map` can hold: where keys are whole numbers, as they nearly always are, rows become
 * one number each, which are sorted.
 */
export function repeatedRow(columns: readonly Float64Array[]): Repetition | null {
  const keys = numericKeys(columns);
  return keys === null ? byText(columns) : byNumber(keys);
}

function byText(columns: readonly Float64Array[]): Repetition | null {
  const firstAt = new Map<string, number>();
  let found: Omit<Repetition, 'count'> | null = null;
  let count = 0;
  for (let row = 0; row < columns[0].length; row++) {
    const key = columns.map((column) => column[row]).join(' ');
    const first = firstAt.get(key);
    if (first === undefined) firstAt.set(key, row);
    else {
      count += 1;
      found ??= { first, row };
    }
  }
  return found && { ...found, count };
}

function byNumber(keys: Float64Array): Repetition | null {
  const sorted = keys.slice().sort();
  const repeated = new Set<number>();
  let count = 0;
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i] !== sorted[i - 1]) continue;
    count += 1;
    repeated.add(sorted[i]);
  }
  if (count === 0) return null;
  const firstAt = new Map<number, number>();
  for (let row = 0; ; row++) {
    if (!repeated.has(keys[row])) continue;
    const first = firstAt.get(keys[row]);
    if (first !== undefined) return { first, row, count };
    firstAt.set(keys[row], row);
  }
}

/** One number for each row, different for different rows; `null` where that cannot be exact. */
function numericKeys(columns: readonly Float64Array[]): Float64Array | null {
  const keys = new Float64Array(columns[0].length);
  let size = 1;
  for (const column of columns) {
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (const value of column) {
      if (Number.isNaN(value)) continue;
      if (!Number.isSafeInteger(value)) return null;
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    // One more for rows without a value.
    const range = Math.max(0, max - min + 1) + 1;
    size *= range;
    if (size > LARGEST_KEY) return null;
    for (let row = 0; row < keys.length; row++) {
      const value = column[row];
      keys[row] = keys[row] * range + (Number.isNaN(value) ? 0 : value - min + 1);
    }
  }
  return keys;
}
