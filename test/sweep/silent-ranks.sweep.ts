import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { planGang } from '#cobre/comm/process/gang-plan';
import { runProcesses } from '#cobre/comm/process/run-processes';
import { WorkerError } from '#cobre/errors';
import { isAlive } from '../comm/is-alive.js';
import { programUrl } from '../comm/program-url.js';
import { WHY_NOT } from '../comm/shm-gang.js';
import { silent } from '../comm/silent-plan.js';
import { startProcess } from '../support/child.js';

const BOUNDED = { timeout: 60_000 };
/** Far more than a rank that runs ever needs, on a machine that is busy with other tests. */
const PATIENCE = { tickMs: 100, silentTicks: 25, firstWordTicks: 1_000 };
const A_DAY_MS = 24 * 3_600_000;

const cell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
/** Holds up this thread, and with it its event loop. */
const hold = (ms: number): void => void Atomics.wait(cell, 0, 0, ms);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cobre-silent-'));
});
afterAll(() => rm(folder, { recursive: true }));

const failure = (run: Promise<unknown>): Promise<unknown> =>
  run.then(
    () => expect.unreachable('the run succeeded'),
    (reason: unknown) => reason,
  );

describe('a rank that stops answering', BOUNDED, () => {
  test.each(
    (
      [
        ['shm', 1],
        ['tcp', 0],
        ['tcp', 2],
      ] as const
    ).filter(([backend]) => backend !== 'shm' || WHY_NOT === null),
  )('is named and ended though the others would wait for it for a day (%s, rank %i)', async (backend, victim) => {
    const pids = new Map<number, number>();
    const options = {
      size: 3,
      timeoutMs: A_DAY_MS,
      args: { act: 'talks' },
      onMessage: (rank: number, pid: unknown) => {
        pids.set(rank, pid as number);
        if (pids.size === 3) process.kill(pids.get(victim) as number, 'SIGSTOP');
      },
    };
    const plan = await planGang(backend, options);
    const error = await failure(runProcesses(programUrl('processes').href, options, plan, PATIENCE));
    expect(error).toBeInstanceOf(WorkerError);
    expect(error).toMatchObject({ rank: victim, exitCode: null, signal: null, inner: null });
    expect((error as Error).message).toBe(`rank ${victim}: has not answered for 2.5 s`);
    expect(pids.size).toBe(3);
    expect([...pids.values()].filter(isAlive)).toEqual([]);
    expect(plan.leftovers.filter((file) => existsSync(file))).toEqual([]);
  });

  test('is noticed where the others do not wait for it, but compute', async () => {
    const options = { size: 2, args: { act: 'signals', culprit: 1, signal: 'SIGSTOP' } };
    const error = await failure(runProcesses(programUrl('processes').href, options, silent(2), PATIENCE));
    expect(error).toMatchObject({ rank: 1, message: 'rank 1: has not answered for 2.5 s' });
  });

  test('before its first word is given more time, but not all the time', async () => {
    const stops = `if (process.env.COBRE_TCP_RANK === '1') process.kill(process.pid, 'SIGSTOP');`;
    const flag = `--import=data:text/javascript,${encodeURIComponent(stops)}`;
    vi.stubEnv('NODE_OPTIONS', `${process.env.NODE_OPTIONS ?? ''} ${flag}`);
    try {
      const options = { size: 2, args: { act: 'waits' } };
      const patience = { ...PATIENCE, firstWordTicks: 40 };
      const error = await failure(runProcesses(programUrl('processes').href, options, silent(2), patience));
      expect(error).toMatchObject({ rank: 1, exitCode: null, signal: null, inner: null });
      expect((error as Error).message).toBe('rank 1: has not begun within 4 s');
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test('after it has returned fails nothing', async () => {
    const options = { size: 2, args: { act: 'stopsOnTheWayOut' } };
    expect(await runProcesses(programUrl('processes').href, options, silent(2), PATIENCE)).toEqual([0, 1]);
  });
});

describe('nothing is wrong with ranks', BOUNDED, () => {
  const untilTaken = (name: string) => {
    const taken = join(folder, name);
    return { args: { act: 'untilTaken', count: 1, bytes: 0, posted: join(folder, 'posted'), taken }, taken };
  };

  test('of a caller that is busy for longer than they may be silent', async () => {
    const { args, taken } = untilTaken('held');
    let held = 0;
    const onMessage = () => {
      hold(3_000);
      if (++held === 2) setTimeout(() => writeFileSync(taken, ''), 1_000);
    };
    const run = runProcesses(programUrl('posts').href, { size: 2, args, onMessage }, silent(2), PATIENCE);
    expect(await run).toEqual(['taken', 'taken']);
  });

  test('that are stopped together with their caller, and go on with it', async () => {
    const { args, taken } = untilTaken('continued');
    const script = fileURLToPath(programUrl('patient-gang'));
    const parent = startProcess(process.execPath, [script, JSON.stringify(args), JSON.stringify(PATIENCE)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const output = parent.stdout as NodeJS.ReadableStream;
    let printed = '';
    output.on('data', (chunk) => {
      printed += chunk;
    });
    while (printed.split('\n').length < 3) await once(output, 'data');
    const pids = printed.trim().split('\n').map(Number);
    for (const pid of [parent.pid as number, ...pids]) process.kill(pid, 'SIGSTOP');
    await delay(3_000);
    // The caller first, and the ranks a moment later: what it finds then is old.
    process.kill(parent.pid as number, 'SIGCONT');
    await delay(200);
    for (const pid of pids) process.kill(pid, 'SIGCONT');
    await delay(1_000);
    writeFileSync(taken, '');
    await once(parent, 'close');
    expect(printed.trim().split('\n').slice(2)).toEqual(['["taken","taken"]']);
  });
});
