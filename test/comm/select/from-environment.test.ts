import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { run } from '../../support/child.js';
import { FLAVOURS, launchEnvironment, launcherOf, MPI } from '../mpi/job.js';
import { freshName, WHY_NOT } from '../shm-gang.js';
import { freePort } from '../tcp/spawn-ranks.js';

/** A program that takes the communicator which the environment selects; each rank prints a line. */
const PROGRAM = fileURLToPath(new URL('../../../examples/spmd/allreduce.mjs', import.meta.url));
const BOUNDED = { timeout: 60_000 };

/** Runs it in processes with these environments; what they printed, sorted. */
async function linesOf(environments: readonly NodeJS.ProcessEnv[]): Promise<string[]> {
  const runs = environments.map((env) => run(process.execPath, [PROGRAM], { env: { ...launchEnvironment(), ...env } }));
  return (await Promise.all(runs)).map(({ stdout }) => stdout);
}

const expected = (size: number) =>
  Array.from({ length: size }, (_, rank) =>
    expect.stringMatching(`^rank ${rank} of ${size}: my part .*, pi = 3\\.141592654\\s*$`),
  );

const rankEnvironments = (size: number, of: (rank: string) => Record<string, string>) =>
  Array.from({ length: size }, (_, rank) => of(String(rank)));

describe.each([1, 2, 3])('%i processes find each other by what the environment says', BOUNDED, (size) => {
  test.each(['tcp', 'auto'])('over TCP, as %s finds', async (backend) => {
    const port = await freePort();
    const environments = rankEnvironments(size, (rank) => ({
      COBRE_COMM_BACKEND: backend,
      COBRE_TCP_COORDINATOR: `127.0.0.1:${port}`,
      COBRE_TCP_BIND_ADDR: '127.0.0.1',
      COBRE_TCP_RANK: rank,
      COBRE_TCP_SIZE: String(size),
      COBRE_TCP_TOKEN: 'of this test',
    }));
    expect(await linesOf(environments)).toEqual(expected(size));
  });

  // Whether it may be missing is for shm-processes.test.ts to say.
  const notHere = WHY_NOT === null ? '' : ` (${WHY_NOT})`;
  test.runIf(WHY_NOT === null).each(['shm', 'auto'])(`in a POSIX segment, as %s finds${notHere}`, async (backend) => {
    const name = freshName();
    const environments = rankEnvironments(size, (rank) => ({
      COBRE_COMM_BACKEND: backend,
      COBRE_SHM_NAME: name,
      COBRE_SHM_RANK: rank,
      COBRE_SHM_SIZE: String(size),
    }));
    expect(await linesOf(environments)).toEqual(expected(size));
    if (process.platform === 'linux') expect(readdirSync('/dev/shm')).not.toContain(name.slice(1));
  });

  // Whether they may be missing is for mpi.test.ts to say.
  test.each(FLAVOURS.filter((flavour) => 'launcher' in MPI[flavour]))('under mpiexec of %s', async (flavour) => {
    const args = ['-n', String(size), process.execPath, PROGRAM];
    const { stdout } = await run(launcherOf(flavour), args, { env: launchEnvironment() });
    expect(stdout.trimEnd().split('\n').sort()).toEqual(expected(size));
  });
});
