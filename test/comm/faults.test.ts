import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { CommError, runRanks } from '#cobre/comm/index';
import type { RunRanksOptions } from '#cobre/comm/rank-program';
import { CobreError, SolverError, ValidationError, WorkerError } from '#cobre/errors';
import { programUrl } from './program-url.js';
import { ThreadCount } from './thread-count.js';

// Far below the 60 s after which a collective gives up by itself: whoever waits that long fails the test.
const BOUNDED = { timeout: 20_000 };

const threads = new ThreadCount();
afterAll(() => threads[Symbol.dispose]());

const run = (act: string, args: object, options: Omit<RunRanksOptions, 'args'>) =>
  runRanks(programUrl('faults'), { ...options, args: { act, ...args } });

async function failureOf(act: string, args: object, options: Omit<RunRanksOptions, 'args'>): Promise<WorkerError> {
  const error = await run(act, args, options).then(
    () => expect.unreachable('the run succeeded'),
    (reason: unknown) => reason,
  );
  // At once, not a moment later: no thread may outlive the promise.
  expect(threads.alive.size).toBe(0);
  expect(error).toBeInstanceOf(WorkerError);
  return error as WorkerError;
}

/** The failure must not have hurt what comes after. */
async function expectHealthy(): Promise<void> {
  const results = await run('echo', { value: 5 }, { size: 2 });
  expect(results).toEqual([0, 1].map((rank) => ({ rank, value: 5 })));
  expect(threads.alive.size).toBe(0);
}

test('a rank that has given up a gather writes nothing that others may be reading', BOUNDED, async () => {
  const failed = expect.objectContaining({ commKind: 'CollectiveFailed', failedRank: 1 });
  expect(await run('lateGather', { pause: 600 }, { size: 2, timeoutMs: 200 })).toEqual([
    { failure: failed, send: failed, again: failed, view: [10, 11] },
    // This one has never arrived, so nobody can have got what it would have sent.
    { failure: failed, send: null, again: failed, view: [10, 11] },
  ]);
  await expectHealthy();
});

describe('a rank that throws', BOUNDED, () => {
  test.each([
    { size: 2, culprit: 1, waiters: 'spinning', pause: 0 },
    { size: 2, culprit: 0, waiters: 'parked', pause: 100 },
    { size: 5, culprit: 3, waiters: 'parked', pause: 100 },
  ])('is named, with its own error, and releases $waiters ranks (size $size)', async ({ size, culprit, pause }) => {
    const error = await failureOf('throwWhileOthersWait', { culprit, error: 'plain', pause }, { size });
    expect(error.rank).toBe(culprit);
    expect(error.exitCode).toBeNull();
    expect(error.signal).toBeNull();
    expect(error.inner).toBeInstanceOf(TypeError);
    expect(error.inner).toMatchObject({ message: 'not a number', code: 'E_PLAIN' });
    expect(error.inner?.stack).toContain('faults.mjs');
    await expectHealthy();
  });

  test('has its error carried over whole, whichever class it is', async () => {
    const inner = async (error: string) =>
      (await failureOf('throwWhileOthersWait', { culprit: 1, error }, { size: 2 })).inner;

    const cobre = await inner('cobre');
    expect(cobre).toBeInstanceOf(CobreError);
    expect(cobre).toMatchObject({
      kind: 'OutOfRange',
      message: 'too much',
      file: 'a.json',
      field: 'b[0].c',
      value: 7,
      suggestion: 'use less',
      context: { stage: 3 },
    });
    expect(cobre?.cause).toBeInstanceOf(RangeError);

    const validation = await inner('validation');
    expect(validation).toBeInstanceOf(ValidationError);
    expect((validation as ValidationError).errors.map(({ kind, file }) => [kind, file])).toEqual([
      ['MissingFile', 'x.json'],
      ['ParseError', undefined],
    ]);

    const solver = await inner('solver');
    expect(solver).toBeInstanceOf(SolverError);
    expect(solver).toMatchObject({
      place: { stage: 2, iteration: 1, scenario: null, opening: 4, status: 'Infeasible' },
      suggestion: 'check the bounds',
    });

    const comm = await inner('comm');
    expect(comm).toBeInstanceOf(CommError);
    expect(comm).toMatchObject({ commKind: 'InvalidRoot', details: { root: 9, size: 2 } });

    expect((await inner('string'))?.message).toContain('just words');
  });

  test.each([
    { waiters: 'spinning', pause: 0 },
    { waiters: 'parked', pause: 150 },
  ])('wakes $waiters ranks, which learn the operation and the rank that failed', async ({ pause }) => {
    const told: unknown[] = [];
    const onMessage = (rank: number, message: unknown) => {
      told[rank] = message;
    };
    await failureOf('tellsWhy', { culprit: 2, pause }, { size: 4, onMessage });
    const why = { commKind: 'CollectiveFailed', operation: 'barrier', mpiErrorCode: null, failedRank: 2 };
    expect([told[0], told[1], told[3]]).toEqual([why, why, why]);
  });

  test('may do so asynchronously', async () => {
    const error = await failureOf('rejectLater', { culprit: 1 }, { size: 2 });
    expect(error).toMatchObject({ rank: 1, inner: { message: 'later' } });
  });

  test('is also one whose timer threw, or whose result cannot be cloned', async () => {
    const uncaught = await failureOf('uncaught', { culprit: 1 }, { size: 2 });
    expect(uncaught).toMatchObject({ rank: 1, inner: { message: 'nobody listens' } });
    const uncloneable = await failureOf('uncloneable', { culprit: 1 }, { size: 2 });
    expect(uncloneable).toMatchObject({ rank: 1, inner: { name: 'DataCloneError' } });
  });

  test('does not have to wait for ranks that never look', async () => {
    expect(await failureOf('deafToOthers', { culprit: 0 }, { size: 2 })).toMatchObject({ rank: 0 });
    await expectHealthy();
  });

  test('is told apart from those that failed because of it', async () => {
    expect(await failureOf('twoFail', {}, { size: 4 })).toMatchObject({ rank: 1, inner: { message: 'first' } });
  });

  test('on the local backend is reported the same way', async () => {
    const error = await failureOf(
      'throwWhileOthersWait',
      { culprit: 0, error: 'cobre' },
      { size: 1, backend: 'local' },
    );
    expect(error).toMatchObject({ rank: 0, inner: { kind: 'OutOfRange' } });
  });
});

