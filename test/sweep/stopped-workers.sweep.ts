import { expect, test } from 'vitest';
import { train } from '#cobre/api/train';
import { WorkerError } from '#cobre/errors';
import { PROCESS_GANGS } from '../support/gangs.js';
import { rankProcesses } from '../support/rank-processes.js';
import { limited } from '../support/run-bits.js';
import { discounted } from '../support/small-study.js';
import { within } from '../support/within.js';

/** Fifteen seconds of silence, and the end of the others. */
const GIVEN_UP_MS = within(30_000);

test.runIf(process.platform === 'linux').each(PROCESS_GANGS)(
  'a worker of a training that is stopped is given up: $name',
  async ({ options }) => {
    let stoppedAt = 0;
    const error = await train(limited(discounted(), 1_000_000), {
      numWorkers: 2,
      ...options,
      onProgress: ({ iteration }) => {
        if (stoppedAt > 0 || iteration !== 2) return;
        stoppedAt = performance.now();
        process.kill(rankProcesses().get(1) as number, 'SIGSTOP');
      },
    }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(WorkerError);
    expect(error).toMatchObject({ rank: 1, inner: null, signal: null, exitCode: null });
    expect(performance.now() - stoppedAt).toBeLessThan(GIVEN_UP_MS);
    expect([...rankProcesses()]).toEqual([]);
  },
);
