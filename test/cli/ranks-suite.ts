import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Policy } from '#cobre/results/policy';
import { launchEnvironment } from '../comm/mpi/job.js';
import { Aftermath } from '../faults/aftermath.js';
import { runSync } from '../support/child.js';
import { BINARY, type Job, type JobKind, type RankEnd } from '../support/cli-job.js';
import { Disk, WHY_NO_DISK } from '../support/disk.js';
import { within } from '../support/within.js';

/*
 * `cobre run` as one rank of a job, whoever starts the ranks: all that a user gets must be that of a run on its own.
 */
const SIZE = 2;
export const CASE = join(import.meta.dirname, '..', '..', 'examples', 'one-reservoir');
const SCENARIOS = 40;
export const FEW = ['--set', `simulation.num_scenarios=${SCENARIOS}`];
const ENDLESS = JSON.stringify([{ type: 'iteration_limit', limit: 1_000_000 }]);
const LIMIT = 80;
/** Long enough to be stopped in the middle of it. */
export const LONG = [
  ...['--set', 'training.forward_passes=16', '--set', 'policy.checkpointing.interval_iterations=7', '--no-simulation'],
  ...['--set', `training.stopping_rules=${JSON.stringify([{ type: 'iteration_limit', limit: LIMIT }])}`],
];
/** What MPICH itself says when a rank that cannot go on ends the job. */
const MPICH_ABORTS = /^Abort\(\d+\) on node .*\n/gm;
/** When the ranks that are left must have ended after another was killed [ms]. */
const TOLD_MS = within(5_000);

let folder: string;
let jobs = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cobre-ranks-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A directory below the temporary one that no other test uses. */
export function fresh(): string {
  const directory = join(folder, String(++jobs));
  mkdirSync(directory);
  return directory;
}

// biome-ignore lint/suspicious/noExplicitAny: documents of the program, whose fields the tests look at.
type Json = any;
export const json = (file: string): Json => JSON.parse(readFileSync(file, 'utf8'));
export const lastLine = (text: string): Json => JSON.parse(text.trimEnd().split('\n').at(-1) as string);

/** `cobre run` in one process; `env` is added to an environment that makes it no rank. */
export function alone(args: readonly string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = runSync(process.execPath, [BINARY, 'run', ...args], {
    env: { ...launchEnvironment(), ...env },
  });
  return { status, stdout, stderr };
}

function start(kind: JobKind, args: readonly string[], env: Record<string, string> = {}, size = SIZE): Promise<Job> {
  return kind.start(['run', ...args], size, fresh(), env);
}

/** A whole job, of which nothing is said but its end. */
async function whole(
  kind: JobKind,
  args: readonly string[],
  env?: Record<string, string>,
): Promise<readonly RankEnd[]> {
  const { ranks } = await (await start(kind, args, env)).ended;
  return ranks;
}

async function until(done: () => boolean, job: Job): Promise<void> {
  let over = false;
  void job.ended.then(() => {
    over = true;
  });
  while (!done()) {
    if (over) expect.fail(`the job ended too early: ${JSON.stringify(await job.ended)}`);
    await delay(10);
  }
}

/** Until rank 0 has told of something, by what matches it in the lines that it prints. */
const told = (job: Job, what: RegExp): Promise<void> => until(() => what.test(job.printed(0)), job);

/** Launchers may end a rank before its own end, once another has failed; then there is no exit code of it. */
function expectCodes(kind: JobKind, ranks: readonly RankEnd[], code: number): void {
  const codes = ranks.map((rank) => rank.code);
  if (kind.launched) expect(codes.filter((each) => each !== null && each !== code)).toEqual([]);
  else expect(codes).toEqual(codes.map(() => code));
}

function expectSilence(ranks: readonly RankEnd[]): void {
  expect(ranks.map(({ stdout, stderr }) => stdout + stderr)).toEqual(ranks.map(() => ''));
}

