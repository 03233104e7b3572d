import type { TrainRankArgs, TrainRankResult } from '../src/api/train.js';
import { checkpointHooks } from '../src/api/training-job.js';
import type { Comm, RankContext } from '../src/comm/index.js';
import { HighsRuntime } from '../src/lp/highs-runtime.js';
import { trainPolicy } from '../src/sddp/train.js';

/** One rank of a training. Rank 0 writes the checkpoints. */
export default async function trainRank(
  comm: Comm,
  { highs, ...job }: TrainRankArgs,
  context: RankContext,
): Promise<TrainRankResult> {
  const began = performance.now();
  const runtime = await HighsRuntime.start(highs ?? undefined);
  const outcome = trainPolicy(
    comm,
    job.study,
    runtime,
    {
      ...checkpointHooks(job),
      onIteration: (record) => context.post(record),
      stopRequested: () => context.stopRequested,
    },
    job.start,
  );
  return { outcome: comm.rank === 0 ? outcome : null, wallTimeMs: performance.now() - began };
}
