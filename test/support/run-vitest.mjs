import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const VITEST = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));

/**
 * Runs vitest with a configuration of its own, and ends with its exit code. If it takes longer than `boundMs` it is
 * killed with all its processes: a test run must come to an end, above all one that looks for what hangs.
 */
export function runVitest(config, { args, env, boundMs }) {
  const vitest = spawn(process.execPath, [VITEST, 'run', '--config', fileURLToPath(config), ...args], {
    stdio: 'inherit',
    env: { ...process.env, ...env },
    // A process group, so that it can be ended as a whole.
    detached: true,
  });
  const endAll = () => {
    try {
      process.kill(-vitest.pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  };
  const timer = setTimeout(() => {
    console.error(`the tests did not end within ${boundMs / 1000} s and were killed`);
    endAll();
  }, boundMs);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      endAll();
      process.kill(process.pid, signal);
    });
  }
  vitest.once('exit', (code) => {
    clearTimeout(timer);
    process.exitCode = code ?? 1;
  });
}
