import highsModule from 'highs';

// The package's types describe its CommonJS face; as an ES module its default export is the loader itself.
const loadHighs = highsModule as unknown as typeof highsModule.default;

const TOLERANCE = 1e-9;

/** A column of the program. */
export type Column = number;

/** A linear expression: columns with their factors. */
export type Terms = readonly (readonly [column: Column, factor: number])[];

/** What a stage adds for one node of the scenario tree. Costs count by the node's probability. */
export interface NodeProgram {
  variable(lower: number, upper: number, cost?: number): Column;
  constraint(lower: number, upper: number, terms: Terms): void;
}

export interface Outcome<T> {
  readonly probability: number;
  readonly value: T;
}

/** A multistage stochastic linear program over independent stages, minimised in expectation. */
export interface TreeProblem<T> {
  /** Initial value of each state. */
  readonly initial: readonly number[];
  /** What may happen at each stage, first to last. */
  readonly stages: readonly (readonly Outcome<T>[])[];
  /** Adds one node and returns the columns of the outgoing states. */
  node(program: NodeProgram, stage: number, outcome: T, incoming: readonly Column[]): readonly Column[];
}

/** Equally likely outcomes. */
export function equally<T>(...values: readonly T[]): Outcome<T>[] {
  return values.map((value) => ({ probability: 1 / values.length, value }));
}

/**
 * Writes the whole scenario tree as one linear program and returns its optimum: the extensive form. Nothing of the
 * project takes part in it.
 */
export async function solveTree<T>(problem: TreeProblem<T>): Promise<number> {
  const cost: number[] = [];
  const columns: [lower: number, upper: number][] = [];
  const rows: [lower: number, upper: number][] = [];
  const starts = [0];
  const indices: Column[] = [];
  const values: number[] = [];
  const variable = (lower: number, upper: number, price: number): Column => {
    columns.push([lower, upper]);
    return cost.push(price) - 1;
  };

  const visit = (stage: number, weight: number, incoming: readonly Column[]): void => {
    if (stage === problem.stages.length) return;
    for (const { probability, value } of problem.stages[stage]) {
      const chance = weight * probability;
      const program: NodeProgram = {
        variable: (lower, upper, price = 0) => variable(lower, upper, chance * price),
        constraint(lower, upper, terms) {
          for (const [column, factor] of terms) {
            indices.push(column);
            values.push(factor);
          }
          starts.push(indices.length);
          rows.push([lower, upper]);
        },
      };
      visit(stage + 1, chance, problem.node(program, stage, value, incoming));
    }
  };
  visit(
    0,
    1,
    problem.initial.map((value) => variable(value, value, 0)),
  );

  const highs = await loadHighs();
  const numCols = cost.length;
  const numRows = rows.length;
  const model = highs.createModel({
    numCols,
    numRows,
    colCost: cost,
    colLower: columns.map(([lower]) => lower),
    colUpper: columns.map(([, upper]) => upper),
    rowLower: rows.map(([lower]) => lower),
    rowUpper: rows.map(([, upper]) => upper),
    matrix: { format: 'csr', numRows, numCols, starts, indices, values },
  });
  try {
    model.options.set({
      output_flag: false,
      primal_feasibility_tolerance: TOLERANCE,
      dual_feasibility_tolerance: TOLERANCE,
    });
    model.run();
    const status = model.getModelStatus();
    if (status !== highs.constants.modelStatus.optimal) throw new Error(`extensive form: status ${status}`);
    return model.getObjectiveValue();
  } finally {
    model.dispose();
  }
}
