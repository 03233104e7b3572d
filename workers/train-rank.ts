import type { TrainRankArgs, TrainRankResult } from '../src/api/train.js';
import type { Comm, RankContext } from '../src/comm/index.js';
import { HighsRuntime } from '../src/lp/highs-runtime.js';
import { trainPolicy } from '../src/sddp/train.js';

/** One rank of a training. */
export default async function trainRank(
  comm: Comm,
  { study, highs }: TrainRankArgs,
  context: RankContext,
): Promise<TrainRankResult> {
  const began = performance.now();
  const outcome = trainPolicy(comm, study, await HighsRuntime.start(highs), {
    onIteration: (record) => context.post(record),
    stopRequested: () => context.stopRequested,
  });
  return { outcome: comm.rank === 0 ? outcome : null, wallTimeMs: performance.now() - began };
}
