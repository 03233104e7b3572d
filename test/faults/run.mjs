/**
 * Kills ranks on every backend that is to tell the survivors:
 *
 *     npm run test:faults [-- times]
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const DEFAULT_TIMES = 200;

const times = process.argv[2] ?? String(DEFAULT_TIMES);
const path = (file) => fileURLToPath(new URL(file, import.meta.url));
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const runs = [
  [path('tcp-faults.mjs'), times],
  [vitest, 'run', path('../comm/shm-processes.test.ts'), '--testNamePattern', 'killed|can share memory'],
];
for (const args of runs) {
  const { status } = spawnSync(process.execPath, args, {
    stdio: 'inherit',
    env: { ...process.env, COBRE_KILLS: times },
  });
  if (status !== 0) process.exit(status ?? 1);
}
