/**
 * Processes that tests start. Each has a bound: one that does not end is killed, and the test fails saying which it was.
 * A call that waits without one would stop the event loop of the test, and with it the clock that bounds the test.
 */
import {
  type ChildProcess,
  type ExecFileOptions,
  execFile,
  type ForkOptions,
  fork,
  type SpawnOptions,
  type SpawnSyncOptions,
  type SpawnSyncReturns,
  spawn,
  spawnSync,
} from 'node:child_process';

export type { ChildProcess, ForkOptions, SpawnSyncReturns };

/** Above what any single child of a test takes on a machine that is busy with the rest of the tests. */
const BOUND_MS = 100_000;

interface Bound {
  /** How long the process may live [ms]. `Infinity`: whoever starts it bounds each thing it does. */
  readonly boundMs?: number;
}

const told = (command: string, args: readonly string[], ms: number): Error =>
  new Error(`${[command, ...args].join(' ')} did not end within ${ms} ms and was killed`);

/** Kills `child` when its time is up. The error has nobody who could catch it, so it fails the run under any test. */
function bound(child: ChildProcess, command: string, args: readonly string[], ms: number): ChildProcess {
  if (ms === Number.POSITIVE_INFINITY) return child;
  const timer = setTimeout(() => {
    child.kill('SIGKILL');
    throw told(command, args, ms);
  }, ms);
  timer.unref();
  child.once('exit', () => clearTimeout(timer));
  child.once('error', () => clearTimeout(timer));
  return child;
}

export function startFork(
  file: string,
  args: readonly string[],
  { boundMs = BOUND_MS, ...options }: ForkOptions & Bound = {},
): ChildProcess {
  return bound(fork(file, args, options), file, args, boundMs);
}

export function startProcess(
  command: string,
  args: readonly string[],
  { boundMs = BOUND_MS, ...options }: SpawnOptions & Bound = {},
): ChildProcess {
  return bound(spawn(command, args, options), command, args, boundMs);
}

/** Runs a program to its end and returns what it printed; rejects as `execFile` does. */
export function run(
  command: string,
  args: readonly string[],
  { boundMs = BOUND_MS, ...options }: ExecFileOptions & Bound = {},
): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const limits = { encoding: 'utf8', timeout: boundMs, killSignal: 'SIGKILL' } as const;
    execFile(command, args, { ...options, ...limits }, (error, stdout, stderr) => {
      if (error === null) resolve({ stdout, stderr });
      else reject(error.killed ? told(command, args, boundMs) : Object.assign(error, { stdout, stderr }));
    });
  });
}

/** Runs a program to its end while this thread waits. */
export function runSync(
  command: string,
  args: readonly string[],
  { boundMs = BOUND_MS, ...options }: Bound & Pick<SpawnSyncOptions, 'cwd' | 'env' | 'input' | 'stdio'> = {},
): SpawnSyncReturns<string> {
  const limits = { encoding: 'utf8', timeout: boundMs, killSignal: 'SIGKILL' } as const;
  const result = spawnSync(command, args, { ...options, ...limits });
  if ((result.error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT') throw told(command, args, boundMs);
  return result;
}
