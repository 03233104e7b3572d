import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { Watchdog } from '../support/watchdog.js';

const TEST_LIMIT_MS = 180_000;
/** Above the limit of any test here. */
const HANG_LIMIT_MS = 400_000;

/** Tests that have more variants than `npm test` runs. */
const WIDE = [
  'test/sddp/{boundary,cut-selection,cyclic,edge-studies,inner-bound,multi-cut,random-studies,risk-measure,same-bits,simulation-rules}.test.ts',
  'test/published/published.test.ts',
  'test/examples/{examples,shared-cases,spmd}.test.ts',
  'test/api/{resume,resume-everything,workers}.test.ts',
  'test/cli/own-ranks.test.ts',
  'test/comm/{mpi,peer-copy,process-posts,processes}.test.ts',
  'test/comm/{select/error-words,tcp/tcp}.test.ts',
  'test/results/failing-disk.test.ts',
  'test/case/mutated-*.test.ts',
];

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['test/sweep/**/*.sweep.ts', ...WIDE],
    env: { COBRE_LONG: '1' },
    pool: 'forks',
    // One file at a time: ranks that spin want the cores for themselves.
    maxWorkers: 1,
    testTimeout: TEST_LIMIT_MS,
    hookTimeout: TEST_LIMIT_MS,
    setupFiles: ['test/support/now-running.ts'],
    reporters: ['default', new Watchdog(HANG_LIMIT_MS)],
  },
});