describe('a rank whose thread ends in the middle of a barrier', BOUNDED, () => {
  test.each([7, 0])('by process.exit(%i) is named with its exit code', async (code) => {
    const error = await failureOf('exit', { culprit: 1, code }, { size: 3 });
    expect(error).toMatchObject({ rank: 1, exitCode: code, inner: null });
    await expectHealthy();
  });

  test('by being terminated from outside is named', async () => {
    const started = new Set<number>();
    const onMessage = (rank: number) => {
      started.add(rank);
      // Threads were started in rank order.
      if (started.size === 2) setTimeout(() => void [...threads.alive][1].terminate(), 50);
    };
    const error = await failureOf('waitAfterPost', {}, { size: 2, onMessage });
    expect(error).toMatchObject({ rank: 1, exitCode: 1, inner: null });
    await expectHealthy();
  });

  test('for want of memory is named', async () => {
    const resourceLimits = { maxOldGenerationSizeMb: 24 };
    const error = await failureOf('outOfMemory', { culprit: 1 }, { size: 2, resourceLimits });
    expect(error).toMatchObject({ rank: 1, inner: { code: 'ERR_WORKER_OUT_OF_MEMORY' } });
    await expectHealthy();
  });
});

describe('a rank that does not come', BOUNDED, () => {
  test.each(['spins', 'sleeps'])('is named when the others lose patience, be it that it %s', async (how) => {
    const error = await failureOf('neverComes', { culprit: 1, how }, { size: 2, timeoutMs: 300 });
    expect(error.rank).toBe(1);
    expect(error.message).toBe('rank 1: barrier failed: rank 1 did not arrive within 300 ms');
    expect(error.inner).toBeNull();
  });

  test('because it has returned is noticed at once', async () => {
    const error = await failureOf('leavesEarly', { culprit: 0 }, { size: 2 });
    expect(error).toMatchObject({
      rank: 1,
      inner: { commKind: 'CollectiveFailed', details: { operation: 'barrier', failedRank: 0 } },
    });
  });

  test('is no failure of the run where the program copes with it', async () => {
    expect(await run('survives', { culprit: 1 }, { size: 2 })).toEqual([
      { commKind: 'CollectiveFailed', operation: 'barrier', mpiErrorCode: null, failedRank: 1 },
      'left',
    ]);
  });

  test('leaves what others are still reading alone, however often the failed rank calls', async () => {
    const failure = { commKind: 'CollectiveFailed', operation: 'allgatherv', mpiErrorCode: null, failedRank: 0 };
    expect(await run('callsAgain', {}, { size: 3 })).toEqual([
      { gathered: [0, 1, 2], failures: [] },
      { gathered: [0, 1, 2], failures: [failure, failure] },
      { gathered: [0, 1, 2], failures: [] },
    ]);
  });
});

describe('cancelling', BOUNDED, () => {
  let controller: AbortController;
  beforeEach(() => {
    controller = new AbortController();
  });

  test.each([
    { when: 'parked or in an endless loop', act: 'waitAfterPost', size: 2, backend: 'shm' as const },
    { when: 'talking all the time', act: 'untilStopped', size: 2, backend: 'shm' as const },
  ])('ends ranks that are $when, and rejects with the reason', async ({ act, size, backend }) => {
    const reason = new Error('enough');
    const onMessage = () => setTimeout(() => controller.abort(reason), 50);
    const options = { size, backend, onMessage, signal: controller.signal };
    await expect(run(act, {}, options)).rejects.toBe(reason);
    expect(threads.alive.size).toBe(0);
    await expectHealthy();
  });

  test('before the start means that nothing starts', async () => {
    controller.abort(new Error('too late'));
    await expect(run('echo', {}, { size: 2, signal: controller.signal })).rejects.toThrow('too late');
    expect(threads.alive.size).toBe(0);
  });

  test('by an error in onMessage rejects with that error', async () => {
    const onMessage = () => {
      throw new RangeError('my own fault');
    };
    await expect(run('waitAfterPost', {}, { size: 2, onMessage })).rejects.toThrow('my own fault');
    expect(threads.alive.size).toBe(0);
  });

  test('gently lets ranks finish and keeps their results', async () => {
    const onMessage = () => controller.abort();
    const [first, second] = await run('untilStopped', {}, { size: 2, onMessage, stop: controller.signal });
    expect(first).toBeGreaterThan(0);
    expect(second).toBe(first);
  });

  test('gently works before the start as well', async () => {
    controller.abort();
    for (const backend of ['shm', 'local'] as const) {
      expect(await run('untilStopped', {}, { size: 1, backend, stop: controller.signal })).toEqual([1]);
    }
  });
});
