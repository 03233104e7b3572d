/**
 * The conformance suite at its full width: every backend at sizes 1 to 8, a million barriers, payloads of 100 MB, long
 * random programs. Four times makes it a million barriers at every size in shared memory and under Open MPI, fifty times
 * everywhere. With it: determinism of every study on every way to run, every case written in other orders and forms, runs and
 * ranks that are killed, ranks that are stopped, memory, 2100 random studies against their scenario trees, and 80 of others in
 * two parts. Once takes about three quarters of an hour on two cores.
 *
 *     npm run test:sweep [-- times]
 */
import { runVitest } from '../support/run-vitest.mjs';

/** Half as much again as once takes [ms]. */
const BOUND_MS = 4_200_000;

const [times = '1', ...args] = process.argv.slice(2);
if (!(Number(times) > 0)) throw new Error(`how many times? not ${times}`);
runVitest(new URL('vitest.config.ts', import.meta.url), {
  args,
  env: { COBRE_SWEEP_TIMES: times },
  boundMs: BOUND_MS * Math.max(1, Number(times)),
});