/** Everything of a result that must not depend on who computed it. */
export function essence({ data }: Json) {
  const { training, simulation, policy_digest } = data;
  const { wall_time_ms: _, ...trained } = training;
  if (simulation === null) return { policy_digest, trained };
  const { wall_time_ms: __, output_directory: ___, ...simulated } = simulation;
  return { policy_digest, trained, simulated };
}

const filesBelow = (directory: string): string[] =>
  (readdirSync(directory, { recursive: true }) as string[]).filter((name) => !name.includes('.cobre-tmp')).sort();

/** What a run comes to in one process, computed once for all tests of a file. */
function reference(args: readonly string[]): () => { readonly output: string; readonly result: Json } {
  let found: { readonly output: string; readonly result: Json } | null = null;
  return () => {
    if (found === null) {
      const output = join(fresh(), 'out');
      const { stdout } = alone([...args, '--output', output, '--output-format', 'json']);
      found = { output, result: JSON.parse(stdout) };
    }
    return found;
  };
}
export const single = reference([CASE, ...FEW]);
const uninterrupted = reference([CASE, ...LONG]);

/** Tests of a kind of job, or why there are none. */
export function describeRanks(kind: JobKind, tests: () => void): void {
  const { name, whyNot } = kind;
  describe(`ranks by ${name}`, () => {
    // Where everything should be there, what is missing is a failure.
    if (whyNot === null) tests();
    else if (process.env.CI === 'true') test('can be started', () => expect.fail(whyNot));
    else test.skip(`cannot be started: ${whyNot}`, () => {});
  });
}

/** What a job comes to. */
export function testPlan(kind: JobKind): void {
  const mpi = kind.backend === 'mpi';

  test('plan as one process does; rank 0 alone prints and writes', async () => {
    const output = join(fresh(), 'out');
    const job = await start(kind, [CASE, ...FEW, '--output', output, '--output-format', 'json'], {
      SLURM_JOB_ID: '4711',
    });
    const { ranks, launcher } = await job.ended;
    expect(ranks.map(({ code }) => code)).toEqual([0, 0]);
    expect(launcher ?? 0).toBe(0);
    expectSilence(ranks.slice(1));
    expect(ranks[0].stderr).toBe('');
    const result = JSON.parse(ranks[0].stdout);
    expect(result).toMatchObject({ success: true, exit_code: 0, data: { workers: SIZE } });
    expect(essence(result)).toEqual(essence(single().result));

    expect(filesBelow(output)).toEqual(filesBelow(single().output));
    expect(readdirSync(join(output, 'simulation', 'costs'))).toHaveLength(SCENARIOS);
    expect((await Policy.load(output)).digest()).toBe(single().result.data.policy_digest);
    const distribution = {
      backend: kind.backend,
      world_size: SIZE,
      ranks_participated: SIZE,
      num_nodes: 1,
      threads_per_rank: 1,
      mpi_library: mpi ? expect.stringMatching(kind.name.endsWith('openmpi') ? /Open MPI/ : /MPICH/) : null,
      mpi_standard: mpi ? expect.stringMatching(/^MPI \d\.\d$/) : null,
      thread_level: mpi ? 'Funneled' : null,
      slurm_job_id: '4711',
      start_method: null,
      hosts: [{ hostname: hostname(), ranks: [0, 1] }],
    };
    for (const part of ['training', 'simulation']) {
      const manifest = json(join(output, part, '_manifest.json'));
      expect(manifest).toMatchObject({ status: 'complete', distribution });
    }
    expect(json(join(output, 'simulation', '_manifest.json')).scenarios).toMatchObject({ completed: SCENARIOS });
  });
}

