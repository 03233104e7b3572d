import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { simulate } from '#cobre/api/simulate';
import { train } from '#cobre/api/train';
import type { Study } from '#cobre/case/study';
import { CobreError, WorkerError } from '#cobre/errors';
import { checkpointFolder, listCheckpoints, listTrainings } from '#cobre/results/checkpoints';
import { Policy } from '#cobre/results/policy';
import { launchEnvironment } from '../comm/mpi/job.js';
import { runSync } from '../support/child.js';
import { BINARY } from '../support/cli-job.js';
import { withPolicy } from '../support/configured.js';
import { Disk, WHY_NO_DISK } from '../support/disk.js';
import { some } from '../support/long.js';
import { limited } from '../support/run-bits.js';
import { discounted } from '../support/small-study.js';

const CASE = join(import.meta.dirname, '..', '..', 'examples', 'one-reservoir');
const SCENARIOS = 12;
const every = (study: Study, interval: number) =>
  withPolicy(study, { checkpointing: { firstIteration: interval, interval } });
const resumed = (study: Study) => withPolicy(study, { ...study.config.policy, mode: 'resume', path: './policy' });

/** All files below a directory, by a hash of what is in each. */
function contents(directory: string): Record<string, string> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [file.slice(directory.length + 1), createHash('sha256').update(readFileSync(file)).digest('hex')]),
  );
}

