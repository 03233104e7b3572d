import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Study } from '../case/study.js';
import { COUNTER_SIZE, unpackCounters } from '../lp/solver-counters.js';
import type { ScenarioResult } from '../sddp/outcome.js';
import { RETRY_HISTOGRAM_COLUMNS, SOLVER_ITERATION_COLUMNS } from './columns.js';
import { writeFile } from './files.js';
import { withIoErrors } from './io-error.js';
import { ParquetEncoder } from './parquet.js';
import { type SolverRow, solverTable } from './solver-tables.js';

/*
 * `simulation/solver/` has one file for all scenarios, while each rank knows those that it simulated. So each scenario's
 * numbers are laid down in a file of its own, like its results, and put together when all are there.
 */
const FOLDER = join('simulation', 'solver');
/** Scenarios that are put together at a time: memory does not grow with their number. */
const CHUNK = 64;

/** Where a scenario's numbers wait, relative to the output directory. */
export function scenarioSolverFile(scenario: number): string {
  return join(FOLDER, `.scenario_${scenario}`);
}

/** A scenario's numbers as bytes; little-endian, whatever the machine. */
export function encodeScenarioSolver({ solver }: ScenarioResult): Uint8Array {
  const view = new DataView(new ArrayBuffer(solver.length * Float64Array.BYTES_PER_ELEMENT));
  solver.forEach((value, i) => {
    view.setFloat64(i * Float64Array.BYTES_PER_ELEMENT, value, true);
  });
  return new Uint8Array(view.buffer);
}

/**
 * Puts the solver's numbers of scenarios `0..scenarios` together: `simulation/solver/iterations.parquet` and
 * `simulation/solver/retry_histogram.parquet` under `directory`, in the order of the scenarios.
 * @throws CobreError `IoError`
 */
export function writeSimulationSolver(directory: string, study: Study, scenarios: number): void {
  const { compression } = study.config.exports;
  const iterations = new ParquetEncoder(SOLVER_ITERATION_COLUMNS, compression);
  const retries = new ParquetEncoder(RETRY_HISTOGRAM_COLUMNS, compression);
  for (let first = 0; first < scenarios; first += CHUNK) {
    const rows: SolverRow[] = [];
    for (let scenario = first; scenario < Math.min(first + CHUNK, scenarios); scenario++) {
      const file = join(directory, scenarioSolverFile(scenario));
      if (!existsSync(file)) continue;
      rows.push(
        ...scenarioRows(
          scenario,
          withIoErrors(file, 'read it', () => readFileSync(file)),
        ),
      );
      withIoErrors(file, 'remove it', () => rmSync(file));
    }
    const table = solverTable(rows);
    iterations.append(table.iterations);
    if (table.retries[0].length > 0) retries.append(table.retries);
  }
  writeFile(join(directory, FOLDER, 'iterations.parquet'), iterations.finish());
  writeFile(join(directory, FOLDER, 'retry_histogram.parquet'), retries.finish());
}

function scenarioRows(scenario: number, bytes: Uint8Array): SolverRow[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.byteLength / Float64Array.BYTES_PER_ELEMENT;
  const packed = Float64Array.from({ length: count }, (_, i) =>
    view.getFloat64(i * Float64Array.BYTES_PER_ELEMENT, true),
  );
  return Array.from({ length: count / COUNTER_SIZE }, (_, stage) => ({
    iteration: scenario,
    phase: 'simulation',
    stage,
    counters: unpackCounters(packed, stage * COUNTER_SIZE),
  }));
}
