/** A linear program's columns and rows with their entries. */
export interface ProgramArrays {
  readonly cost: Float64Array;
  readonly columnLower: Float64Array;
  readonly columnUpper: Float64Array;
  readonly rowLower: Float64Array;
  readonly rowUpper: Float64Array;
  /** Column-wise: entries of column c are `start[c]..start[c + 1] - 1`, ascending by row. */
  readonly start: Int32Array;
  readonly index: Int32Array;
  readonly value: Float64Array;
}

/** Collects columns and rows in the order they are added, then turns them into arrays. Costs are scaled on the way in. */
export class ModelBuilder {
  readonly #cost: number[] = [];
  readonly #columnLower: number[] = [];
  readonly #columnUpper: number[] = [];
  readonly #rowLower: number[] = [];
  readonly #rowUpper: number[] = [];
  readonly #entries: [row: number, value: number][][] = [];

  constructor(private readonly costScale: number) {}

  /** Number of columns so far: the position of the next. */
  get columns(): number {
    return this.#cost.length;
  }

  /** Number of rows so far: the position of the next. */
  get rows(): number {
    return this.#rowLower.length;
  }

  column(lower: number, upper: number, cost: number): number {
    this.#columnLower.push(lower);
    this.#columnUpper.push(upper);
    this.#cost.push(cost * this.costScale);
    return this.#entries.push([]) - 1;
  }

  row(lower: number, upper: number): number {
    this.#rowLower.push(lower);
    return this.#rowUpper.push(upper) - 1;
  }

  /** Adds to a coefficient: a line from a bus to itself meets the same balance twice. */
  entry(row: number, column: number, value: number): void {
    const entries = this.#entries[column];
    const same = entries.find((entry) => entry[0] === row);
    if (same === undefined) entries.push([row, value]);
    else same[1] += value;
  }

  arrays(): ProgramArrays {
    const entries = this.#entries.map((column) => column.filter(([, value]) => value !== 0));
    const start = new Int32Array(entries.length + 1);
    for (let c = 0; c < entries.length; c++) start[c + 1] = start[c] + entries[c].length;
    const index = new Int32Array(start[entries.length]);
    const value = new Float64Array(index.length);
    for (let c = 0, at = 0; c < entries.length; c++) {
      for (const [row, v] of entries[c].sort((a, b) => a[0] - b[0])) {
        index[at] = row;
        value[at++] = v;
      }
    }
    return {
      cost: Float64Array.from(this.#cost),
      columnLower: Float64Array.from(this.#columnLower),
      columnUpper: Float64Array.from(this.#columnUpper),
      rowLower: Float64Array.from(this.#rowLower),
      rowUpper: Float64Array.from(this.#rowUpper),
      start,
      index,
      value,
    };
  }
}
