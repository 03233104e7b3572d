import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { BackendError } from '#cobre/comm/backend-error';
import { launcherFlavour } from '#cobre/comm/mpi/detect-launch';
import { loadNativeMpi } from '#cobre/comm/mpi/load-native';
import { runSync, startProcess } from '../support/child.js';
import { some } from '../support/long.js';
import { within } from '../support/within.js';
import { FLAVOURS, launchEnvironment, launcherOf, MPI, MpiJob } from './mpi/job.js';
import { programUrl } from './program-url.js';

// Above what a rank waits for the others by itself, so that a hang fails the test and is not mistaken for an answer.
const BOUNDED = { timeout: 40_000 };

describe('a launch by MPI', () => {
  test('tells whose launcher it was, where that can be told', () => {
    expect(launcherFlavour({ OMPI_COMM_WORLD_RANK: '1' })).toBe('openmpi');
    expect(launcherFlavour({ PMI_RANK: '1' })).toBe('mpich');
    expect(launcherFlavour({ MPI_LOCALRANKID: '1' })).toBe('mpich');
    // Open MPI's mpiexec inside a job of srun.
    expect(launcherFlavour({ PMI_RANK: '0', OMPI_COMM_WORLD_RANK: '1' })).toBe('openmpi');
    expect(launcherFlavour({ SLURM_PROCID: '0' })).toBeNull();
  });
});

describe('a native module that cannot be loaded', () => {
  const directory = mkdtempSync(join(tmpdir(), 'cobre-mpi-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const failureOf = (env: Record<string, string>, from = directory): BackendError => {
    try {
      loadNativeMpi(env, from);
    } catch (error) {
      return error as BackendError;
    }
    return expect.unreachable('it was loaded');
  };

  test('because it is not built names the command that builds it', () => {
    const error = failureOf({}, join(directory, 'nothing'));
    expect(error).toBeInstanceOf(BackendError);
    expect(error).toMatchObject({ kind: 'MpiError', backendKind: 'InitializationFailed' });
    expect(error.suggestion).toContain('`node native/build-mpi.mjs`');
  });

  test('because it is built against another library than the launcher names both', () => {
    writeFileSync(join(directory, 'mpi-mpich.node'), '');
    const error = failureOf({ OMPI_COMM_WORLD_RANK: '0' });
    expect(error).toMatchObject({ kind: 'MpiError', backendKind: 'InitializationFailed' });
    expect(error.context.detail).toMatch(/Open MPI.*MPICH/);
    expect(error.suggestion).toContain('`node native/build-mpi.mjs --mpicc mpicc.openmpi`');
  });

  test('because the file is broken says what the system says', () => {
    writeFileSync(join(directory, 'mpi-mpich.node'), 'not a library');
    const error = failureOf({ PMI_RANK: '0' });
    expect(error).toMatchObject({ kind: 'MpiError', backendKind: 'InitializationFailed' });
    expect(error.context.detail).toContain('mpi-mpich.node');
  });
});

test('no MPI library is in a process that did not ask for MPI', async () => {
  await import('#cobre/comm/index');
  const { sharedObjects } = process.report.getReport() as unknown as { sharedObjects: string[] };
  expect(sharedObjects.filter((path) => /libmpi|libmpich/.test(path))).toEqual([]);
});

describe.runIf(FLAVOURS.some((flavour) => 'launcher' in MPI[flavour]))('without a launcher', BOUNDED, () => {
  test('one rank needs no launcher', () => {
    const only = fileURLToPath(programUrl('mpi-faults'));
    const { status, stdout } = runSync(process.execPath, [only, 'forgetsToClose', '1'], { env: launchEnvironment() });
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'passed\n' });
  });

  test('a launcher that meant more ranks than the library sees is reported, not taken for one rank', () => {
    const only = fileURLToPath(programUrl('mpi-faults'));
    const { status, stderr } = runSync(process.execPath, [only, 'forgetsToClose', '1'], {
      env: { ...launchEnvironment(), SLURM_PROCID: '0', SLURM_STEP_NUM_TASKS: '4' },
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/the launcher started 4 ranks, but .* sees 1/);
  });
});

