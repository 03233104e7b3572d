import { existsSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProcesses } from '#cobre/comm/process/run-processes';
import { startProcess } from '../support/child.js';
import { some } from '../support/long.js';
import { isAlive } from './is-alive.js';
import { programUrl } from './program-url.js';
import { silent } from './silent-plan.js';

const BOUNDED = { timeout: 60_000 };
/** Ten times what a pipe holds. */
const COUNT = 1_000;
const BYTES = 2_000;
/** What the caller waits for at most, so that a test fails and does not hang [ms]. */
const PATIENCE_MS = 20_000;

interface Post {
  readonly i: number | string;
}

const cell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
/** Holds up this thread, and with it its event loop. */
const hold = (ms: number): void => void Atomics.wait(cell, 0, 0, ms);

const run = (act: string, args: object, onMessage: (message: Post) => void, signal?: AbortSignal): Promise<unknown[]> =>
  runProcesses(
    programUrl('posts').href,
    {
      size: 1,
      ...(signal === undefined ? {} : { signal }),
      args: { act, count: COUNT, bytes: BYTES, ...args },
      onMessage: (_rank, message) => onMessage(message as Post),
    },
    silent(1),
  );

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cobre-posts-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('what a rank posts', BOUNDED, () => {
  test('never holds it up: all is handed over before the caller has taken the first, and taken while it is busy', async () => {
    const posted = join(folder, 'posted');
    const taken = join(folder, 'taken');
    const seen: unknown[] = [];
    let handedOver = false;
    const result = await run('untilTaken', { posted, taken }, ({ i }) => {
      for (let waited = 0; !existsSync(posted) && waited < PATIENCE_MS; waited += 10) hold(10);
      handedOver ||= seen.length === 0 && existsSync(posted);
      if (seen.push(i) === COUNT) writeFileSync(taken, '');
    });
    expect(handedOver).toBe(true);
    expect(seen).toEqual(Array.from({ length: COUNT }, (_, i) => i));
    expect(result).toEqual(['taken']);
  });

  const ends = [
    ['exits', 7, null],
    ['throws', 1, 'after all that'],
    ['returns', null, null],
    ['isUncaught', 1, 'nobody listens'],
  ] as const;
  test.each(some(ends, 2))(
    'arrives, all of it and in order, where the rank %s and the caller is slow',
    async (act, exitCode, inner) => {
      const seen: unknown[] = [];
      const end = await run(act, {}, ({ i }) => {
        seen.push(i);
        // The process is gone by then: what it leaves in the pipe is no less worth for it.
        if (Number(i) % 20 === 0 && Number(i) > COUNT - 100) hold(400);
      }).catch((reason: unknown) => reason);
      const numbers = Array.from({ length: COUNT }, (_, i) => i);
      expect(seen).toEqual(act === 'exits' ? [...numbers, 'on the way out'] : numbers);
      if (exitCode === null) expect(end).toEqual(['returned']);
      else expect(end).toMatchObject({ rank: 0, exitCode, inner: inner === null ? null : { message: inner } });
    },
  );

  test('leaves a slow caller the turns of its event loop', async () => {
    const controller = new AbortController();
    let taken = 0;
    let turns = 0;
    const onMessage = () => {
      setImmediate(() => turns++);
      if (++taken === 1) setTimeout(() => controller.abort(new Error('enough')), 100);
      hold(20);
    };
    await expect(run('returns', {}, onMessage, controller.signal)).rejects.toThrow('enough');
    // After which nobody wants to hear the rest.
    expect(taken).toBeLessThan(COUNT);
    expect(turns).toBeGreaterThan(taken / 2);
  });

  test('does not keep its process when the caller is gone before it took all', async () => {
    const script = fileURLToPath(programUrl('dies-while-ranks-post'));
    const parent = startProcess(process.execPath, [script, String(COUNT), String(BYTES)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = await new Promise<number>((resolve) => {
      parent.stdout?.once('data', (line) => resolve(Number(line)));
    });
    // The rank has long returned and waits for its messages to be taken.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
  });
});
