import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { BackendError, runRanks } from '#cobre/comm/index';
import type { GangPlan } from '#cobre/comm/process/gang-plan';
import { runProcesses } from '#cobre/comm/process/run-processes';
import type { RunRanksOptions } from '#cobre/comm/rank-program';
import { CobreError, WorkerError } from '#cobre/errors';
import { run as runProcess, startProcess } from '../support/child.js';
import { some } from '../support/long.js';
import { within } from '../support/within.js';
import { isAlive } from './is-alive.js';
import { programUrl } from './program-url.js';
import { silent } from './silent-plan.js';

// Far below the 60 s that stuck ranks would take.
const BOUNDED = { timeout: 30_000 };

type Options = Partial<Omit<RunRanksOptions, 'args'>>;

function run(program: string, act: string, args: object, options: Options = {}, plan?: GangPlan): Promise<unknown[]> {
  const size = options.size ?? 2;
  const whole = { ...options, size, args: { act, ...args } };
  return runProcesses(programUrl(program).href, whole, plan ?? silent(size));
}

async function failureOf(program: string, act: string, args: object = {}, options: Options = {}, plan?: GangPlan) {
  const pids: number[] = [];
  const onMessage = (_rank: number, message: unknown) => pids.push(message as number);
  const error = await run(program, act, args, { onMessage, ...options }, plan).then(
    () => expect.unreachable('the run succeeded'),
    (reason: unknown) => reason,
  );
  // At once, not a moment later: no process may outlive the promise.
  expect(pids.filter(isAlive)).toEqual([]);
  expect(error).toBeInstanceOf(WorkerError);
  return error as WorkerError;
}

describe('ranks as processes', BOUNDED, () => {
  test('return their results in rank order, each from a process of its own', async () => {
    const places = (await run('processes', 'place', {}, { size: 3 })) as Record<string, unknown>[];
    expect(places.map(({ rank, size }) => [rank, size])).toEqual([0, 1, 2].map((rank) => [rank, 3]));
    expect(new Set([process.pid, ...places.map(({ pid }) => pid)]).size).toBe(4);
  });

  test('find their place in the environment, but no secret', async () => {
    const places = (await run('processes', 'place', {})) as { cobre: object; environ: string }[];
    expect(places[1].cobre).toMatchObject({
      COBRE_COMM_BACKEND: 'tcp',
      COBRE_TCP_COORDINATOR: 'nowhere',
      COBRE_TCP_PORT: '1',
      COBRE_TCP_RANK: '1',
      COBRE_TCP_SIZE: '2',
    });
    expect(places[1].environ).not.toContain('not for everybody');
  });

  test('take and return what structured cloning knows', async () => {
    const buffer = new Float64Array([0, 1, 2, 3]).buffer;
    const value = {
      big: 2n ** 70n,
      map: new Map([[1, new Set(['a'])]]),
      date: new Date(5),
      nan: Number.NaN,
      missing: undefined,
      view: new Float64Array(buffer, 8, 2),
      same: new Uint8Array(buffer, 0, 1),
      words: 'ä€𝄞',
    };
    const [result] = (await run('processes', 'kinds', { value }, { size: 1 })) as (typeof value)[];
    expect(result).toEqual(value);
    // As between threads: views of one buffer stay views of one buffer.
    expect(result.view.buffer).toBe(result.same.buffer);
  });

  test('send results far larger than a pipe', async () => {
    const length = 1_000_000;
    const results = (await run('processes', 'largeResult', { length })) as Float64Array[];
    expect(results.map((r) => r.length)).toEqual([length, length]);
    expect(results.every((r, rank) => r.every((x) => x === rank))).toBe(true);
  });

  test('deliver every message, in order, before the run settles, though the rank never pauses', async () => {
    const seen = [0, 0];
    const onMessage = (rank: number, message: unknown) => {
      if (message === seen[rank]) seen[rank]++;
    };
    await run('faults', 'floods', { count: 20_000 }, { onMessage });
    expect(seen).toEqual([20_000, 20_000]);
  });

  test('hear the request to stop while they are busy', async () => {
    const controller = new AbortController();
    const options = { size: 1, stop: controller.signal, onMessage: () => controller.abort() };
    const [iterations] = await run('faults', 'untilStopped', {}, options);
    expect(iterations).toBeGreaterThan(0);
    expect(await run('faults', 'untilStopped', {}, { size: 1, stop: AbortSignal.abort() })).toHaveLength(1);
  });

  test('end though they left timers and sockets behind', async () => {
    expect(await run('processes', 'leavesWorkBehind', {})).toEqual([0, 1]);
  });

  test('are not waited for longer because of processes they started themselves', async () => {
    const children: number[] = [];
    const onMessage = (_rank: number, pid: unknown) => children.push(pid as number);
    expect(await run('processes', 'leavesChildBehind', {}, { onMessage })).toEqual([0, 1]);
    expect(children.map(isAlive)).toEqual([true, true]);
    for (const pid of children) process.kill(pid, 'SIGKILL');
  });
});

