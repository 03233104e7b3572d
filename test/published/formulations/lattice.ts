import type { Outcome } from './tree-program.js';

/**
 * Dynamic programming over whole units of one stock. Where all bounds, inflows and loads are whole numbers of a unit
 * and costs are linear between them, value functions are linear between whole stocks, so this is exact.
 */
export interface LatticeProblem<T> {
  /** Least and largest stock at the end of a stage. */
  readonly min: number;
  readonly max: number;
  readonly initial: number;
  /** Cost of going from a stock to another at a stage; `Infinity` where that cannot be. */
  cost(stage: number, outcome: T, from: number, to: number): number;
}

/** Expected cost from stage `stage` on, by stock, when `next` is the one from the stage after it. */
function expectedCost<T>(
  problem: LatticeProblem<T>,
  stage: number,
  outcomes: readonly Outcome<T>[],
  next: readonly number[],
): number[] {
  const { min, max } = problem;
  return next.map((_, i) => {
    let expected = 0;
    for (const { probability, value } of outcomes) {
      let best = Infinity;
      for (let to = min; to <= max; to++) {
        best = Math.min(best, problem.cost(stage, value, min + i, to) + next[to - min]);
      }
      expected += probability * best;
    }
    return expected;
  });
}

const noFuture = <T>({ min, max }: LatticeProblem<T>): number[] => new Array(max - min + 1).fill(0);

/** Least expected cost over a number of stages. */
export function solveLattice<T>(problem: LatticeProblem<T>, stages: readonly (readonly Outcome<T>[])[]): number {
  let value = noFuture(problem);
  for (let t = stages.length - 1; t >= 0; t--) value = expectedCost(problem, t, stages[t], value);
  return value[problem.initial - problem.min];
}

/** Least expected cost of going around the stages forever, each round weighing `discount` times the one before. */
export function solveCycle<T>(
  problem: LatticeProblem<T>,
  stages: readonly (readonly Outcome<T>[])[],
  discount: number,
): number {
  let value = noFuture(problem);
  // A round shrinks the distance to the fixed point by the discount: this many leave less than 1e-14 of it.
  const rounds = Math.ceil(Math.log(1e-14) / Math.log(discount));
  for (let round = 0; round < rounds; round++) {
    value = value.map((each) => discount * each);
    for (let t = stages.length - 1; t >= 0; t--) value = expectedCost(problem, t, stages[t], value);
  }
  return value[problem.initial - problem.min];
}
