import { defineConfig } from 'vitest/config';

/** `npm run test:package`: builds anew and installs, so that it does not run beside the other tests. */
export default defineConfig({
  test: {
    include: ['test/package/*.check.ts'],
    pool: 'forks',
    // Each builds, which is enough for two cores.
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
});