describe('a rank', BOUNDED, () => {
  test.each(['cobre', 'plain'])('that throws is named, with its own error (%s) and exit code', async (error) => {
    const args = { culprit: 1, error };
    const failure = await failureOf('faults', 'throwWhileOthersWait', args);
    expect(failure).toMatchObject({ rank: 1, exitCode: 1, signal: null });
    expect(failure.inner?.message).toBe(error === 'cobre' ? 'too much' : 'not a number');
    if (error === 'cobre') expect(failure.inner).toBeInstanceOf(CobreError);
    expect(failure.inner?.stack).toContain('faults.mjs');
  });

  test('whose timer threw, or whose result cannot be cloned, is one that threw', async () => {
    expect(await failureOf('faults', 'uncaught', { culprit: 1 })).toMatchObject({
      rank: 1,
      exitCode: 1,
      inner: { message: 'nobody listens' },
    });
    expect(await failureOf('faults', 'uncloneable', { culprit: 1 })).toMatchObject({
      rank: 1,
      inner: { name: 'DataCloneError' },
    });
  });

  test.each([7, 0])('that exits with %i is named with that code', async (code) => {
    expect(await failureOf('faults', 'exit', { culprit: 1, code }, { size: 3 })).toMatchObject({
      rank: 1,
      exitCode: code,
      signal: null,
      inner: null,
    });
  });

  test('that waits for what will never happen is told apart from one that works', async () => {
    expect(await failureOf('processes', 'neverSettles')).toMatchObject({ exitCode: 13, inner: null });
  });

  const signals = [
    ['SIGSEGV', false],
    ['SIGKILL', false],
    ['SIGTERM', true],
  ] as const;
  test.each(some(signals, 1))('that is ended by %s is named with that signal', async (signal, byDefault) => {
    expect(await failureOf('processes', 'signals', { culprit: 1, signal, byDefault })).toMatchObject({
      rank: 1,
      exitCode: null,
      signal,
      inner: null,
    });
  });

  test('that runs out of memory is named', async () => {
    const resourceLimits = { maxOldGenerationSizeMb: 24 };
    const failure = await failureOf('faults', 'outOfMemory', { culprit: 1 }, { resourceLimits });
    expect(failure).toMatchObject({ rank: 1, inner: null });
    // V8 aborts; how a platform reports that differs.
    expect(failure.signal ?? failure.exitCode).toBeTruthy();
  });

  test('that is stopped is named by what the others waited for, and ended all the same', async () => {
    const args = { culprit: 1, signal: 'SIGSTOP' };
    const failure = await failureOf('processes', 'signals', args, {}, silent(2, { late: 1 }));
    expect(failure).toMatchObject({ rank: 1, exitCode: null, signal: null, inner: null });
    expect(failure.message).toContain('did not arrive within 300 ms');
  });

  test.each(some(['garblesPayload', 'garbles'], 1))(
    'that writes nonsense into its pipe (%s) hurts nobody else',
    async (act) => {
      expect(await failureOf('processes', act)).toMatchObject({ rank: 1 });
    },
  );

  test('that cannot get a communicator fails the call with that error, and the others do not wait', async () => {
    const error = await run('faults', 'echo', {}, {}, silent(2, { failing: 1 })).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BackendError);
    expect(error).toMatchObject({ kind: 'MpiError', context: { coordinator: 'here:1', error_code: 111 } });
  });

  test('whose program is none fails the call', async () => {
    await expect(run('no-default', '', {})).rejects.toMatchObject({ kind: 'InvalidArgument', field: 'moduleUrl' });
    await expect(run('broken', '', {})).rejects.toThrow('cannot load');
  });
});