/** A training that is stopped, and goes on. */
export function testStop(kind: JobKind): void {
  test('all stop when one of them is asked to, and go on with --resume to the same end', async () => {
    const output = join(fresh(), 'out');
    const args = [CASE, '--output', output, '--output-format', 'json-lines', ...LONG];
    const job = await start(kind, args);
    await told(job, /"iteration":3,/);
    process.kill(await job.pid(1), 'SIGTERM');
    const { ranks } = await job.ended;
    expectCodes(kind, ranks, 130);
    expectSilence(ranks.slice(1));
    const cut = lastLine(ranks[0].stdout);
    expect(cut).toMatchObject({ exit_code: 130, errors: [{ kind: 'Cancelled' }], summary: { status: 'interrupted' } });
    const { iterations } = cut.data.training;
    expect(iterations).toBeGreaterThanOrEqual(3);
    expect(iterations).toBeLessThan(LIMIT);
    expect((await Policy.load(output)).data.completedIterations).toBe(iterations);

    const again = await whole(kind, [...args, '--resume']);
    expect(again.map(({ code }) => code)).toEqual([0, 0]);
    const end = lastLine(again[0].stdout);
    expect(end.data.training).toMatchObject({ policy_mode: 'resume', iterations_before: iterations });
    expect(essence(end).policy_digest).toBe(uninterrupted().result.data.policy_digest);
    expect(end.data.training.final_lower_bound).toBe(uninterrupted().result.data.training.final_lower_bound);
  });
}

/** A training that is interrupted where it was started. */
export function testInterrupt(kind: JobKind): void {
  test('save what they have when the job is interrupted', async () => {
    const output = join(fresh(), 'out');
    const endless = ['--set', `training.stopping_rules=${ENDLESS}`, '--no-simulation'];
    const job = await start(kind, [CASE, '--output', output, '--output-format', 'json-lines', ...endless]);
    await told(job, /"iteration":3,/);
    job.interrupt();
    const { ranks } = await job.ended;
    expectCodes(kind, ranks, 130);
    expectSilence(ranks.slice(1));
    const { exit_code, data } = lastLine(ranks[0].stdout);
    expect(exit_code).toBe(130);
    expect((await Policy.load(output)).data.completedIterations).toBe(data.training.iterations);
  });
}

/** A simulation that is stopped. */
export function testStopInSimulation(kind: JobKind): void {
  test('all stop in a simulation when one of them is asked to; the policy is there, no simulation is', async () => {
    const output = join(fresh(), 'out');
    const many = ['--set', 'simulation.num_scenarios=100000'];
    const job = await start(kind, [CASE, '--output', output, '--output-format', 'json-lines', ...many]);
    await told(job, /"phase":"simulation"/);
    process.kill(await job.pid(1), 'SIGTERM');
    const { ranks } = await job.ended;
    expectCodes(kind, ranks, 130);
    expectSilence(ranks.slice(1));
    expect(lastLine(ranks[0].stdout)).toMatchObject({ exit_code: 130, data: { simulation: null } });
    expect(readdirSync(output).sort()).toEqual(['checkpoints', 'policy', 'training']);
    expect((await Policy.load(output)).digest()).toBe(single().result.data.policy_digest);
  });
}

