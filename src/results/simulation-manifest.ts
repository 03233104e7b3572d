import { join } from 'node:path';
import type { SimulationOutcome } from '../sddp/outcome.js';
import { writeJson } from './files.js';
import { distribution, type RunMeta } from './run-meta.js';
import { scenarioDirectory } from './write-scenario.js';

const FORMAT_VERSION = '2.0.0';

/**
 * Writes `simulation/_manifest.json` under `directory`.
 * @param total scenarios that were to be simulated; fewer in `outcome` makes the status `partial`
 * @param comparable whether its costs estimate what the training's lower bound is about (`comparesWithBound`)
 * @throws CobreError `IoError`
 */
export function writeSimulationManifest(
  directory: string,
  outcome: SimulationOutcome,
  total: number,
  meta: RunMeta,
  comparable = true,
): void {
  const completed = outcome.scenarios;
  writeJson(join(directory, 'simulation', '_manifest.json'), {
    version: FORMAT_VERSION,
    status: completed === total ? 'complete' : 'partial',
    started_at: meta.startedAt,
    completed_at: meta.completedAt,
    scenarios: { total, completed, failed: 0 },
    partitions_written: Array.from({ length: completed }, (_, scenario) => `${scenarioDirectory(scenario)}/`),
    checksum: null,
    distribution: distribution(meta),
    // Beyond the format: discounted to the first stage [$].
    summary: {
      mean_cost: outcome.meanCost,
      // What of it is the policy's own cost-to-go after the last stage, where the horizon is endless.
      mean_cost_to_go: outcome.meanCostToGo,
      std_cost: outcome.stdCost,
      compares_with_bound: comparable,
      duration_seconds: outcome.wallTimeMs / 1000,
    },
  });
}