describe('ending', BOUNDED, () => {
  test.each(['waits', 'ignoresTermination'])('ranks from outside works on one that %s', async (act) => {
    const controller = new AbortController();
    const pids: number[] = [];
    const onMessage = (_rank: number, pid: unknown) => {
      if (pids.push(pid as number) === 2) controller.abort(new Error('enough'));
    };
    await expect(run('processes', act, {}, { signal: controller.signal, onMessage })).rejects.toThrow('enough');
    expect(pids.map(isAlive)).toEqual([false, false]);
  });

  test('ranks gives a program that listens for SIGTERM its last word', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cobre-processes-'));
    const file = join(folder, 'last-word');
    const controller = new AbortController();
    const options = { size: 1, signal: controller.signal, onMessage: () => controller.abort(new Error('enough')) };
    await expect(run('processes', 'obeysTermination', { file }, options)).rejects.toThrow('enough');
    expect(existsSync(file)).toBe(true);
    await rm(folder, { recursive: true });
  });

  test('takes less than 2 s after a rank was killed, though the others compute and it left a child that holds its pipes', async () => {
    const children: number[] = [];
    const pids: number[] = [];
    let killed = 0;
    const onMessage = (rank: number, message: unknown) => {
      const { pid, child } = message as { pid: number; child: number | null };
      pids[rank] = pid;
      if (child !== null) children.push(child);
      if (pids.filter(Boolean).length < 3) return;
      killed = performance.now();
      process.kill(pids[0], 'SIGKILL');
    };
    const failure = await failureOf('processes', 'leavesChildAndWaits', {}, { size: 3, onMessage });
    const ms = performance.now() - killed;
    for (const pid of children) process.kill(pid, 'SIGKILL');
    expect(failure).toMatchObject({ rank: 0, signal: 'SIGKILL' });
    expect(ms).toBeLessThan(within(2_000));
    expect(pids.filter(isAlive)).toEqual([]);
  });

  test('by Ctrl-C ends the ranks of a caller that does not listen for it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cobre-processes-'));
    const script = fileURLToPath(programUrl('dies-with-ranks'));
    const args = [script, join(folder, 'segment')];
    const parent = startProcess(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    const [line] = (await once(parent.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    // As a terminal does, to all of them.
    process.kill(-(parent.pid as number), 'SIGINT');
    while (isAlive(Number(String(line)))) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(parent.signalCode).toBe('SIGINT');
    await rm(folder, { recursive: true });
  });

  test('by an error in onMessage rejects with that error', async () => {
    const onMessage = () => {
      throw new RangeError('my own fault');
    };
    await expect(run('processes', 'waits', {}, { onMessage })).rejects.toThrow('my own fault');
  });

  test('removes what ranks may have left', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cobre-processes-'));
    const file = join(folder, 'segment');
    await writeFile(file, '');
    await run('faults', 'echo', {}, {}, silent(2, {}, [file]));
    expect(existsSync(file)).toBe(false);
    await writeFile(file, '');
    await failureOf('processes', 'signals', { culprit: 0, signal: 'SIGKILL' }, {}, silent(2, {}, [file]));
    expect(existsSync(file)).toBe(false);
    await rm(folder, { recursive: true });
  });

  test('the parent by SIGKILL ends its ranks, and they clear up', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cobre-processes-'));
    const file = join(folder, 'segment');
    const script = fileURLToPath(programUrl('dies-with-ranks'));
    const parent = startProcess(process.execPath, [script, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(parent.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    const pid = Number(String(line));
    expect(isAlive(pid)).toBe(true);
    expect(existsSync(file)).toBe(true);
    parent.kill('SIGKILL');
    while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(existsSync(file)).toBe(false);
    await rm(folder, { recursive: true });
  });
});

describe('what ranks print', BOUNDED, () => {
  const script = (options: string, size: number) => `
    import { runRanks } from '#cobre/comm/index';
    const program = ${JSON.stringify(programUrl('processes').href)};
    await runRanks(program, { size: ${size}, args: { act: 'prints' }, ${options} });`;
  const print = async (options: string, size: number) => {
    const args = ['--input-type=module', '-e', script(options, size)];
    const { stdout, stderr } = await runProcess(process.execPath, args);
    return { stdout: stdout.split('\n').sort(), stderr: stderr.split('\n').sort() };
  };

  const marked = (rank: number) => [
    `[rank ${rank}] no end of line`,
    `[rank ${rank}] out ${rank} täglich`,
    `[rank ${rank}] second line`,
  ];

  test.each([
    ["processes, backend 'local'", "backend: 'local', startMethod: 'spawn'", 1],
    ['threads', 'prefixOutput: true', 2],
  ])('has the rank before each line: %s', async (_, options, size) => {
    const { stdout, stderr } = await print(options, size);
    const ranks = Array.from({ length: size }, (_, rank) => rank);
    expect(stdout).toEqual(['', ...ranks.flatMap(marked)].sort());
    expect(stderr).toEqual(['', ...ranks.map((rank) => `[rank ${rank}] err ${rank}`)].sort());
  });

  test.each([
    ['threads, unless asked for', '', 1],
    ['processes, if not wanted', "backend: 'local', startMethod: 'spawn', prefixOutput: false", 1],
  ])('has none: %s', async (_, options, size) => {
    const { stdout, stderr } = await print(options, size);
    expect(stdout).toEqual(['no end of line', 'out 0 täglich', 'second line'].sort());
    expect(stderr).toEqual(['', 'err 0']);
  });
});

test('the local backend may run its rank as a process', BOUNDED, async () => {
  const options = { size: 1, backend: 'local', startMethod: 'spawn', args: { act: 'place' } } as const;
  const [place] = await runRanks<{ rank: number; size: number; pid: number }>(programUrl('processes'), options);
  expect(place).toMatchObject({ rank: 0, size: 1 });
  expect(place.pid).not.toBe(process.pid);
});
