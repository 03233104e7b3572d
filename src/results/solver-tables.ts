import type { SolverCounters } from '../lp/solver-counters.js';
import type { ColumnValues } from './parquet.js';

/** What the solvers did at a stage in a phase of a training iteration, or in a simulated scenario. */
export interface SolverRow {
  readonly iteration: number;
  readonly phase: string;
  readonly stage: number;
  readonly counters: SolverCounters;
}

/** Values of `SOLVER_ITERATION_COLUMNS` and of `RETRY_HISTOGRAM_COLUMNS`. */
export function solverTable(rows: readonly SolverRow[]): {
  readonly iterations: ColumnValues[];
  readonly retries: ColumnValues[];
} {
  const whole = (value: (row: SolverRow) => number) => Int32Array.from(rows, value);
  const long = (value: (counters: SolverCounters) => number) =>
    BigInt64Array.from(rows, ({ counters }) => BigInt(value(counters)));
  const count = (value: (counters: SolverCounters) => number) => whole(({ counters }) => value(counters));
  const time = (value: (counters: SolverCounters) => number) =>
    Float64Array.from(rows, ({ counters }) => value(counters));
  const nulls = new Array<null>(rows.length).fill(null);
  const retried = rows.flatMap(({ counters, ...place }) =>
    Array.from(counters.recovered, (solves, level) => ({ ...place, level, solves })).filter(({ solves }) => solves > 0),
  );
  return {
    iterations: [
      whole(({ iteration }) => iteration),
      rows.map(({ phase }) => phase),
      whole(({ stage }) => stage),
      nulls, // opening
      nulls, // rank
      nulls, // worker_id
      count(({ solves }) => solves),
      count(({ solves }) => solves), // lp_successes
      count(({ escalations }) => escalations),
      count(() => 0), // lp_failures
      count(({ retries }) => retries),
      count(({ bases }) => bases),
      count(() => 0), // basis_consistency_failures
      long(({ simplexIterations }) => simplexIterations),
      time(({ solveMs }) => solveMs),
      time(({ loadMs }) => loadMs),
      time(({ boundsMs }) => boundsMs),
      time(({ basisMs }) => basisMs),
      long(({ bases }) => bases),
    ],
    retries: [
      Int32Array.from(retried, ({ iteration }) => iteration),
      retried.map(({ phase }) => phase),
      Int32Array.from(retried, ({ stage }) => stage),
      Int32Array.from(retried, ({ level }) => level),
      BigInt64Array.from(retried, ({ solves }) => BigInt(solves)),
    ],
  };
}
