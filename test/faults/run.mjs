/**
 * Kills ranks on every backend, again and again: another rank, at another moment, in another collective each time. The
 * survivors must be told at once, and nothing may be left behind.
 *
 *     npm run test:faults [-- times]
 */
import { runVitest } from '../support/run-vitest.mjs';

const DEFAULT_TIMES = 200;
/** On the five ways to start ranks together, several times what it takes on two cores [ms]. */
const BOUND_MS_EACH = 30_000;
const START_MS = 60_000;

const [times = String(DEFAULT_TIMES), ...args] = process.argv.slice(2);
if (!(Number(times) > 0)) throw new Error(`how many times? not ${times}`);
runVitest(new URL('vitest.config.ts', import.meta.url), {
  args,
  env: { COBRE_KILLS: times },
  boundMs: Number(times) * BOUND_MS_EACH + START_MS,
});
