import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type RunRanksOptions, runRanks } from '#cobre/comm/index';
import { FLAVOURS, type Flavour, MPI, MpiJob } from '../comm/mpi/job.js';
import { WHY_NOT } from '../comm/shm-gang.js';
import { run } from '../support/child.js';
import { some } from '../support/long.js';

const folder = new URL('../../examples/spmd/', import.meta.url);
const PROGRAMS = ['allgatherv', 'allreduce', 'barrier', 'broadcast', 'shared-region', 'split-local', 'zero-copy'];

const SIZES = some([3, 2, 1], 1);

type Launch = (file: URL, size: number) => Promise<unknown[]>;

const through =
  (options: Omit<RunRanksOptions, 'size'>): Launch =>
  (file, size) =>
    runRanks(file, { ...options, size });

const under =
  (flavour: Flavour): Launch =>
  async (file, size) => {
    const job = new MpiJob(flavour, size);
    try {
      return await job.run(file, null, {});
    } finally {
      job.end();
    }
  };

/** Ways to start ranks, and how many. What is missing here is told by the tests of its backend. The sweep has all. */
const ALL_LAUNCHES: readonly { readonly name: string; readonly launch: Launch; readonly sizes: readonly number[] }[] = [
  { name: 'threads', launch: through({}), sizes: SIZES },
  { name: 'the local backend', launch: through({ backend: 'local' }), sizes: [1] },
  { name: 'a process of the local backend', launch: through({ backend: 'local', startMethod: 'spawn' }), sizes: [1] },
  ...(WHY_NOT === null
    ? [{ name: 'processes over a segment', launch: through({ startMethod: 'spawn' }), sizes: SIZES }]
    : []),
  { name: 'processes over TCP', launch: through({ backend: 'tcp' }), sizes: SIZES },
  ...FLAVOURS.filter((flavour) => 'launcher' in MPI[flavour]).map((flavour) => ({
    name: `mpiexec of ${flavour}`,
    launch: under(flavour),
    sizes: SIZES,
  })),
];
const LAUNCHES = some(
  ALL_LAUNCHES,
  ALL_LAUNCHES.findIndex(({ name }) => name === 'processes over TCP'),
);

test('every program in the folder is tested', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.mjs') && name !== 'standalone.mjs');
  expect(files.sort()).toEqual(PROGRAMS.map((name) => `${name}.mjs`));
});

describe.each(PROGRAMS)('examples/spmd/%s', (program) => {
  const file = new URL(`${program}.mjs`, folder);

  test.each(LAUNCHES)('agrees with itself on $name', async ({ launch, sizes }) => {
    for (const size of sizes) {
      const results = await launch(file, size);
      expect(results).toHaveLength(size);
      // What is the same for all ranks must be so to the bit.
      if (['allreduce', 'allgatherv', 'broadcast', 'zero-copy'].includes(program)) {
        for (const result of results) expect(result).toEqual(results[0]);
      }
    }
  });

  test('prints one line a rank, started by itself and by runRanks', async () => {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(COBRE|PMI|OMPI|SLURM)_/.test(name)),
    );
    const alone = await run(process.execPath, [fileURLToPath(file)], { env });
    expect(alone.stdout).toMatch(/^rank 0 of 1: .+\n$/);
    const script = `
      import { runRanks } from 'cobre/comm';
      await runRanks(${JSON.stringify(file.href)}, { size: 3 });`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
      env,
      cwd: fileURLToPath(folder),
    });
    expect(stdout.trimEnd().split('\n').sort()).toEqual(
      [0, 1, 2].map((rank) => expect.stringMatching(`^rank ${rank} of 3: `)),
    );
  });
});
