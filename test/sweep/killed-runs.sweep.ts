import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Policy } from '#cobre/results/policy';
import { readConvergence, readSimulationSummary, readTrainingSummary } from '#cobre/results/summary';
import { WHY_NOT } from '../comm/shm-gang.js';
import { Aftermath } from '../faults/aftermath.js';
import { startProcess } from '../support/child.js';
import { TIMES } from './effort.js';

/** In all; shared out over the ways to run. */
const KILLS = 50 * TIMES;
const CLI = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const RUN = [
  CLI,
  'run',
  'examples/cascade',
  '--set',
  'training.stopping_rules=[{"type":"iteration_limit","limit":24}]',
  '--set',
  'policy.checkpointing.interval_iterations=3',
  '--set',
  'simulation.num_scenarios=20',
  '--output-format',
  'json',
];
/** Above what the kills of one way take on two busy cores [ms]. */
const LIMIT_MS = 350_000;
/** Every so many runs are killed at any moment from their start on; the others after they have written a checkpoint. */
const AT_ANY_MOMENT = 4;

const WAYS = [
  { name: 'one worker', options: [] },
  { name: 'threads', options: ['--workers', '2'] },
  ...(WHY_NOT === null
    ? [{ name: 'processes in shared memory', options: ['--workers', '2', '--start-method', 'spawn'] }]
    : []),
  { name: 'processes over TCP', options: ['--workers', '3', '--backend', 'tcp'] },
];

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'cobre-killed-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Starts a run as the leader of a process group of its own. */
function start(output: string, options: readonly string[]) {
  const child = startProcess(process.execPath, [...RUN, '--output', output, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const over = once(child, 'close').then(() => ({
    code: child.exitCode,
    text: Buffer.concat(chunks).toString(),
  }));
  return { child, over };
}

async function finished(output: string, options: readonly string[]): Promise<{ digest: string; ms: number }> {
  const began = performance.now();
  const { code, text } = await start(output, options).over;
  expect(code, text).toBe(0);
  const { data } = JSON.parse(text) as { data: { policy_digest: string } };
  return { digest: data.policy_digest, ms: performance.now() - began };
}

const entries = (directory: string): string[] => (existsSync(directory) ? readdirSync(directory) : []);

/** Waits until a run has written a checkpoint or has ended. */
async function untilBegun(output: string, over: Promise<unknown>): Promise<void> {
  let ended = false;
  void over.then(() => {
    ended = true;
  });
  while (!ended && entries(join(output, 'checkpoints')).length === 0) await delay(2);
}

/** Waits for `ms` at most, or until something is being written that is not in its place yet: every tenth time it is seen. */
async function untilWriting(output: string, ms: number): Promise<void> {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    const staging = entries(output).filter((name) => name.startsWith('.cobre-tmp-'));
    const busy = staging.some(
      (name) => entries(join(output, name, 'scratch')).length > 0 || existsSync(join(output, name, 'commit')),
    );
    if (busy && Math.random() < 0.1) return;
    await delay(1);
  }
}

/** Whatever there is under its final name is whole. */
async function expectWhole(output: string): Promise<void> {
  const checkpoints = join(output, 'checkpoints');
  const names = entries(checkpoints).flatMap((training) =>
    entries(join(checkpoints, training)).map((name) => join(training, name)),
  );
  for (const name of names) {
    const policy = await Policy.load(join(checkpoints, name));
    expect(policy.data.training?.history).toHaveLength(policy.data.completedIterations);
  }
  if (existsSync(join(output, 'policy'))) await Policy.load(output);
  if (existsSync(join(output, 'training'))) {
    const { iterations } = await readTrainingSummary(output);
    expect(await readConvergence(output)).toHaveLength(iterations);
  }
  if (!existsSync(join(output, 'simulation'))) return;
  const { scenariosCompleted } = await readSimulationSummary(output);
  expect(readdirSync(join(output, 'simulation', 'costs'))).toHaveLength(scenariosCompleted);
}

describe.each(WAYS)('a run on $name', ({ options }) => {
  const times = Math.ceil(KILLS / WAYS.length);

  test(`that is killed at any of ${times} moments goes on to the digest of one that was not`, {
    timeout: LIMIT_MS,
  }, async () => {
    const whole = await finished(join(directory, 'whole'), options);
    const aftermath = new Aftermath();
    let resumed = 0;
    for (let time = 0; time < times; time++) {
      const output = join(directory, `${time}`);
      const began = performance.now();
      const { child, over } = start(output, options);
      if (time % AT_ANY_MOMENT !== 0) await untilBegun(output, over);
      const left = Math.random() * Math.max(0, whole.ms - (performance.now() - began));
      if (time % 2 === 0) await delay(left);
      else await untilWriting(output, left);
      try {
        process.kill(-(child.pid as number), 'SIGKILL');
      } catch {
        // It was faster.
      }
      await over;
      await aftermath.expectNothingLeft();
      await expectWhole(output);
      // Before its training has begun a run has nothing to go on from.
      const begun = existsSync(join(output, 'checkpoints'));
      if (begun) resumed++;
      expect((await finished(output, begun ? [...options, '--resume'] : options)).digest).toBe(whole.digest);
      await expectWhole(output);
      expect(readdirSync(output).sort()).toEqual(['checkpoints', 'policy', 'simulation', 'training']);
      rmSync(output, { recursive: true });
    }
    console.log(`${times} runs were killed, ${resumed} of them had a checkpoint to go on from`);
    expect(resumed).toBeGreaterThan(times / 3);
  });
});
