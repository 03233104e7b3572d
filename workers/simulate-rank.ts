import { writeScenarios } from '../src/api/scenario-output.js';
import type { SimulateRankArgs, SimulateRankResult } from '../src/api/simulate.js';
import type { Comm, RankContext } from '../src/comm/index.js';
import { HighsRuntime } from '../src/lp/highs-runtime.js';
import { simulatePolicy } from '../src/sddp/simulate.js';

/** One rank of a simulation: writes the scenarios that it simulated. */
export default async function simulateRank(
  comm: Comm,
  { highs, ...job }: SimulateRankArgs,
  context: RankContext,
): Promise<SimulateRankResult> {
  const began = performance.now();
  const runtime = await HighsRuntime.start(highs ?? undefined);
  const run = simulatePolicy(comm, job.study, runtime, job.policy, job.scenarios, {
    ...writeScenarios(job),
    onProgress: (completed) => context.post(completed),
    stopRequested: () => context.stopRequested,
  });
  return { run: comm.rank === 0 ? run : null, wallTimeMs: performance.now() - began };
}
