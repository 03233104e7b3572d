import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ESCALATION } from '#cobre/lp/solver-options';
import { SCHEMAS } from '#cobre/results/columns';
import { readParquet } from '#cobre/results/parquet';
import { writeDiagnostics } from '#cobre/results/write-diagnostics';
import type { TrainingDiagnostics } from '#cobre/sddp/diagnostics';
import { makeDiagnostics } from './diagnostics-fixture.js';
import { temporaryDirectory } from './fixture.js';

async function written(file: string, schema: string, diagnostics: TrainingDiagnostics = makeDiagnostics()) {
  const directory = temporaryDirectory();
  writeDiagnostics(directory, diagnostics);
  return readParquet(join(directory, file), SCHEMAS[schema], '');
}

describe('writeDiagnostics', () => {
  it('writes where the time went: phases do not overlap, and what is in none is overhead', async () => {
    const rows = await written('timing/iterations.parquet', 'iteration_timing');
    expect(rows).toHaveLength(2);
    expect(rows[1]).toEqual({
      iteration: 2,
      forward_wall_ms: 80n, // without the exchange
      backward_wall_ms: 300n,
      cut_selection_ms: 25n,
      mpi_allreduce_ms: 20n,
      cut_sync_ms: 60n,
      lower_bound_ms: 13n,
      state_exchange_ms: 0n,
      cut_batch_build_ms: 11n,
      bwd_setup_ms: 99n,
      bwd_load_imbalance_ms: 21n,
      bwd_scheduling_overhead_ms: 15n,
      fwd_setup_ms: 33n,
      fwd_load_imbalance_ms: 7n,
      fwd_scheduling_overhead_ms: 5n,
      overhead_ms: 12n, // 450 - 80 - 20 - 300 - 25 - 13
    });
    expect(rows[0]).toMatchObject({ overhead_ms: 37n, cut_selection_ms: 0n });
  });

  it('writes what solvers did, phase by phase and stage by stage', async () => {
    const rows = await written('solver/iterations.parquet', 'solver_iterations');
    expect(rows.map((row) => [row.iteration, row.phase, row.stage, row.lp_solves])).toEqual([
      [1, 'forward', 0, 4],
      [1, 'forward', 1, 5],
      [1, 'forward', 2, 6],
      [1, 'backward', 1, 5],
      [1, 'backward', 2, 6],
      [1, 'lower_bound', 0, 4],
      [2, 'forward', 0, 8],
      [2, 'forward', 1, 9],
      [2, 'forward', 2, 10],
      [2, 'backward', 1, 9],
      [2, 'backward', 2, 10],
      [2, 'lower_bound', 0, 8],
    ]);
    expect(rows[3]).toEqual({
      iteration: 1,
      phase: 'backward',
      stage: 1,
      opening: null,
      rank: null,
      worker_id: null,
      lp_solves: 5,
      lp_successes: 5,
      lp_retries: 2,
      lp_failures: 0,
      retry_attempts: 5,
      basis_offered: 3,
      basis_consistency_failures: 0,
      simplex_iterations: 77n,
      solve_time_ms: 1.5,
      load_model_time_ms: 2.5,
      set_bounds_time_ms: 3.5,
      basis_set_time_ms: 4.5,
      basis_reconstructions: 3n,
    });
  });

  it('writes at which level of escalation solves succeeded', async () => {
    const rows = await written('solver/retry_histogram.parquet', 'retry_histogram');
    expect(rows).toHaveLength(24);
    expect(rows.slice(6, 8)).toEqual([
      { iteration: 1, phase: 'backward', stage: 1, retry_level: 1, count: 1n },
      { iteration: 1, phase: 'backward', stage: 1, retry_level: 3, count: 1n },
    ]);
    expect(ESCALATION).toHaveLength(5);
  });

  it('writes cut selection where there is one', async () => {
    expect(await written('cut_selection/iterations.parquet', 'cut_selection')).toEqual([
      {
        iteration: 2,
        stage: 0,
        cuts_populated: 8,
        cuts_active_before: 7,
        cuts_deactivated: 2,
        cuts_active_after: 5,
        selection_time_ms: 12.5,
        budget_evicted: 1,
        active_after_budget: 4,
      },
      {
        iteration: 2,
        stage: 1,
        cuts_populated: 8,
        cuts_active_before: 7,
        cuts_deactivated: 2,
        cuts_active_after: 5,
        selection_time_ms: 12.5,
        budget_evicted: null,
        active_after_budget: null,
      },
    ]);
    const directory = temporaryDirectory();
    writeDiagnostics(directory, { ...makeDiagnostics(), cutSelection: null });
    expect(existsSync(join(directory, 'cut_selection'))).toBe(false);
  });

  it('writes the range of the stage problems’ numbers', () => {
    const directory = temporaryDirectory();
    writeDiagnostics(directory, makeDiagnostics());
    const range = { coefficient_min: 0.5, coefficient_max: 80, rhs_min: 2, rhs_max: 1000 };
    expect(JSON.parse(readFileSync(join(directory, 'scaling_report.json'), 'utf8'))[0]).toEqual({
      stage: 0,
      before: range,
      after: range,
    });
  });
});
