import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runRanks } from '#cobre/comm/index';
import type { RunRanksOptions } from '#cobre/comm/rank-program';
import { checkRunOptions } from '#cobre/comm/run-options';
import { CobreError, WorkerError } from '#cobre/errors';
import { run as runProcess } from '../support/child.js';
import { programUrl } from './program-url.js';
import { ThreadCount } from './thread-count.js';

const FAULTS = programUrl('faults');

describe.each([
  { backend: 'local', sizes: [1] },
  { backend: 'shm', sizes: [1, 2, 3, 4, 8] },
] as const)('runRanks on backend $backend', ({ backend, sizes }) => {
  test('returns what the ranks returned, in rank order', async () => {
    const value = { text: 'x', list: new Float64Array([1, 2]) };
    for (const size of sizes) {
      const results = await runRanks(FAULTS, { size, backend, args: { act: 'echo', value } });
      expect(results).toEqual(Array.from({ length: size }, (_, rank) => ({ rank, value })));
    }
  });

  test('takes a path as well as a URL', async () => {
    for (const module of [FAULTS.href, fileURLToPath(FAULTS)]) {
      expect(await runRanks(module, { size: 1, backend, args: { act: 'echo', value: 1 } })).toEqual([
        { rank: 0, value: 1 },
      ]);
    }
  });

  test('delivers every message of every rank, in order, before it resolves', async () => {
    const size = sizes.at(-1) as number;
    const seen = Array.from({ length: size }, (): unknown[] => []);
    const onMessage = (rank: number, message: unknown) => seen[rank].push(message);
    await runRanks(FAULTS, { size, backend, args: { act: 'posts', count: 500 }, onMessage });
    const expected = Array.from({ length: 500 }, (_, i) => i);
    for (const messages of seen) expect(messages).toEqual(expected);
  });

  test('delivers a flood of messages before it resolves', async () => {
    const size = Math.min(2, sizes.at(-1) as number);
    const seen = new Array<number>(size).fill(0);
    const onMessage = (rank: number, message: unknown) => {
      if (message === seen[rank]) seen[rank]++;
    };
    await runRanks(FAULTS, { size, backend, args: { act: 'floods', count: 20_000 }, onMessage });
    expect(seen).toEqual(new Array(size).fill(20_000));
  });

  test('delivers messages while the ranks are busy', async () => {
    const size = Math.min(2, sizes.at(-1) as number);
    const answers = new Int32Array(new SharedArrayBuffer(4 * size));
    const onMessage = (rank: number) => Atomics.store(answers, rank, 42 + rank);
    const args = { act: 'postWhileBusy', answers };
    // On the calling thread arguments are cloned too, but shared memory stays shared.
    expect(await runRanks(FAULTS, { size, backend, args, onMessage })).toEqual([42, 43].slice(0, size));
  });

  test('refuses a module that is no rank program', async () => {
    const options = { size: 1, backend };
    await expect(runRanks(programUrl('no-default'), options)).rejects.toMatchObject({
      kind: 'InvalidArgument',
      field: 'moduleUrl',
    });
    await expect(runRanks(programUrl('broken'), options)).rejects.toThrow('cannot load');
  });
});