describe.each(some(FLAVOURS, 1))('under mpiexec of %s', BOUNDED, (flavour) => {
  const found = MPI[flavour];
  // Where everything should be there, what is missing is a failure.
  if ('missing' in found) {
    if (process.env.CI === 'true') test('ranks can be started', () => expect.fail(found.missing));
    else test.skip(`nothing is tested: ${found.missing}`, () => {});
    return;
  }

  const start = async (act: string, { size = 3, culprit = 1 } = {}) => {
    const program = fileURLToPath(programUrl('mpi-faults'));
    const child = startProcess(
      launcherOf(flavour),
      ['-n', String(size), process.execPath, program, act, String(culprit)],
      {
        env: launchEnvironment(),
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let [stdout, stderr] = ['', ''];
    child.stdout!.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr!.on('data', (chunk) => {
      stderr += chunk;
    });
    const [code] = await once(child, 'close');
    return { code: code as number | null, stdout, stderr };
  };

  test.each(['uncaught', 'rejects'])('an error that nobody catches (%s) is printed and ends all ranks', async (act) => {
    const { code, stderr } = await start(act);
    expect(code).not.toBe(0);
    expect(stderr).toContain('the cause');
  });

  test.each(['closesOnTheWayOut', 'closesWhileOthersWaitInSplit'])(
    'ranks that wait for one that closes early are told, and its error is printed (%s)',
    async (act) => {
      const { code, stderr } = await start(act);
      expect(code).not.toBe(0);
      expect(stderr).toContain('the cause');
      expect(stderr).toMatch(/rank 1 has closed the communicator/);
    },
  );

  test('a rank that is killed takes the others with it', async () => {
    expect((await start('killed')).code).not.toBe(0);
  });

  test('a rank that does not come is given up after the timeout, and the job ends', async () => {
    const { code, stderr } = await start('neverComes');
    expect(code).not.toBe(0);
    expect(stderr).toContain('not all ranks came within 1000 ms');
  });

  test('with a limit of 2 s, a rank that does not come is an error within 3 s', async () => {
    const program = fileURLToPath(programUrl('environment-rank'));
    const args = ['-n', '2', process.execPath, program, 'late', '2000'];
    const child = startProcess(launcherOf(flavour), args, {
      env: launchEnvironment(),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let stdout = '';
    child.stdout!.on('data', (chunk) => {
      stdout += chunk;
    });
    await once(child, 'close');
    const seen = JSON.parse(stdout.split('\n').find((line) => line.startsWith('{')) ?? expect.fail(stdout));
    expect(seen).toMatchObject({ commKind: 'CollectiveFailed', context: { operation: 'barrier' } });
    expect(seen.message).toBe('barrier failed: not all ranks came within 2000 ms');
    expect(seen.ms).toBeGreaterThan(1_950);
    expect(seen.ms).toBeLessThan(within(3_000));
  });

  test('a rank that leaves early with exit code 0 fails what the others call, now and later', async () => {
    const { code, stdout } = await start('leavesEarly');
    expect(code).toBe(0);
    const perRank = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const failed = (operation: string) => ({
      commKind: 'CollectiveFailed',
      operation,
      mpiErrorCode: null,
      failedRank: 1,
    });
    expect(perRank).toEqual([0, 2].map(() => [failed('barrier'), failed('broadcast')]));
  });

  test('ranks that never close end well', async () => {
    expect(await start('forgetsToClose')).toMatchObject({ code: 0, stdout: 'passed\n' });
  });

  test('WebAssembly that leaves its memory is still an error that can be caught', async () => {
    expect(await start('trapsInWasm', { size: 2 })).toMatchObject({ code: 0, stdout: 'memory access out of bounds\n' });
  });

  test('the library and the version of the standard are those that the launcher is of', async () => {
    const { code, stdout } = await start('describes', { size: 2 });
    expect(code).toBe(0);
    const { libraryName, standardVersion } = JSON.parse(stdout);
    const launcher = runSync(launcherOf(flavour), ['--version']).stdout;
    const version = /\d+\.\d+\.\d+/.exec(launcher)![0];
    expect(libraryName).toMatch(flavour === 'openmpi' ? /^Open MPI v/ : /^MPICH Version: /);
    expect(libraryName).toContain(version);
    expect(standardVersion).toMatch(/^[34]\.\d$/);
  });

  test('data beyond what one call can count goes through in pieces', async () => {
    const job = new MpiJob(flavour, 3);
    try {
      // A limit of 1000 elements in place of 2^31 - 1.
      const large = [{ check: 'large', elements: 10_007 }];
      expect(await job.run(programUrl('conformance'), large, { countLimit: 1_000 })).toEqual(
        [0, 1, 2].map(() => [expect.objectContaining({ gathered: true, reduced: true, sent: true })]),
      );
      // Only the last rank's region lies beyond it.
      const uneven = { check: 'gather', kind: 'Int16Array', counts: [9, 0, 995], displs: [1, 0, 11], length: 1_007 };
      const sends = uneven.counts.map((n, r) => Array.from({ length: n }, (_, i) => i + r));
      const expected = new Int16Array(1_007).fill(-5);
      for (const [r, values] of sends.entries()) expected.set(values, uneven.displs[r]);
      const results = await job.run<Uint8Array[]>(programUrl('conformance'), [{ ...uneven, sends, sentinel: -5 }], {
        countLimit: 1_000,
      });
      for (const [bytes] of results) expect(bytes).toEqual(new Uint8Array(expected.buffer));
    } finally {
      job.end();
    }
  });
});
