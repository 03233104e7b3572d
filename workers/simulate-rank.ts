import { type SimulateRankArgs, type SimulateRankResult, scenarioWriter } from '../src/api/simulate.js';
import type { Comm, RankContext } from '../src/comm/index.js';
import { HighsRuntime } from '../src/lp/highs-runtime.js';
import { simulatePolicy } from '../src/sddp/simulate.js';

/** One rank of a simulation: writes the scenarios that it simulated. */
export default async function simulateRank(
  comm: Comm,
  { study, policy, scenarios, highs, directory }: SimulateRankArgs,
  context: RankContext,
): Promise<SimulateRankResult> {
  const began = performance.now();
  const run = simulatePolicy(comm, study, await HighsRuntime.start(highs), policy, scenarios, {
    ...scenarioWriter(study, directory),
    onProgress: (completed) => context.post(completed),
    stopRequested: () => context.stopRequested,
  });
  return { run: comm.rank === 0 ? run : null, wallTimeMs: performance.now() - began };
}
