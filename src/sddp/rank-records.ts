import type { Comm } from '../comm/communicator.js';
import type { RankIterationRecord } from './outcome.js';

/** What each rank reports of an iteration, in this order. */
const RANK_FIELDS = 9;

/** What all ranks did in an iteration, by rank, known to all. Collective. */
export function gatherRankRecords(comm: Comm, own: RankIterationRecord): RankIterationRecord[] {
  const { size } = comm;
  const send = Float64Array.of(
    own.forwardMs,
    own.backwardMs,
    own.solveMs,
    own.exchangeMs,
    own.waitMs,
    own.lpSolves,
    own.lpBunched,
    own.simplexIterations,
    own.trajectories,
  );
  const all = new Float64Array(size * RANK_FIELDS);
  const counts = new Array<number>(size).fill(RANK_FIELDS);
  comm.allgatherv(
    send,
    all,
    counts,
    counts.map((n, r) => n * r),
  );
  return Array.from({ length: size }, (_, rank) => {
    const at = rank * RANK_FIELDS;
    return {
      iteration: own.iteration,
      rank,
      forwardMs: all[at],
      backwardMs: all[at + 1],
      solveMs: all[at + 2],
      exchangeMs: all[at + 3],
      waitMs: all[at + 4],
      lpSolves: all[at + 5],
      lpBunched: all[at + 6],
      simplexIterations: all[at + 7],
      trajectories: all[at + 8],
    };
  });
}