async function failureOf(call: Promise<unknown>): Promise<CobreError> {
  const error = await call.then(
    () => expect.fail('it was to fail'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CobreError);
  return error as CobreError;
}

/** What a person is told, whoever wrote the file: `code` of the system, the file, what to do. */
function expectIoError(error: CobreError, code: string, file: RegExp, suggestion: RegExp): void {
  const own = error instanceof WorkerError ? error.inner : error;
  expect(own).toMatchObject({ kind: 'IoError' });
  expect((own as CobreError).context.code).toBe(code);
  expect(error.file).toMatch(file);
  expect(error.suggestion).toMatch(suggestion);
}

const reason = WHY_NO_DISK === null ? '' : ` (${WHY_NO_DISK})`;

describe.skipIf(WHY_NO_DISK !== null)(`on a disk that fails${reason}`, () => {
  let disk: Disk;
  let output: string;
  beforeEach(async () => {
    disk = await Disk.mount('8m');
    output = join(disk.path, 'out');
  });
  afterEach(() => disk.end());

  /** A complete run that is there already. */
  async function earlierRun(): Promise<Record<string, string>> {
    const study = limited(every(discounted(), 2), 4, 3);
    const { policy } = await train(study, { outputDirectory: output });
    await simulate(study, policy, { outputDirectory: output, scenarios: SCENARIOS });
    const files = contents(output);
    expect(Object.keys(files).filter((file) => file.startsWith('simulation/costs'))).toHaveLength(SCENARIOS);
    return files;
  }

  async function expectNothingHalf(): Promise<void> {
    expect(readdirSync(output).filter((name) => name.startsWith('.'))).toEqual([]);
    for (const checkpoint of listTrainings(checkpointFolder(output)).flatMap(listCheckpoints))
      await Policy.load(checkpoint);
  }

  describe.each(some([2, 1], 1))('with %i workers', (numWorkers) => {
    test('that is read-only: says so, and changes nothing', async () => {
      const before = await earlierRun();
      disk.setReadOnly(true);
      const study = limited(discounted(), 3);
      const { policy } = await train(study);
      const fresh = join(disk.path, 'fresh');
      const calls = [output, fresh].flatMap((outputDirectory) => [
        () => train(study, { numWorkers, outputDirectory }),
        () => simulate(study, policy, { numWorkers, outputDirectory, scenarios: 2 }),
      ]);
      for (const [i, call] of calls.entries()) {
        const where = i < 2 ? /out$/ : /fresh$/;
        expectIoError(await failureOf(call()), 'EROFS', where, /choose another directory/);
      }
      expect(contents(output)).toEqual(before);
      expect(readdirSync(disk.path)).toEqual(['out']);
    });

    test('that fills up before a checkpoint: earlier results stay, no checkpoint is half written', async () => {
      const before = await earlierRun();
      let filled = false;
      const study = limited(every(discounted(), 3), 100_000, 4);
      const error = await failureOf(
        train(study, {
          numWorkers,
          outputDirectory: output,
          onProgress: ({ iteration }) => {
            if (filled || iteration !== 4) return;
            filled = true;
            disk.fill();
          },
        }),
      );
      expectIoError(error, 'ENOSPC', /checkpoints.\d{4}_[0-9a-f]{12}.iteration_\d{6}/, /Make room/);
      const after = contents(output);
      expect(after).toMatchObject(before);
      const more = Object.keys(after).filter((file) => !(file in before));
      // The one of iteration 3, at least.
      expect(new Set(more.map((file) => file.split('/')[0]))).toEqual(new Set(['checkpoints']));
      await expectNothingHalf();

      disk.makeRoom();
      const short = limited(study, latestIteration(output) + 4);
      const result = await train(resumed(short), { numWorkers, outputDirectory: output });
      expect(result.origin.iterations).toBeGreaterThanOrEqual(3);
      expect(result.policy.digest()).toBe((await train(short)).policy.digest());
    });

    test('that fills up before the results: earlier ones stay, and with room the run succeeds', async () => {
      const before = await earlierRun();
      const study = limited(
        withPolicy(discounted(), { checkpointing: { ...discounted().config.policy.checkpointing, enabled: false } }),
        6,
        5,
      );
      disk.fill();
      const run = () => train(study, { numWorkers, outputDirectory: output });
      expectIoError(await failureOf(run()), 'ENOSPC', new RegExp(output), /Make room/);
      expect(contents(output)).toEqual(before);
      await expectNothingHalf();

      // Some of it fits, and not all.
      disk.makeRoom();
      disk.leave(50_000);
      const error = await failureOf(run());
      expectIoError(error, 'ENOSPC', /\.cobre-tmp-.*\/new\/(training|policy)\//, /Make room/);
      expect(contents(output)).toEqual(before);
      await expectNothingHalf();

      disk.makeRoom();
      const { policy } = await run();
      expect((await Policy.load(output)).digest()).toBe(policy.digest());
    });

    test('that fills up in a simulation: the earlier one stays, and with room it succeeds', async () => {
      const before = await earlierRun();
      const policy = await Policy.load(output);
      const study = limited(every(discounted(), 2), 4, 3);
      let filled = false;
      const error = await failureOf(
        simulate(study, policy, {
          numWorkers,
          outputDirectory: output,
          scenarios: 20_000,
          onProgress: ({ scenariosComplete }) => {
            if (filled || (scenariosComplete ?? 0) < 5) return;
            filled = true;
            disk.fill();
          },
        }),
      );
      expectIoError(error, 'ENOSPC', /\.cobre-tmp-.*\/new\/simulation\//, /Make room/);
      expect(contents(output)).toEqual(before);
      await expectNothingHalf();

      disk.makeRoom();
      const result = await simulate(study, policy, { numWorkers, outputDirectory: output, scenarios: SCENARIOS + 8 });
      expect(result.complete).toBe(true);
      expect(readdirSync(join(output, 'simulation', 'costs'))).toHaveLength(SCENARIOS + 8);
    });

    test('cobre run tells the file and what to do, and ends with 4', () => {
      const cobre = (...args: string[]) =>
        runSync(process.execPath, [BINARY, 'run', CASE, '--output', output, '--workers', `${numWorkers}`, ...args], {
          env: launchEnvironment(),
        });
      disk.leave(8_192);
      const full = cobre('--output-format', numWorkers === 1 ? 'json' : 'human');
      expect(full.status).toBe(4);
      if (numWorkers === 1) {
        const [error] = JSON.parse(full.stdout).errors;
        expect(error).toMatchObject({ kind: 'IoError', context: { code: 'ENOSPC' } });
        expect(error.context.file).toMatch(/checkpoints/);
        expect(error.suggestion).toMatch(/Make room/);
      } else {
        expect(full.stderr).toMatch(/✖ .*checkpoints.*\n +problem +rank 0: .*no space.*\n +to do +Make room/);
      }
      expect(readdirSync(disk.path)).toEqual(['ballast']);

      disk.makeRoom();
      disk.setReadOnly(true);
      const readOnly = cobre('--output-format', 'json');
      expect(readOnly.status).toBe(4);
      expect(JSON.parse(readOnly.stdout).errors).toMatchObject([{ kind: 'IoError', context: { code: 'EROFS' } }]);
      expect(readdirSync(disk.path)).toEqual([]);
    });
  });
});

function latestIteration(output: string): number {
  const [last] = listTrainings(checkpointFolder(output)).slice(0, 1).flatMap(listCheckpoints);
  return Number(last.slice(-6));
}
