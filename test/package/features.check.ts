import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../support/child.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** A build compiles everything, and shares the machine with other tests. */
const BUILD = { timeout: 120_000 };

/** A package of its own inside the real one, so that it finds the same dependencies. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(root, 'dist', 'features-'));
  await copyFile(join(root, 'package.json'), join(folder, 'package.json'));
});
afterAll(() => rm(folder, { recursive: true }));

const build = (...args: string[]) =>
  run(process.execPath, ['build.mjs', '--outDir', join(folder, 'dist'), ...args], { cwd: root });
const has = (file: string): boolean => existsSync(join(folder, 'dist', file));
const features = async (): Promise<unknown> => JSON.parse(await readFile(join(folder, 'dist/features.json'), 'utf8'));

/** What a script that imports `cobre/comm` of the built package prints, as JSON. */
async function evaluate(script: string, env: Record<string, string> = {}): Promise<unknown> {
  const file = join(folder, 'script.mjs');
  await writeFile(
    file,
    `import { availableBackends, createCommunicator, runRanks } from 'cobre/comm';
    const attempt = (promise) => promise.then((value) => value, (error) => error.toJSON());
    console.log(JSON.stringify(${script}));`,
  );
  const { stdout } = await run(process.execPath, [file], { env: { ...process.env, ...env } });
  return JSON.parse(stdout);
}

describe('a build with --features tcp', () => {
  beforeAll(async () => {
    await build('--features', 'tcp');
  }, BUILD.timeout);

  test('contains no other backend, and says so', async () => {
    expect(['src/comm/shm', 'src/comm/mpi', 'workers/rank-thread.js'].filter(has)).toEqual([]);
    expect(has('src/comm/local/local-communicator.js')).toBe(true);
    expect(await features()).toEqual({ features: ['tcp'] });
    expect(await evaluate('availableBackends()')).toEqual(['tcp', 'local']);
  });

  test('runs locally, and refuses the rest by name', async () => {
    expect(await evaluate('(await createCommunicator()).size')).toBe(1);
    const refusal = {
      kind: 'IncompatibleSettings',
      context: { requested_value: 'shm', available_backends: ['tcp', 'local'], build_features: ['tcp'] },
    };
    expect(await evaluate('await attempt(createCommunicator())', { COBRE_COMM_BACKEND: 'shm' })).toMatchObject(refusal);
    expect(await evaluate('await attempt(runRanks("script.mjs", { size: 2 }))')).toMatchObject(refusal);
  });

  test('runs ranks over TCP', async () => {
    await writeFile(join(folder, 'program.mjs'), 'export default (comm) => comm.size;');
    expect(
      await evaluate('await runRanks(new URL("program.mjs", import.meta.url), { size: 2, backend: "tcp" })'),
    ).toEqual([2, 2]);
  });

  test('trains with one worker', async () => {
    await writeFile(
      join(folder, 'train.mjs'),
      `import { train } from 'cobre';
      const { iterations } = await train(process.argv[2]);
      console.log(iterations > 0);`,
    );
    const { stdout } = await run(process.execPath, [join(folder, 'train.mjs'), join(root, 'examples/one-reservoir')]);
    expect(stdout).toBe('true\n');
  });
});

test('a build with --features mpi has all that its code needs', BUILD, async () => {
  await build('--features', 'mpi');
  expect(await evaluate('await attempt(createCommunicator("mpi"))')).toMatchObject({
    kind: 'MpiError',
    // The native module is not in that folder.
    context: { backend: 'mpi', operation: 'load' },
  });
});

// The profiles of the specification; that with everything is what all other tests run on.
test.each([
  ['CLI / HPC', 'mpi'],
  ['Python wheel', 'tcp,shm'],
  ['Test / CI', 'none'],
])(
  '%s: a build with --features %s has those and local, takes local by itself, and refuses the rest',
  async (_, list) => {
    await build('--features', list);
    const wanted = ['mpi', 'tcp', 'shm'].filter((name) => list.split(',').includes(name));
    const available = [...wanted, 'local'];
    expect(await evaluate('availableBackends()')).toEqual(available);
    expect(await evaluate('(await createCommunicator()).size')).toBe(1);
    for (const missing of ['mpi', 'tcp', 'shm'].filter((name) => !wanted.includes(name))) {
      expect(await evaluate('await attempt(createCommunicator())', { COBRE_COMM_BACKEND: missing })).toMatchObject({
        kind: 'IncompatibleSettings',
        message: `Communication backend '${missing}' is not available in this build`,
        context: { setting: 'COBRE_COMM_BACKEND', available_backends: available, build_features: wanted },
      });
    }
  },
);

test('a build has again what an earlier one lacked', BUILD, async () => {
  await build('--features', 'none');
  expect(await features()).toEqual({ features: [] });
  expect(['src/comm/shm', 'src/comm/tcp', 'src/comm/mpi', 'workers/rank-thread.js'].filter(has)).toEqual([]);
  await build('--features', 'shm,mpi');
  expect(has('src/comm/shm/shm-communicator.js') && has('workers/rank-thread.js')).toBe(true);
  expect(await features()).toEqual({ features: ['mpi', 'shm'] });
  await build();
  expect(await features()).toEqual({ features: ['mpi', 'tcp', 'shm'] });
});

test('a feature that does not exist is refused before anything is built', async () => {
  const before = await features();
  await expect(build('--features', 'tcp,smoke')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("no feature 'smoke'; choose from mpi, tcp, shm, or none"),
  });
  expect(await features()).toEqual(before);
});
