/** Rows of numbers that are mostly zero: row i holds `value[e]` at `index[e]` for `start[i] <= e < start[i + 1]`. */
export interface SparseRows {
  readonly start: Int32Array;
  readonly index: Int32Array;
  readonly value: Float64Array;
}

/** Builds rows of which each column may be put to several times; columns ascend within a row. */
export function sparseRows(
  rows: number,
  fill: (row: number, put: (column: number, value: number) => void) => void,
): SparseRows {
  const start = new Int32Array(rows + 1);
  const index: number[] = [];
  const value: number[] = [];
  for (let row = 0; row < rows; row++) {
    const entries = new Map<number, number>();
    fill(row, (column, amount) => entries.set(column, (entries.get(column) ?? 0) + amount));
    for (const [column, amount] of [...entries].sort((a, b) => a[0] - b[0])) {
      index.push(column);
      value.push(amount);
    }
    start[row + 1] = index.length;
  }
  return { start, index: Int32Array.from(index), value: Float64Array.from(value) };
}

/** Row `i` times `x[offset..]`, in index order. */
export function rowTimes({ start, index, value }: SparseRows, i: number, x: Float64Array, offset: number): number {
  let sum = 0;
  for (let e = start[i]; e < start[i + 1]; e++) sum += value[e] * x[offset + index[e]];
  return sum;
}
