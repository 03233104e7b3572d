import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COUNTER_SIZE, newCounters, packCounters } from '#cobre/lp/solver-counters';
import { RETRY_HISTOGRAM_COLUMNS, SOLVER_ITERATION_COLUMNS } from '#cobre/results/columns';
import { readParquet } from '#cobre/results/parquet';
import { writeSimulationSolver } from '#cobre/results/scenario-solver';
import { writeScenario } from '#cobre/results/write-scenario';
import { makeScenario, makeStudy, temporaryDirectory } from './fixture.js';

function scenarioWith(scenario: number, recovered: readonly number[]) {
  const solver = new Float64Array(3 * COUNTER_SIZE);
  for (let t = 0; t < 3; t++) {
    const counters = { ...newCounters(), solves: 1, simplexIterations: 10 * scenario + t, solveMs: 0.1 + t, bases: 1 };
    packCounters({ ...counters, recovered: Float64Array.from(recovered) }, solver, t * COUNTER_SIZE);
  }
  return { ...makeScenario(scenario), solver };
}

describe('simulation/solver', () => {
  it('has a row a scenario and stage, in order, whoever wrote them when; and nothing else is left', async () => {
    const directory = temporaryDirectory();
    const study = makeStudy();
    const discount = Float64Array.of(1, 0.5, 0.125);
    const scenarios = Array.from({ length: 70 }, (_, n) => n);
    for (const n of scenarios.toReversed()) {
      writeScenario(directory, study, scenarioWith(n, n === 68 ? [0, 0, 1, 0, 0] : [0, 0, 0, 0, 0]), discount);
    }
    writeSimulationSolver(directory, study, 70);
    const solver = join(directory, 'simulation', 'solver');
    expect(readdirSync(solver).sort()).toEqual(['iterations.parquet', 'retry_histogram.parquet']);
    const rows = await readParquet(join(solver, 'iterations.parquet'), SOLVER_ITERATION_COLUMNS, '');
    expect(rows.map((row) => [row.iteration, row.stage])).toEqual(
      scenarios.flatMap((n) => [0, 1, 2].map((t) => [n, t])),
    );
    expect(rows[3 * 69 + 2]).toMatchObject({
      phase: 'simulation',
      opening: null,
      lp_solves: 1,
      simplex_iterations: 692n,
      solve_time_ms: 2.1,
      basis_offered: 1,
    });
    expect(await readParquet(join(solver, 'retry_histogram.parquet'), RETRY_HISTOGRAM_COLUMNS, '')).toEqual(
      [0, 1, 2].map((stage) => ({ iteration: 68, phase: 'simulation', stage, retry_level: 2, count: 1n })),
    );
  });
});
