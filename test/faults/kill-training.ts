import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { loadCase } from '#cobre/api/load';
import { train } from '#cobre/api/train';
import { WorkerError } from '#cobre/errors';
import { type Flavour, launchEnvironment, launcherOf } from '../comm/mpi/job.js';
import { ThreadCount } from '../comm/thread-count.js';
import { startProcess } from '../support/child.js';
import type { GangKind } from '../support/gangs.js';
import { rankProcesses } from '../support/rank-processes.js';
import { limited } from '../support/run-bits.js';
import { within } from '../support/within.js';

/** When the caller must have been told [ms]. */
const TOLD_MS = within(2_000);
/** Training has been under way for this long at most when a rank is killed [ms]. */
const MOST_DELAY_MS = 300;
/** When a job must be over, whatever its launcher does [ms]. */
const OVER_MS = 30_000;
const ENDLESS = 1_000_000;

const study = loadCase('examples/cascade');

/** One rank of a gang, another one each time; gangs of two, three and four take turns. */
function circumstances(time: number): { size: number; culprit: number; afterMs: number } {
  const size = 2 + (time % 3);
  return { size, culprit: Math.floor(time / 3) % size, afterMs: MOST_DELAY_MS * Math.random() };
}

/** Kills a rank of a training that this process has started. Returns after how many milliseconds it was told so. */
export async function killWorker({ options, processes }: GangKind, time: number): Promise<number> {
  const { size, culprit, afterMs } = circumstances(time);
  const where = `kill ${time}: rank ${culprit} of ${size} after ${afterMs} ms`;
  const endless = limited(await study, ENDLESS);
  // What read the case is not to be counted among the ranks.
  using threads = new ThreadCount();
  let begun = false;
  let died = 0;
  const kill = async (): Promise<void> => {
    await delay(afterMs);
    died = performance.now();
    if (processes) process.kill(rankProcesses().get(culprit) as number, 'SIGKILL');
    // Threads were started in rank order.
    else void [...threads.alive][culprit].terminate();
  };
  const run = train(endless, {
    numWorkers: size,
    ...options,
    onProgress: () => {
      if (begun) return;
      begun = true;
      void kill();
    },
  });
  const error = await run.catch((reason: unknown) => reason);
  const ms = performance.now() - died;
  // At once, not a moment later: neither a thread nor a process outlives the promise.
  expect(threads.alive.size, where).toBe(0);
  expect([...rankProcesses()], where).toEqual([]);
  expect(error, where).toBeInstanceOf(WorkerError);
  expect(error, where).toMatchObject({ rank: culprit, inner: null, signal: processes ? 'SIGKILL' : null });
  expect(ms, where).toBeLessThan(TOLD_MS);
  // The same process goes on as if nothing had been.
  const next = await train(limited(await study, 1), { numWorkers: size, ...options });
  expect(next.iterations, where).toBe(1);
  return ms;
}

const CLI = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** Kills a rank of a training under `mpiexec`: its launcher ends the job. */
export async function killMpiTraining(flavour: Flavour, time: number): Promise<number> {
  const { size, culprit, afterMs } = circumstances(time);
  const where = `kill ${time}: rank ${culprit} of ${size} after ${afterMs} ms`;
  const rules = `training.stopping_rules=[{"type":"iteration_limit","limit":${ENDLESS}}]`;
  const program = [
    '-e',
    'console.error("rank", process.env.OMPI_COMM_WORLD_RANK ?? process.env.PMI_RANK, process.pid)',
  ];
  const announced = ['--import', `data:text/javascript,${encodeURIComponent(program[1])}`, CLI];
  const args = [
    ...announced,
    'run',
    'examples/cascade',
    '--output-format',
    'json-lines',
    '--no-simulation',
    '--set',
    rules,
  ];
  const output = `${process.env.COBRE_FAULTS_OUTPUT}/${flavour}`;
  const launcher = startProcess(
    launcherOf(flavour),
    ['-n', String(size), process.execPath, ...args, '--output', output],
    { env: launchEnvironment(), stdio: ['ignore', 'pipe', 'pipe'], boundMs: OVER_MS },
  );
  const over = new Promise<number | null>((resolve) => {
    launcher.once('close', (code) => resolve(code));
  });
  const pids = new Map<number, number>();
  createInterface({ input: launcher.stderr! }).on('line', (line) => {
    const found = /^rank (\d+) (\d+)$/.exec(line);
    if (found) pids.set(Number(found[1]), Number(found[2]));
  });
  for await (const line of createInterface({ input: launcher.stdout! })) if (line.includes('"progress"')) break;
  launcher.stdout!.resume();
  expect(pids.size, where).toBe(size);
  await delay(afterMs);
  const died = performance.now();
  process.kill(pids.get(culprit) as number, 'SIGKILL');
  expect(await over, where).not.toBe(0);
  return performance.now() - died;
}