/** Jobs that come to nothing. */
export function testFailures(kind: JobKind): void {
  test('tell once that there is no such case', async () => {
    const ranks = await whole(kind, [join(folder, 'nowhere'), '--output', join(folder, 'none')]);
    expectCodes(kind, ranks, 3);
    expectSilence(ranks.slice(1));
    expect(ranks[0].stdout).toBe('');
    expect(ranks[0].stderr.match(/does not exist/g)).toHaveLength(1);
  });

  test('tell once that a case is not valid', async () => {
    const output = join(fresh(), 'out');
    const ranks = await whole(kind, [CASE, '--output', output, '--set', 'training.forward_passes=many']);
    expectCodes(kind, ranks, 2);
    expectSilence(ranks.slice(1));
    expect(ranks[0].stderr.match(/Nothing was run/g)).toHaveLength(1);
    expect(existsSync(output)).toBe(false);
  });

  test('tell once that there is nothing to resume from', async () => {
    const output = join(fresh(), 'out');
    const ranks = await whole(kind, [CASE, '--output', output, '--resume', '--output-format', 'json']);
    expectCodes(kind, ranks, 5);
    expectSilence(ranks.slice(1));
    expect(JSON.parse(ranks[0].stdout)).toMatchObject({ exit_code: 5, errors: [{ kind: 'CheckpointFailed' }] });
    expect(existsSync(output)).toBe(false);
  });

  test.runIf(process.platform === 'linux')('end soon, leaving nothing, when one of them is killed', async () => {
    const aftermath = new Aftermath();
    const output = join(fresh(), 'out');
    const endless = ['--set', `training.stopping_rules=${ENDLESS}`];
    const job = await start(kind, [CASE, '--output', output, '--output-format', 'json-lines', ...endless], {}, 3);
    await told(job, /"iteration":3,/);
    process.kill(await job.pid(1), 'SIGKILL');
    const died = performance.now();
    const { ranks, launcher } = await job.ended;
    expect(performance.now() - died).toBeLessThan(TOLD_MS);
    await aftermath.expectNothingLeft();
    if (kind.launched) {
      expect(launcher).not.toBe(0);
      return;
    }
    expect(ranks.map(({ code }) => code)).toEqual([4, null, 4]);
    expectSilence(ranks.slice(1));
    const { errors } = lastLine(ranks[0].stdout);
    expect(errors).toMatchObject([{ kind: 'WorkerError', context: { rank: 1 } }]);
    expect(errors[0].message).toMatch(/\b1\b/);
  });
}

/** A disk on which rank 0 has no room. */
export function testFullDisk(kind: JobKind): void {
  test.skipIf(WHY_NO_DISK !== null)(
    `tell once that there is no room for a checkpoint ${WHY_NO_DISK ?? ''}`,
    async () => {
      const disk = await Disk.mount('1m');
      try {
        disk.leave(8_192);
        const args = [CASE, ...FEW, '--output', join(disk.path, 'out'), '--output-format', 'json'];
        const ranks = await whole(kind, args);
        expectCodes(kind, ranks, 4);
        // All that the neighbour of rank 0 can know is that it has gone.
        const rest = (text: string) => text.replace(MPICH_ABORTS, '').replace(/^\[rank 1\] ✖ rank 0: .*\n/, '');
        expectSilence(ranks.slice(1).map((rank) => ({ ...rank, stderr: rest(rank.stderr) })));
        const { errors } = JSON.parse(ranks[0].stdout);
        expect(errors).toMatchObject([{ kind: 'IoError', context: { code: 'ENOSPC' } }]);
        expect(errors[0].suggestion).toMatch(/Make room/);
        expect(readdirSync(disk.path)).toEqual(['ballast']);
      } finally {
        await disk.end();
      }
    },
  );
}

/** What only a launcher brings. */
export function testUnderLauncher(kind: JobKind): void {
  test('are refused ranks of their own', async () => {
    const output = join(fresh(), 'out');
    const ranks = await whole(kind, [CASE, '--output', output, '--workers', '2', '--output-format', 'json']);
    expectCodes(kind, ranks, 1);
    const said = ranks.map(({ stdout }) => stdout).find((text) => text !== '') as string;
    expect(JSON.parse(said).errors).toMatchObject([{ kind: 'IncompatibleSettings' }]);
    expect(existsSync(output)).toBe(false);
  });

  test('are what a launcher says, where SLURM tells of a job as well', async () => {
    const output = join(fresh(), 'out');
    const slurm = { SLURM_JOB_ID: '4712', SLURM_PROCID: '0', SLURM_NTASKS: '2' };
    const ranks = await whole(kind, [CASE, '--output', output, '--no-simulation', '--quiet'], slurm);
    expect(ranks.map(({ code }) => code)).toEqual([0, 0]);
    expect(json(join(output, 'training', '_manifest.json')).distribution).toMatchObject({
      backend: 'mpi',
      world_size: SIZE,
      slurm_job_id: '4712',
    });
  });
}
