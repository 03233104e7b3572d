import { defineConfig } from 'vitest/config';

/** `npm run test:package`: builds anew and installs, so it does not run beside the other tests. */
export default defineConfig({
  test: {
    include: ['test/package/*.check.ts'],
    pool: 'forks',
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
});
