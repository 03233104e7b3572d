import { broadcastValue, gatherValues, isKnownToAll, onRankZero } from '#cobre/comm/exchange-values';

/** Values of any kind through each of the calls; returns what this rank got. */
export default async function exchangeValues(comm) {
  const mine = { rank: comm.rank, list: Float64Array.of(comm.rank, -0, Number.NaN), text: 'ä'.repeat(comm.rank) };
  const broadcast = broadcastValue(comm, mine, comm.size - 1);
  const gathered = gatherValues(comm, mine);
  const empty = gatherValues(comm, undefined);
  let calls = 0;
  const done = await onRankZero(comm, async () => {
    calls++;
    return new Map([['answer', 42]]);
  });
  const failures = [];
  for (const work of [
    () => {
      throw new RangeError('too far');
    },
    () => Promise.reject(new TypeError('no')),
  ]) {
    try {
      await onRankZero(comm, work);
    } catch (error) {
      failures.push({ name: error.constructor.name, message: error.message, shared: isKnownToAll(error) });
    }
  }
  return { broadcast, gathered, empty, calls, done, failures, own: isKnownToAll(new Error('own')) };
}
