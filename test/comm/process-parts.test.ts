import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CommError } from '#cobre/comm/errors';
import { LinePrefix } from '#cobre/comm/line-prefix';
import { encodeFrame, FrameReader } from '#cobre/comm/process/frame';
import { environmentOf, planGang } from '#cobre/comm/process/gang-plan';
import { inheritedFlags, limitFlags } from '#cobre/comm/process/node-flags';
import { type ProcessOutcome, settleProcesses, type Word } from '#cobre/comm/process/process-outcome';
import { SilenceCount } from '#cobre/comm/process/silence';
import type { BackendKind } from '#cobre/comm/select/backend-kind';
import { shmConfigFromEnv, tcpConfigFromEnv } from '#cobre/comm/select/environment';
import { CobreError, WorkerError } from '#cobre/errors';
import { run } from '../support/child.js';

/** Cuts bytes at the given places, in the manner of a stream. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end));
}

const cuts = fc.array(fc.nat(5000), { maxLength: 40 });

describe('frames', () => {
  test('come out as they went in, wherever the stream was cut', () => {
    const message = fc.oneof(
      fc.jsonValue(),
      fc.uint8Array({ maxLength: 300 }),
      fc.float64Array({ maxLength: 40 }),
      fc.bigInt(),
      fc.string({ unit: 'grapheme' }),
    );
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), cuts, (messages, places) => {
        const taken: unknown[] = [];
        const reader = new FrameReader((one) => taken.push(one));
        for (const piece of pieces(Buffer.concat(messages.map(encodeFrame)), places)) reader.push(piece);
        expect(taken).toEqual(messages);
      }),
    );
  });

  test.each([
    ['a function', () => () => 1],
    ['a symbol', () => Symbol('x')],
    ['shared memory', () => new Float64Array(new SharedArrayBuffer(8))],
    ['a promise', () => Promise.resolve(1)],
  ])('refuse %s as cloning does', (_, make) => {
    expect(() => encodeFrame({ inside: make() })).toThrow(expect.objectContaining({ name: 'DataCloneError' }));
  });
});

describe('a prefix', () => {
  test('stands before each line and nowhere else, wherever the stream was cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), cuts, (lines, places) => {
        const text = lines.map((line) => `${line}\n`).join('');
        let printed = '';
        const prefix = new LinePrefix('[rank 3] ', (part) => {
          // Whole lines only, or lines of several ranks would mix.
          expect(part.endsWith('\n')).toBe(true);
          printed += part;
        });
        for (const piece of pieces(Buffer.from(text), places)) prefix.push(piece);
        prefix.end();
        expect(printed).toBe(
          text
            .split('\n')
            .slice(0, -1)
            .map((line) => `[rank 3] ${line}\n`)
            .join(''),
        );
      }),
    );
  });

  test('gives a last line its end', () => {
    let printed = '';
    const prefix = new LinePrefix('> ', (part) => {
      printed += part;
    });
    prefix.push('a\nb');
    prefix.end();
    prefix.end();
    expect(printed).toBe('> a\n> b\n');
  });
});

describe('flags of Node', () => {
  test('are inherited but for those of the parent alone', () => {
    expect(
      inheritedFlags([
        '--conditions=development',
        '-e',
        'runRanks()',
        '--import',
        './loader.mjs',
        '--inspect-brk=9229',
        '--input-type=module',
        '--no-warnings',
        '--eval=x',
      ]),
    ).toEqual(['--conditions=development', '--import', './loader.mjs', '--no-warnings']);
  });

  test('state the limits of a rank', async () => {
    const flags = limitFlags({ maxOldGenerationSizeMb: 300 });
    const script = 'console.log(require("v8").getHeapStatistics().heap_size_limit)';
    const { stdout } = await run(process.execPath, [...flags, '-e', script]);
    expect(Number(stdout) / 1024 ** 2).toBeGreaterThanOrEqual(300);
    expect(Number(stdout) / 1024 ** 2).toBeLessThan(400);
    expect(limitFlags({ maxYoungGenerationSizeMb: 12 })).toEqual(['--max-semi-space-size=4']);
  });
});

describe('silence', () => {
  const patience = { tickMs: 500, silentTicks: 3, firstWordTicks: 5 };
  const ticks = (count: SilenceCount, times: number) => Array.from({ length: times }, () => count.tick());

  test('is counted in ticks since something was heard', () => {
    const count = new SilenceCount(patience);
    count.heard();
    expect(ticks(count, 2)).toEqual([null, null]);
    count.heard();
    expect(ticks(count, 3)).toEqual([null, null, 'has not answered for 1.5 s']);
  });

  test('may last longer before the first word', () => {
    expect(ticks(new SilenceCount(patience), 5)).toEqual([null, null, null, null, 'has not begun within 2.5 s']);
  });
});

type ShmKind = Extract<BackendKind, { type: 'shm' }>;
type TcpKind = Extract<BackendKind, { type: 'tcp' }>;

describe('the plan of a gang', () => {
  test('names a new segment each time, which is a file that must go', async () => {
    const [one, other] = [await planGang('shm', { size: 2 }), await planGang('shm', { size: 2, timeoutMs: 5 })];
    expect(one.leftovers).toHaveLength(1);
    expect(one.leftovers).not.toEqual(other.leftovers);
    expect(other.kinds[1]).toMatchObject({ type: 'shm', config: { rank: 1, size: 2, timeoutMs: 5 } });
  });

  test('has a port of its own and a secret for TCP, and stays on this machine', async () => {
    const [one, other] = [await planGang('tcp', { size: 2 }), await planGang('tcp', { size: 2 })];
    const configs = [...one.kinds, ...other.kinds].map((kind) => kind as TcpKind).map(({ config }) => config);
    expect(configs.every((c) => c.coordinator === '127.0.0.1' && c.bindAddr === '127.0.0.1')).toBe(true);
    expect(configs[0].token).toBe(configs[1].token);
    expect(configs[0].token).not.toBe(configs[2].token);
    expect(String(configs[0].token).length).toBeGreaterThanOrEqual(32);
    expect(configs[0].port).toBe(configs[1].port);
  });

  test('says in the environment what selection reads there', async () => {
    const [, shm] = (await planGang('shm', { size: 2 })).kinds as ShmKind[];
    expect(shmConfigFromEnv(environmentOf(shm))).toEqual(shm.config);
    const [, tcp] = (await planGang('tcp', { size: 2 })).kinds as TcpKind[];
    expect(tcpConfigFromEnv(environmentOf(tcp))).toMatchObject({
      coordinator: '127.0.0.1',
      port: tcp.config.port,
      rank: 1,
      size: 2,
    });
  });
});

describe('the failure that is reported', () => {
  const ended = (word: Word, more: Partial<ProcessOutcome> = {}): ProcessOutcome => ({
    word,
    exitCode: 1,
    signal: null,
    endedAt: 1000n,
    endedByParent: false,
    ...more,
  });
  const silent: Word = { type: 'none' };
  const returned = ended({ type: 'returned', value: 7 }, { exitCode: 0 });
  const threw = (at: bigint, message = 'own') => ended({ type: 'failed', error: new RangeError(message), at });
  const refused = (at: bigint, error: Error) => ended({ type: 'refused', error, at });
  const died = (endedAt: bigint) => ended(silent, { exitCode: null, signal: 'SIGKILL', endedAt });
  const wasEnded = ended(silent, { exitCode: null, signal: 'SIGTERM', endedByParent: true, endedAt: 1n });
  const lost = (at: bigint): ProcessOutcome => ({ ...wasEnded, word: { type: 'lost', why: 'has not answered', at } });
  const complains = (at: bigint, failedRank: number | null) =>
    ended({
      type: 'failed',
      at,
      error: new CommError(`waited for ${failedRank}`, {
        commKind: 'CollectiveFailed',
        operation: 'barrier',
        mpiErrorCode: null,
        failedRank,
      }),
    });
  const settle = (...outcomes: ProcessOutcome[]): unknown => {
    try {
      return settleProcesses(outcomes);
    } catch (error) {
      return error;
    }
  };

  test('is none where all have returned', () => {
    expect(settle(returned, returned)).toEqual([7, 7]);
  });

  test.each<[string, ProcessOutcome[], object]>([
    ['the first of several', [threw(30n), threw(20n, 'first'), threw(40n)], { rank: 1, inner: { message: 'first' } }],
    ['a throw rather than those who waited for it', [complains(5n, 1), threw(9n), returned], { rank: 1, exitCode: 1 }],
    ['a death rather than those who waited for it', [complains(5n, null), died(99n)], { rank: 1, signal: 'SIGKILL' }],
    ['a death before a throw', [threw(50n), died(40n)], { rank: 1, signal: 'SIGKILL', inner: null }],
    ['a throw before a death', [threw(40n), died(50n)], { rank: 0, inner: { message: 'own' } }],
    [
      'who did not come, in the words of who waited',
      [complains(5n, 1), wasEnded],
      { rank: 1, exitCode: null, signal: null, inner: null, message: 'rank 1: waited for 1' },
    ],
    [
      'who came too late and was told so, in the words of who waited',
      [complains(5n, 2), returned, complains(9n, 2)],
      { rank: 2, inner: null, message: 'rank 2: waited for 2' },
    ],
    [
      'who waited for a rank that has returned',
      [returned, complains(5n, 0)],
      { rank: 1, inner: { name: 'CommError' } },
    ],
    ['who waited for nobody in particular', [complains(5n, null), wasEnded], { rank: 0 }],
    ['two who accuse each other: the first', [complains(6n, 1), complains(5n, 0)], { rank: 1 }],
    ['ranks that were ended only because of another', [wasEnded, threw(500n), wasEnded], { rank: 1 }],
    [
      'who was given up, not who waited for it or was ended because of it',
      [complains(5n, 2), wasEnded, lost(9n), complains(10n, null)],
      { rank: 2, exitCode: null, signal: null, inner: null, message: 'rank 2: has not answered' },
    ],
    ['a throw before a rank was given up', [lost(9n), threw(8n)], { rank: 1, inner: { message: 'own' } }],
    ['who was given up before a throw', [lost(9n), threw(10n)], { rank: 0, inner: null }],
    ['an error while the program was loaded', [refused(9n, new TypeError('bad'))], { inner: { message: 'bad' } }],
  ])('is %s', (_, outcomes, expected) => {
    const error = settle(...outcomes);
    expect(error).toBeInstanceOf(WorkerError);
    expect(error).toMatchObject(expected);
  });

  test('is the error itself where nothing has run', () => {
    const error = new CobreError('InvalidArgument', 'no program');
    expect(settle(wasEnded, refused(9n, error))).toBe(error);
  });
});

test('a run leaves nothing that would keep the process alive', { timeout: 30_000 }, async () => {
  const script = `
    import { runRanks } from '#cobre/comm/index';
    const program = ${JSON.stringify(new URL('./programs/processes.mjs', import.meta.url).href)};
    const options = { size: 1, backend: 'local', startMethod: 'spawn' };
    await runRanks(program, { ...options, args: { act: 'leavesWorkBehind' }, signal: new AbortController().signal });
    const error = await runRanks(program, { ...options, args: { act: 'neverSettles' } }).catch((reason) => reason);
    console.log(error.exitCode);`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    boundMs: 25_000,
  });
  expect(stdout).toBe('13\n');
});
