import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { runRanks } from '#cobre/comm/index';
import { WorkerError } from '#cobre/errors';
import { type Flavour, launchEnvironment, launcherOf } from '../comm/mpi/job.js';
import { programUrl } from '../comm/program-url.js';
import { ShmGang, segmentNames } from '../comm/shm-gang.js';
import { killTcpRank } from '../comm/tcp/kill-rank.js';
import { ThreadCount } from '../comm/thread-count.js';
import { startProcess } from '../support/child.js';
import { within } from '../support/within.js';

/** When every survivor must have been told [ms]. */
const TOLD_MS = within(1_000);
/** When all must be over, whatever the launcher does [ms]. */
const OVER_MS = 15_000;
/** Ranks have been under way for this long at most when one is killed [ms]. */
const MOST_DELAY_MS = 40;
const OPERATIONS = ['barrier', 'allreduce', 'allgatherv', 'broadcast'];

/** One rank of a gang and a moment, other ones each time; gangs of two, three and four take turns. */
function circumstances(time: number): { size: number; culprit: number; afterMs: number; pause: number } {
  const size = 2 + (time % 3);
  const culprit = Math.floor(time / 3) % size;
  return { size, culprit, afterMs: MOST_DELAY_MS * Math.random(), pause: time % 2 === 0 ? 0 : 5 };
}

/** What a survivor learns; returns how long after the death. */
function expectToBeTold(failure: unknown, culprit: number, died: number, where: string): number {
  expect(failure, where).toMatchObject({
    commKind: 'CollectiveFailed',
    failedRank: culprit,
    operation: expect.toBeOneOf(OPERATIONS),
  });
  const ms = (failure as { at: number }).at - died;
  expect(ms, where).toBeLessThan(TOLD_MS);
  return ms;
}

/** Kills a process of a gang in shared memory. Returns after how many milliseconds the last survivor knew. */
export async function killShmProcess(time: number): Promise<number> {
  const { size, culprit, afterMs, pause } = circumstances(time);
  const where = `kill ${time}: rank ${culprit} of ${size} after ${afterMs} ms`;
  await using gang = new ShmGang(size);
  const talking = new Promise((resolve) => {
    gang.ranks[culprit].onPost = resolve;
  });
  const results = gang.perform('until-failure', { pause });
  await Promise.race([talking, results]);
  await delay(afterMs);
  const died = Date.now();
  gang.ranks[culprit].child.kill('SIGKILL');
  let slowest = 0;
  for (const [rank, result] of (await results).entries()) {
    if (rank === culprit) {
      expect(result, where).toMatchObject({ status: 'rejected', reason: { message: 'ended with SIGKILL' } });
    } else {
      const { value } = result as PromiseFulfilledResult<{ message: string }>;
      expect(value?.message, where).toMatch(/has ended/);
      slowest = Math.max(slowest, expectToBeTold(value, culprit, died, where));
    }
  }
  expect(segmentNames(), where).toEqual([]);
  return slowest;
}

/** Kills a process of a gang over TCP. */
export async function killTcpProcess(time: number): Promise<number> {
  const { size, culprit, afterMs } = circumstances(time);
  const operation = OPERATIONS[time % OPERATIONS.length];
  const args = { act: 'loop', operation, root: (time >> 2) % size, elements: time % 5 === 0 ? 300_000 : 100 };
  const where = `kill ${time}: rank ${culprit} of ${size} in ${operation} after ${afterMs} ms`;
  const { survivors, died } = await killTcpRank(size, culprit, args, { delayMs: afterMs });
  const told = survivors.map(({ error, at }) => {
    expect(error?.operation, where).toBe(operation);
    return expectToBeTold({ ...error, at }, culprit, died, where);
  });
  return Math.max(...told);
}

/** Ends a thread of a gang: from outside, or by its own `process.exit`. */
export async function endThread(time: number): Promise<number> {
  const { size, culprit, afterMs, pause } = circumstances(time);
  const fromOutside = time % 4 < 2;
  const where = `end ${time}: rank ${culprit} of ${size} ${fromOutside ? 'from outside' : 'by itself'}`;
  using threads = new ThreadCount();
  const failures: unknown[] = [];
  let died = Date.now();
  const onMessage = (rank: number, message: unknown) => {
    const { failure, leaves } = message as { failure?: unknown; leaves?: number };
    if (failure !== undefined) failures.push(failure);
    else if (leaves !== undefined) died = leaves;
    else if (rank === culprit && fromOutside) {
      // Threads were started in rank order.
      const thread = [...threads.alive][culprit];
      setTimeout(() => {
        died = Date.now();
        void thread.terminate();
      }, afterMs);
    }
  };
  const args = { pause, ...(fromOutside ? {} : { culprit, leavesAfterMs: afterMs }) };
  const error = await runRanks(programUrl('until-failure'), {
    size,
    args,
    onMessage,
    signal: AbortSignal.timeout(OVER_MS),
  }).catch((reason: unknown) => reason);
  // At once, not a moment later: no thread may outlive the promise.
  expect(threads.alive.size, where).toBe(0);
  expect(error, where).toBeInstanceOf(WorkerError);
  expect(error, where).toMatchObject({ rank: culprit, exitCode: fromOutside ? 1 : 9, inner: null });
  expect(failures, where).toHaveLength(size - 1);
  return Math.max(...failures.map((failure) => expectToBeTold(failure, culprit, died, where)));
}

/** Kills a rank of an MPI job, which must end, all of it. */
export async function killMpiRank(flavour: Flavour, time: number): Promise<number> {
  const { size, culprit, afterMs, pause } = circumstances(time);
  const where = `kill ${time}: rank ${culprit} of ${size} after ${afterMs} ms`;
  const program = fileURLToPath(new URL('../comm/mpi/until-killed.mjs', import.meta.url));
  const launcher = startProcess(launcherOf(flavour), ['-n', String(size), process.execPath, program, String(pause)], {
    env: launchEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    boundMs: OVER_MS,
  });
  let said = '';
  launcher.stderr!.on('data', (chunk) => {
    said += chunk;
  });
  const over = new Promise<number | null>((resolve) => {
    launcher.once('close', (code) => resolve(code));
  });
  const pids = new Map<number, number>();
  for await (const line of createInterface({ input: launcher.stdout! })) {
    const found = /^rank (\d+) is (\d+)$/.exec(line);
    if (found) pids.set(Number(found[1]), Number(found[2]));
    if (pids.size === size) break;
  }
  expect(pids.size, `${where}: ${said}`).toBe(size);
  await delay(afterMs);
  const died = Date.now();
  process.kill(pids.get(culprit)!, 'SIGKILL');
  launcher.stdout!.resume();
  expect(await over, `${where}: ${said}`).not.toBe(0);
  return Date.now() - died;
}
