// allgatherv: ranks contribute different amounts, and each gets everything, in rank order.
import { strict as assert } from 'node:assert';
import { runStandalone } from './standalone.mjs';

const LIMIT = 10_000;
/** pi(10 000), the number of primes below it (OEIS A006880). */
const PRIMES_BELOW_LIMIT = 1229;

function primesBetween(from, to) {
  const primes = [];
  for (let n = Math.max(2, from); n < to; n++) {
    let divisor = 2;
    while (divisor * divisor <= n && n % divisor !== 0) divisor++;
    if (divisor * divisor > n) primes.push(n);
  }
  return primes;
}

export default function allgatherv(comm) {
  const share = Math.ceil(LIMIT / comm.size);
  const mine = Int32Array.from(primesBetween(comm.rank * share, Math.min(LIMIT, (comm.rank + 1) * share)));

  // Nobody knows yet how much the others found: gather the counts first, one a rank.
  const ones = new Array(comm.size).fill(1);
  const counts = new Int32Array(comm.size);
  comm.allgatherv(
    Int32Array.of(mine.length),
    counts,
    ones,
    ones.map((_, rank) => rank),
  );

  // Rank r's elements go to all[displs[r]] and after.
  const displs = new Int32Array(comm.size);
  for (let rank = 1; rank < comm.size; rank++) displs[rank] = displs[rank - 1] + counts[rank - 1];
  const all = new Int32Array(displs[comm.size - 1] + counts[comm.size - 1]);
  comm.allgatherv(mine, all, counts, displs);

  console.log(`rank ${comm.rank} of ${comm.size}: found ${mine.length} primes, knows ${all.length}`);
  assert.equal(all.length, PRIMES_BELOW_LIMIT);
  assert(all.every((prime, i) => i === 0 || prime > all[i - 1]));
  return all.length;
}

await runStandalone(import.meta.url, allgatherv);
