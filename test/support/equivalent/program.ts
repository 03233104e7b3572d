import highsModule from 'highs';

// The package's types describe its CommonJS face; as an ES module its default export is the loader itself.
const loadHighs = highsModule as unknown as typeof highsModule.default;

/** One solver for all programs of a test file; each has a model of its own. */
let solver: ReturnType<typeof loadHighs> | undefined;

const TOLERANCE = 1e-9;

export type Term = readonly [column: number, factor: number];

/** A sum of columns times factors, and a number. */
export interface Expression {
  readonly terms: readonly Term[];
  readonly constant: number;
}

export const fixed = (constant: number): Expression => ({ terms: [], constant });
export const ZERO = fixed(0);

export function sum(parts: readonly Expression[]): Expression {
  return {
    terms: parts.flatMap(({ terms }) => terms),
    constant: parts.reduce((total, { constant }) => total + constant, 0),
  };
}

export function times(factor: number, { terms, constant }: Expression): Expression {
  return { terms: terms.map(([column, value]): Term => [column, factor * value]), constant: factor * constant };
}

export const minus = (left: Expression, right: Expression): Expression => sum([left, times(-1, right)]);

/** A linear program that grows by columns and rows, in the row-wise form that HiGHS takes. */
export class LinearProgram {
  private readonly cost: number[] = [];
  private costConstant = 0;
  private readonly columnLower: number[] = [];
  private readonly columnUpper: number[] = [];
  private readonly rowLower: number[] = [];
  private readonly rowUpper: number[] = [];
  private readonly starts: number[] = [0];
  private readonly indices: number[] = [];
  private readonly values: number[] = [];

  variable(lower: number, upper: number): Expression {
    this.columnLower.push(lower);
    this.columnUpper.push(upper);
    this.cost.push(0);
    return { terms: [[this.cost.length - 1, 1]], constant: 0 };
  }

  /** `lower <= expression <= upper`. */
  constrain(lower: number, { terms, constant }: Expression, upper: number): void {
    const byColumn = new Map<number, number>();
    for (const [column, factor] of terms) byColumn.set(column, (byColumn.get(column) ?? 0) + factor);
    for (const [column, factor] of byColumn) {
      this.indices.push(column);
      this.values.push(factor);
    }
    this.starts.push(this.indices.length);
    this.rowLower.push(lower - constant);
    this.rowUpper.push(upper - constant);
  }

  /** Adds to what is minimised. */
  pay({ terms, constant }: Expression): void {
    for (const [column, factor] of terms) this.cost[column] += factor;
    this.costConstant += constant;
  }

  /** Least cost; throws when HiGHS does not prove an optimum. */
  async minimum(): Promise<number> {
    solver ??= loadHighs();
    const highs = await solver;
    const numCols = this.cost.length;
    const numRows = this.rowLower.length;
    const unit = costUnit(this.cost);
    const model = highs.createModel({
      numCols,
      numRows,
      colCost: this.cost.map((cost) => cost / unit),
      colLower: this.columnLower,
      colUpper: this.columnUpper,
      rowLower: this.rowLower,
      rowUpper: this.rowUpper,
      matrix: {
        format: 'csr',
        numRows,
        numCols,
        starts: this.starts,
        indices: this.indices,
        values: this.values,
      },
    });
    try {
      model.options.set({
        output_flag: false,
        primal_feasibility_tolerance: TOLERANCE,
        dual_feasibility_tolerance: TOLERANCE,
      });
      model.run();
      const status = model.getModelStatus();
      if (status !== highs.constants.modelStatus.optimal) throw new Error(`deterministic equivalent: status ${status}`);
      return model.getObjectiveValue() * unit + this.costConstant;
    } finally {
      model.dispose();
    }
  }
}

/** Geometric mean of the costs' sizes: counted in it, costs lie around 1, where tolerances are made for. */
function costUnit(cost: readonly number[]): number {
  const logs = cost.filter((value) => value !== 0).map((value) => Math.log(Math.abs(value)));
  return logs.length === 0 ? 1 : Math.exp(logs.reduce((total, log) => total + log, 0) / logs.length);
}
