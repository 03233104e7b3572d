import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { joinJob, refuseJob } from '#cobre/api/join-job';
import { runCli } from '#cobre/cli/program';
import { CobreError } from '#cobre/errors';
import type { RunOptions } from '../../src/options.js';
import { fakeLibrary, fakeStudy, record, trainingResult } from './fake-library.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'cobre-cli-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What a command line asks of the library. */
async function asked(...args: string[]) {
  const seen: { options?: RunOptions; overrides?: unknown; refused: string[]; joined: number } = {
    refused: [],
    joined: 0,
  };
  const library = fakeLibrary({
    loadCase: async (_directory, options) => {
      seen.overrides = options?.configOverrides;
      return fakeStudy();
    },
    train: async (_study, options) => {
      seen.options = options!;
      return trainingResult(5, 'iteration_limit', null);
    },
    refuseJob: (_env, option) => seen.refused.push(option),
    joinJob: async () => {
      seen.joined++;
      return null;
    },
  });
  const run = record(library);
  const exitCode = await runCli(['run', directory, '--quiet', ...args], run.environment);
  return { ...seen, exitCode, stderr: run.stderr() };
}

describe('cobre run starts', () => {
  test.each([
    [['--workers', '3'], { numWorkers: 3 }],
    [['--workers', '2', '--backend', 'tcp'], { numWorkers: 2, backend: 'tcp' }],
    [['--workers', '2', '--start-method', 'spawn'], { numWorkers: 2, startMethod: 'spawn' }],
    [
      ['--workers', '2', '--backend', 'shm', '--start-method', 'thread'],
      { numWorkers: 2, backend: 'shm', startMethod: 'thread' },
    ],
    [['--backend', 'local'], { numWorkers: 1, backend: 'local' }],
  ])('%j: the workers that it is asked for, and looks for no others', async (args, options) => {
    const run = await asked(...args);
    expect(run).toMatchObject({ exitCode: 0, options, joined: 0, refused: [args[0]] });
    expect(run.options).not.toHaveProperty('communicator');
  });

  test.each([[[]], [['--backend', 'auto']]])('%j: nothing, and asks the environment instead', async (args) => {
    expect(await asked(...args)).toMatchObject({ exitCode: 0, joined: 1, refused: [], options: { numWorkers: 1 } });
  });

  test.each([
    [['--start-method', 'spawn'], /number of workers/],
    [['--backend', 'tcp'], /number of workers/],
    [['--backend', 'mpi'], /Allowed choices/],
    [['--start-method', 'fork', '--workers', '2'], /Allowed choices/],
  ])('%j: nothing, for these are wrong arguments', async (args, says) => {
    const run = await asked(...args);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(says);
  });
});

test('a process that is a rank already is told so, as wrong arguments', async () => {
  const run = record(fakeLibrary({ refuseJob }), { env: { COBRE_TCP_RANK: '1' } });
  expect(await runCli(['run', directory, '--workers', '2'], run.environment)).toBe(1);
  expect(run.stderr()).toMatch(/COBRE_TCP_RANK makes this process a rank/);
});

describe('cobre run --resume', () => {
  test('resumes', async () => {
    expect((await asked('--resume')).overrides).toEqual({ policy: { mode: 'resume' } });
  });

  test('ends with exit code 5 where there is nothing to resume from', async () => {
    const error = new CobreError('CheckpointFailed', 'nothing there', { file: 'config.json', field: 'policy.mode' });
    const run = record(fakeLibrary({ train: async () => Promise.reject(error) }));
    expect(await runCli(['run', directory, '--resume', '--output-format', 'json'], run.environment)).toBe(5);
    const { exit_code, errors } = JSON.parse(run.stdout());
    expect(exit_code).toBe(5);
    expect(errors[0]).toMatchObject({ kind: 'CheckpointFailed' });
  });

  test('says how many iterations there were already', async () => {
    const origin = { mode: 'resume', iterations: 3, directory: 'x', foreignCuts: false } as const;
    const train = async () => ({ ...trainingResult(5, 'iteration_limit', null), origin });
    const run = record(fakeLibrary({ train }));
    expect(await runCli(['run', directory, '--resume'], run.environment)).toBe(0);
    expect(run.stdout()).toContain('Training ended after 5 iterations, resumed after 3:');
  });
});

describe('the environment', () => {
  test.each([{}, { COBRE_COMM_BACKEND: 'local', COBRE_TCP_RANK: '0' }, { COBRE_TCP_COORDINATOR: '' }])(
    '%j leaves a process on its own',
    async (env) => {
      expect(await joinJob({ COBRE_COMM_BACKEND: '', ...env })).toBeNull();
      expect(() => refuseJob(env, '--workers')).not.toThrow();
    },
  );

  test.each([
    { COBRE_COMM_BACKEND: 'tcp' },
    { COBRE_TCP_RANK: '1' },
    { COBRE_SHM_RANK: '1' },
    { OMPI_COMM_WORLD_SIZE: '4' },
    { PMI_SIZE: '2' },
    { SLURM_STEP_NUM_TASKS: '8' },
  ])('%j makes a process a rank, which cannot start its own', (env) => {
    expect(() => refuseJob(env, '--workers')).toThrow(/cannot start ranks of its own/);
    try {
      refuseJob(env, '--workers');
    } catch (error) {
      expect(error).toMatchObject({ kind: 'IncompatibleSettings', field: '--workers' });
    }
  });

  // As in a batch script: a job's variables, but this process is not one of its ranks.
  test.each([{ SLURM_PROCID: '0' }, { OMPI_COMM_WORLD_SIZE: '1' }, { COBRE_TCP_COORDINATOR: 'node0' }])(
    '%j does not keep it from starting workers',
    (env) => {
      expect(() => refuseJob(env, '--workers')).not.toThrow();
    },
  );

  test('that names a backend without its settings is an error of the backend', async () => {
    await expect(joinJob({ COBRE_COMM_BACKEND: 'tcp' })).rejects.toMatchObject({
      backendKind: 'MissingConfiguration',
      context: { missing_variables: ['COBRE_TCP_COORDINATOR', 'COBRE_TCP_RANK', 'COBRE_TCP_SIZE'] },
    });
    await expect(joinJob({ COBRE_COMM_BACKEND: 'pigeon' })).rejects.toMatchObject({ backendKind: 'InvalidBackend' });
  });
});
