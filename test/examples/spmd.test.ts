import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type RunRanksOptions, runRanks } from '#cobre/comm/index';

const folder = new URL('../../examples/spmd/', import.meta.url);
const PROGRAMS = ['allgatherv', 'allreduce', 'barrier', 'broadcast', 'shared-region', 'split-local'];

/** Ways to start ranks, and how many. */
const LAUNCHES: readonly {
  readonly name: string;
  readonly options: Omit<RunRanksOptions, 'size'>;
  readonly sizes: number[];
}[] = [
  { name: 'threads', options: {}, sizes: [1, 2, 3] },
  { name: 'local', options: { backend: 'local' }, sizes: [1] },
  { name: 'local process', options: { backend: 'local', startMethod: 'spawn' }, sizes: [1] },
];

test('every program in the folder is tested', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.mjs') && name !== 'standalone.mjs');
  expect(files.sort()).toEqual(PROGRAMS.map((name) => `${name}.mjs`));
});

describe.each(PROGRAMS)('examples/spmd/%s', (program) => {
  const file = new URL(`${program}.mjs`, folder);

  test.each(LAUNCHES)('agrees with itself on $name', async ({ options, sizes }) => {
    for (const size of sizes) {
      const results = await runRanks(file, { ...options, size });
      expect(results).toHaveLength(size);
      // What is the same for all ranks must be so to the bit.
      if (['allreduce', 'allgatherv', 'broadcast'].includes(program)) {
        for (const result of results) expect(result).toEqual(results[0]);
      }
    }
  });

  test('prints one line a rank, started by itself and by runRanks', async () => {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(COBRE|PMI|OMPI|SLURM)_/.test(name)),
    );
    const alone = await promisify(execFile)(process.execPath, [fileURLToPath(file)], { env });
    expect(alone.stdout).toMatch(/^rank 0 of 1: .+\n$/);
    const script = `
      import { runRanks } from 'cobre/comm';
      await runRanks(${JSON.stringify(file.href)}, { size: 3 });`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      env,
      cwd: fileURLToPath(folder),
    });
    expect(stdout.trimEnd().split('\n').sort()).toEqual(
      [0, 1, 2].map((rank) => expect.stringMatching(`^rank ${rank} of 3: `)),
    );
  });
});
