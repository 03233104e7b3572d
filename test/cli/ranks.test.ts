import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { JOB_KINDS, tcpPlaces } from '../support/cli-job.js';
import {
  alone,
  CASE,
  describeRanks,
  essence,
  FEW,
  fresh,
  json,
  single,
  testFailures,
  testFullDisk,
  testPlan,
} from './ranks-suite.js';

/** One of each backend; the sweep has MPICH beside Open MPI. */
for (const kind of JOB_KINDS.slice(0, 3)) {
  describeRanks(kind, () => {
    testPlan(kind);
    // The rest of the tests of the other kinds, whose launchers are slow to start, is in test/sweep.
    if (kind.backend !== 'tcp') return;
    testFailures(kind);
    testFullDisk(kind);
  });
}

describe('a process by itself', () => {
  const someMpi = JOB_KINDS.some(({ backend, whyNot }) => backend === 'mpi' && whyNot === null);

  test.runIf(someMpi || process.env.CI === 'true')('is an MPI job of one rank where SLURM numbers it', () => {
    const output = join(fresh(), 'out');
    const args = [CASE, ...FEW, '--output', output, '--output-format', 'json'];
    const { status, stdout, stderr } = alone(args, { SLURM_PROCID: '0', SLURM_JOB_ID: '4711' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(essence(JSON.parse(stdout))).toEqual(essence(single().result));
    expect(json(join(output, 'training', '_manifest.json')).distribution).toMatchObject({
      backend: 'mpi',
      world_size: 1,
      slurm_job_id: '4711',
      hosts: [{ hostname: hostname(), ranks: [0] }],
    });
  });

  test('in a batch script of SLURM may start ranks of its own', () => {
    const output = join(fresh(), 'out');
    const args = [CASE, '--output', output, '--workers', '2', '--no-simulation', '--quiet'];
    const slurm = { SLURM_PROCID: '0', SLURM_JOB_ID: '4713', SLURM_NTASKS: '2' };
    expect(alone(args, slurm)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(json(join(output, 'training', '_manifest.json')).distribution).toMatchObject({
      backend: 'shm',
      world_size: 2,
      slurm_job_id: '4713',
    });
  });

  test('is told which variables its backend lacks', () => {
    const { status, stdout, stderr } = alone([CASE, '--output-format', 'json'], { COBRE_COMM_BACKEND: 'tcp' });
    expect(stderr).toBe('');
    expect(status).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({ success: false, exit_code: 4, data: null });
    expect(JSON.parse(stdout).errors).toEqual([
      {
        kind: 'IncompatibleSettings',
        message: 'TCP backend requires COBRE_TCP_COORDINATOR, COBRE_TCP_RANK, and COBRE_TCP_SIZE to be set',
        context: {
          setting: 'COBRE_COMM_BACKEND',
          requested_value: 'tcp',
          missing_variables: ['COBRE_TCP_COORDINATOR', 'COBRE_TCP_RANK', 'COBRE_TCP_SIZE'],
        },
        suggestion: expect.stringContaining('COBRE_TCP_COORDINATOR=host'),
      },
    ]);
  });

  test('that has a place over TCP is refused ranks of its own', async () => {
    const output = join(fresh(), 'out');
    const [place] = await tcpPlaces(2);
    const { status, stdout } = alone([CASE, '--output', output, '--workers', '2', '--output-format', 'json'], place);
    expect(status).toBe(1);
    expect(JSON.parse(stdout).errors).toMatchObject([
      { kind: 'IncompatibleSettings', message: expect.stringContaining('COBRE_TCP_RANK') },
    ]);
    expect(existsSync(output)).toBe(false);
  });
});
