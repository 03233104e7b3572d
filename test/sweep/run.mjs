/**
 * The conformance suite at its full width: every backend at sizes 1 to 8, a million barriers, payloads of 100 MB, long
 * random programs. Twenty times makes it a million barriers at every size, which takes about an hour.
 *
 *     npm run test:sweep [-- times]
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const path = (file) => fileURLToPath(new URL(file, import.meta.url));
const [times = '1', ...more] = process.argv.slice(2);
if (!(Number(times) > 0)) throw new Error(`how many times? not ${times}`);
/** Several times what one time takes on two cores [ms]. */
const BOUND_MS = Math.max(1, Number(times)) * 1_800_000;
const vitest = path('../../node_modules/vitest/vitest.mjs');
const { status, error } = spawnSync(process.execPath, [vitest, 'run', '--config', path('vitest.config.ts'), ...more], {
  stdio: 'inherit',
  env: { ...process.env, COBRE_SWEEP_TIMES: times },
  timeout: BOUND_MS,
  killSignal: 'SIGKILL',
});
if (error) throw error;
process.exit(status ?? 1);
