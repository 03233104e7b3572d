import { defineConfig } from 'vitest/config';
import { Watchdog } from './test/support/watchdog.js';

const TEST_LIMIT_MS = 180_000;
/** The longest limit that a test gives itself is 600 s. */
const HANG_LIMIT_MS = 660_000;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Ranks are threads of their own: two test files at a time fill two cores.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: TEST_LIMIT_MS,
    hookTimeout: TEST_LIMIT_MS,
    setupFiles: ['test/support/now-running.ts'],
    reporters: ['default', new Watchdog(HANG_LIMIT_MS)],
  },
});
