import { defineConfig } from 'vitest/config';
import { Watchdog } from './test/support/watchdog.js';

const TEST_LIMIT_MS = 180_000;
/** The longest limit that a test gives itself is 600 s. */
const HANG_LIMIT_MS = 660_000;

/** Files whose tests leave their process as they found it: they share one, which has then loaded the solver already. */
const SHARING =
  'test/{api,bench,build,case,examples,faults,hydro,lp,math,published,results,sddp,stochastic,support}/**/*.test.ts';

export default defineConfig({
  test: {
    // Ranks are threads of their own: two test files at a time fill two cores.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: TEST_LIMIT_MS,
    hookTimeout: TEST_LIMIT_MS,
    setupFiles: ['test/support/now-running.ts'],
    reporters: ['default', new Watchdog(HANG_LIMIT_MS)],
    projects: [
      { extends: true, test: { name: 'engine', include: ['test/**/*.test.ts'], exclude: [SHARING] } },
      { extends: true, test: { name: 'planner', include: [SHARING], isolate: false } },
    ],
  },
});
