import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Policy } from '#cobre/results/policy';
import { launchEnvironment } from '../comm/mpi/job.js';
import { Aftermath } from '../faults/aftermath.js';
import { type ChildProcess, startProcess } from '../support/child.js';
import { BINARY } from '../support/cli-job.js';
import { type GangKind, PROCESS_GANGS } from '../support/gangs.js';
import { some } from '../support/long.js';
import { within } from '../support/within.js';
import { alone, CASE, essence, FEW, fresh, json, LONG, lastLine, single } from './ranks-suite.js';

/* `cobre run` that starts processes as its ranks; on threads it is tested in run.test.ts and in workers.test.ts. */

function flagsOf({ options: { backend, startMethod } }: GangKind): string[] {
  return [
    ...['--workers', '2'],
    ...(backend === undefined ? [] : ['--backend', backend]),
    ...(startMethod === undefined ? [] : ['--start-method', startMethod]),
  ];
}

/** A run in a process group of its own, as a shell starts it at a terminal. */
class Foreground {
  readonly #child: ChildProcess;
  readonly ended: Promise<number | null>;
  stdout = '';
  stderr = '';

  constructor(args: readonly string[]) {
    this.#child = startProcess(process.execPath, [BINARY, 'run', ...args], {
      detached: true,
      env: launchEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.ended = once(this.#child, 'close').then(([code]) => code as number | null);
  }

  async printed(what: RegExp): Promise<void> {
    await expect.poll(() => this.stdout + this.stderr, { timeout: within(20_000), interval: 5 }).toMatch(what);
  }

  /** What the terminal does: all processes of the group get the signal. */
  ctrlC(): void {
    process.kill(-this.#child.pid!, 'SIGINT');
  }
}

describe.each(some(PROCESS_GANGS, 1))('cobre run with its ranks on $name', (kind) => {
  const flags = flagsOf(kind);

  test('comes to what one process comes to', () => {
    const output = join(fresh(), 'out');
    const { status, stdout, stderr } = alone([CASE, ...FEW, ...flags, '--output', output, '--output-format', 'json']);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(essence(JSON.parse(stdout))).toEqual(essence(single().result));
    expect(json(join(output, 'training', '_manifest.json')).distribution).toMatchObject({
      backend: kind.backend,
      world_size: 2,
      start_method: 'spawn',
    });
  });

  test.runIf(process.platform === 'linux')('ends cleanly at the first Ctrl-C, and saves', async () => {
    const aftermath = new Aftermath();
    const output = join(fresh(), 'out');
    const run = new Foreground([CASE, ...LONG, ...flags, '--output', output, '--output-format', 'json-lines']);
    await run.printed(/"iteration":3,/);
    run.ctrlC();
    expect(await run.ended).toBe(130);
    expect(run.stderr).toBe('');
    const { data } = lastLine(run.stdout);
    expect(data.training.termination_reason).toBe('interrupted');
    const { completedIterations } = (await Policy.load(output)).data;
    expect(completedIterations).toBe(data.training.iterations);
    expect(readdirSync(output).sort()).toEqual(['checkpoints', 'policy', 'training']);
    await aftermath.expectNothingLeft();
  });

  test.runIf(process.platform === 'linux')('ends at once at the second, and leaves nothing', async () => {
    const aftermath = new Aftermath();
    const output = join(fresh(), 'out');
    // An iteration that takes minutes.
    const slow = ['--set', 'training.forward_passes=200000'];
    const run = new Foreground([CASE, ...slow, ...flags, '--output', output]);
    await run.printed(/Workers/);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    run.ctrlC();
    await run.printed(/[Ss]topping/);
    // Sooner it is taken for the same keypress.
    await new Promise((resolve) => setTimeout(resolve, 150));
    const pressed = performance.now();
    run.ctrlC();
    expect(await run.ended).toBe(130);
    expect(performance.now() - pressed).toBeLessThan(within(1_000));
    expect(run.stderr).toMatch(/Ended at once: nothing of this run was saved/);
    // The checkpoint that a training begins with may have been written by then, or not.
    expect(existsSync(output) ? readdirSync(output) : []).toBeOneOf([[], ['checkpoints']]);
    await aftermath.expectNothingLeft();
  });
});