describe('a call that cannot work is refused before any thread starts', () => {
  const good = { size: 2 };
  test.each<[string, unknown, Partial<CobreError>]>([
    ['no ranks', { size: 0 }, { kind: 'InvalidArgument', field: 'size', value: 0 }],
    ['half a rank', { size: 1.5 }, { kind: 'InvalidArgument', field: 'size', value: 1.5 }],
    ['a size in words', { size: '2' }, { kind: 'InvalidArgument', field: 'size', value: '2' }],
    [
      'an unknown backend',
      { ...good, backend: 'smoke' },
      { kind: 'InvalidArgument', field: 'backend', value: 'smoke' },
    ],
    ['two local ranks', { ...good, backend: 'local' }, { kind: 'IncompatibleSettings', field: 'size', value: 2 }],
    ['fork', { ...good, startMethod: 'fork' }, { kind: 'IncompatibleSettings', field: 'startMethod', value: 'fork' }],
    [
      'TCP on threads',
      { ...good, backend: 'tcp', startMethod: 'thread' },
      { kind: 'IncompatibleSettings', field: 'startMethod', value: 'thread' },
    ],
    ['mpi', { ...good, backend: 'mpi' }, { kind: 'IncompatibleSettings', field: 'backend', value: 'mpi' }],
    [
      'two local processes',
      { ...good, backend: 'local', startMethod: 'spawn' },
      { kind: 'IncompatibleSettings', field: 'size', value: 2 },
    ],
    [
      'a limit that processes lack',
      { size: 1, backend: 'local', startMethod: 'spawn', resourceLimits: { stackSizeMb: 4 } },
      { kind: 'IncompatibleSettings', field: 'resourceLimits.stackSizeMb', value: 4 },
    ],
    [
      'arguments that no process can be given',
      { size: 1, backend: 'local', startMethod: 'spawn', args: { shared: new SharedArrayBuffer(8) } },
      { kind: 'InvalidArgument', field: 'args' },
    ],
    ['an unknown start', { ...good, startMethod: 'magic' }, { kind: 'InvalidArgument', field: 'startMethod' }],
    ['a prefix in words', { ...good, prefixOutput: 'yes' }, { kind: 'InvalidArgument', field: 'prefixOutput' }],
    ['no patience', { ...good, timeoutMs: 0 }, { kind: 'InvalidArgument', field: 'timeoutMs', value: 0 }],
    ['a message handler that is none', { ...good, onMessage: 5 }, { kind: 'InvalidArgument', field: 'onMessage' }],
    ['a signal that is none', { ...good, signal: 5 }, { kind: 'InvalidArgument', field: 'signal' }],
    ['a stop that is none', { ...good, stop: null }, { kind: 'InvalidArgument', field: 'stop' }],
    ['limits that are none', { ...good, resourceLimits: 5 }, { kind: 'InvalidArgument', field: 'resourceLimits' }],
    ['no memory', { ...good, maxSharedBytes: 1000 }, { kind: 'InvalidArgument', field: 'maxSharedBytes', value: 1000 }],
    ['arguments with a function', { ...good, args: { f: () => 1 } }, { kind: 'InvalidArgument', field: 'args' }],
  ])('%s', async (_, options, expected) => {
    using threads = new ThreadCount();
    const error = await runRanks(FAULTS, options as RunRanksOptions).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CobreError);
    expect(error).not.toBeInstanceOf(WorkerError);
    expect(error).toMatchObject(expected);
    expect((error as CobreError).suggestion).toBeTruthy();
    expect(threads.alive.size).toBe(0);
  });

  test('a module that does not exist', async () => {
    using threads = new ThreadCount();
    for (const module of ['no/such/program.mjs', new URL('./nowhere.mjs', import.meta.url)]) {
      await expect(runRanks(module, good)).rejects.toMatchObject({ kind: 'InvalidArgument', field: 'moduleUrl' });
    }
    expect(threads.alive.size).toBe(0);
  });
});

test('each rank runs on a thread of its own', async () => {
  using threads = new ThreadCount();
  let most = 0;
  const onMessage = () => {
    most = Math.max(most, threads.alive.size);
  };
  await runRanks(FAULTS, { size: 5, args: { act: 'posts', count: 1 }, onMessage });
  expect(most).toBe(5);
  expect(threads.alive.size).toBe(0);
});

test('nothing keeps the process alive afterwards, and what ranks print is not lost', { timeout: 30_000 }, async () => {
  const script = fileURLToPath(programUrl('exits-by-itself'));
  const { stdout } = await runProcess(process.execPath, [script], { boundMs: 25_000 });
  const lines = stdout.trimEnd().split('\n');
  expect(lines.at(-1)).toBe('rank 1 exited with 3');
  for (const rank of [0, 1]) {
    const printed = lines.filter((line) => line.startsWith(`rank ${rank} line`));
    expect(printed).toEqual(Array.from({ length: 200 }, (_, i) => `rank ${rank} line ${i}`));
  }
});

describe('what is left open is settled by', () => {
  const coordinator = { COBRE_TCP_COORDINATOR: '127.0.0.1:4000' };
  test.each<[string, Partial<RunRanksOptions>, Record<string, string>, object]>([
    ['nothing: threads', {}, coordinator, { backend: 'shm', startMethod: 'thread' }],
    ['auto: threads', { backend: 'auto' }, {}, { backend: 'shm', startMethod: 'thread' }],
    ['auto and a coordinator', { backend: 'auto' }, coordinator, { backend: 'tcp', startMethod: 'spawn' }],
    [
      'auto and threads',
      { backend: 'auto', startMethod: 'thread' },
      coordinator,
      { backend: 'shm', startMethod: 'thread' },
    ],
    ['auto and processes', { backend: 'auto', startMethod: 'spawn' }, {}, { backend: 'shm', startMethod: 'spawn' }],
    ['processes', { startMethod: 'spawn' }, coordinator, { backend: 'shm', startMethod: 'spawn' }],
    ['TCP', { backend: 'tcp' }, {}, { backend: 'tcp', startMethod: 'spawn' }],
    ['local', { backend: 'local', size: 1 }, coordinator, { backend: 'local', startMethod: 'thread' }],
  ])('%s', (_, options, env, expected) => {
    expect(checkRunOptions({ size: 2, ...options }, env)).toEqual(expected);
  });
});
