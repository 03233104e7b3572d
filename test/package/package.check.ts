import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runSync, type SpawnSyncReturns } from '../support/child.js';

const root = join(import.meta.dirname, '..', '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const PLATFORM = `${process.platform}-${process.arch}`;
const { whyNotPortable } = (await import(join(root, 'native/portable.mjs'))) as {
  whyNotPortable(file: string): string | null;
};
/** 345 kB when this was written. What it is to notice: maps, tests, outputs, a library that was linked in. */
const LARGEST_PACKAGE = 900_000;
/** All that the consumer's machine has: Node and a shell, and no compiler. */
const TOOLS = ['node', 'npm', 'npx', 'sh', 'env'];
const COMPILERS = ['cc', 'gcc', 'clang', 'c99', 'tcc', 'make', 'mpicc'];
/** What npm is told by its user; the rest of its variables describe the project that runs this test. */
const NPM_SETTINGS = ['npm_config_cache', 'npm_config_registry', 'npm_config_userconfig', 'npm_config_globalconfig'];

/** Above what installing takes on a slow machine [ms]. */
const BOUND_MS = 280_000;

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cobre-package-')));
const tools = join(folder, 'bin');
const app = join(folder, 'app');
const installed = join(app, 'node_modules', 'cobre');
const prebuilt = join(installed, 'native', 'built', PLATFORM);
let tarball: string;

const inherited = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_|COBRE_|CC$)/.test(name) || NPM_SETTINGS.includes(name)),
);
const bare = { ...inherited, PATH: tools };

function inPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((each) => join(each, name)).find((path) => existsSync(path));
}

/** Runs a command in the consumer's project, on the consumer's machine unless told otherwise. */
function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = bare): SpawnSyncReturns<string> {
  // What loads vitest is not for them.
  return runSync(command, args, { cwd: app, env: { ...env, NODE_OPTIONS: '' }, boundMs: BOUND_MS });
}

function outputOf(command: string, args: readonly string[], env?: NodeJS.ProcessEnv): string {
  const { status, stdout, stderr, error } = run(command, args, env);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${status} ${error ?? ''}\n${stdout}\n${stderr}`);
  return stdout;
}

const runRanks = (backend: string, startMethod: string): unknown =>
  JSON.parse(outputOf('node', ['run.mjs', backend, startMethod]));

const filesOf = (path: string): string[] =>
  readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((file) => statSync(join(path, file)).isFile());

beforeAll(() => {
  mkdirSync(tools);
  for (const name of TOOLS) symlinkSync(inPath(name) ?? name, join(tools, name));
  // As an earlier version of the source would have left it.
  mkdirSync(join(root, 'dist/src'), { recursive: true });
  writeFileSync(join(root, 'dist/src/left-over.js'), '');
  const { status, stderr } = runSync('npm', ['pack', '--loglevel=error', '--pack-destination', folder], {
    cwd: root,
    env: { ...inherited, NODE_OPTIONS: '' },
    boundMs: BOUND_MS,
  });
  if (status !== 0) throw new Error(`npm pack: ${status}\n${stderr}`);
  tarball = join(folder, `cobre-${manifest.version}.tgz`);
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }');
  outputOf('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball]);
  cpSync(join(import.meta.dirname, 'consumer'), app, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the package', () => {
  const ALLOWED = [
    /^(package\.json|README\.md|LICENSE)$/,
    /^dist\/features\.json$/,
    /^dist\/(src|workers)\/[\w/-]+\.(js|d\.ts)$/,
    /^native\/[\w-]+\.mjs$/,
    /^native\/src\/[\w-]+\.[ch]$/,
    /^native\/built\/[a-z]+-[a-z\d]+\/(?!mpi-)[\w-]+\.node$/,
    /^docs\/[\w/.-]+\.(md|pml|sh|svg|json)$/,
    /^examples\/[\w/.-]+\.(md|mjs|json|parquet)$/,
  ];

  test('has what it needs to run and to build its native modules, and nothing else', () => {
    const files = filesOf(installed);
    expect(files.filter((file) => !ALLOWED.some((pattern) => pattern.test(file)))).toEqual([]);
    expect(files).not.toContain('dist/src/left-over.js');
    const entries = Object.values<string | Record<string, string>>(manifest.exports);
    const named = entries.flatMap((entry) => (typeof entry === 'string' ? [entry] : Object.values(entry)));
    for (const file of [manifest.bin.cobre, ...named]) expect(files).toContain(file.slice('./'.length));
    expect(statSync(tarball).size).toBeLessThan(LARGEST_PACKAGE);
  });

  test('has all backends', () => {
    const { features } = JSON.parse(readFileSync(join(installed, 'dist/features.json'), 'utf8'));
    expect(features).toEqual(['mpi', 'tcp', 'shm']);
  });

  test('has each native module but those for MPI, built for this platform', () => {
    const sources = readdirSync(join(root, 'native/src')).filter((file) => file.endsWith('.c') && file !== 'mpi.c');
    expect(readdirSync(prebuilt).sort()).toEqual(sources.map((file) => file.replace(/c$/, 'node')).sort());
  });

  test('runs nothing when it is installed, and brings no tools of development', () => {
    const lock = JSON.parse(readFileSync(join(app, 'node_modules/.package-lock.json'), 'utf8'));
    expect(lock.packages['node_modules/cobre']).toBeDefined();
    expect(lock.packages['node_modules/cobre']).not.toHaveProperty('hasInstallScript');
    for (const name of Object.keys(manifest.devDependencies)) {
      expect(Object.keys(lock.packages)).not.toContain(`node_modules/${name}`);
    }
  });
});

describe.runIf(process.platform === 'linux')('a native module', () => {
  test('loads on older systems', () => {
    for (const file of readdirSync(prebuilt))
      expect([file, whyNotPortable(join(prebuilt, file))]).toEqual([file, null]);
  });

  test.each([
    ['int f(void) { extern int shm_unlink(const char *); return shm_unlink("x"); }', [], /shm_unlink \(glibc 2\.34\)/],
    ['int f(void) { return 0; }', ['-Wl,--no-as-needed', '-lm'], /needs libm\.so\.6/],
    ['int f(void) { return 0; }', ['-Wl,-rpath,/somewhere'], /looks for libraries in \/somewhere/],
  ])('that would not is found: %s %j', (source, flags, reason) => {
    const file = join(folder, 'not-portable.node');
    const args = ['-x', 'c', '-shared', '-fPIC', '-o', file, '-', ...flags];
    expect(runSync(process.env.CC ?? 'cc', args, { input: source }).status).toBe(0);
    expect(whyNotPortable(file)).toMatch(reason);
  });
});

test.each([
  [
    'lacks a module',
    'posix-shm.c',
    [],
    /native\/built\/linux-x64 lacks posix-shm\.node; run `npm run build:native` on/,
  ],
  ['has one without a source', 'mpi.c', ['old.node'], /native\/built\/linux-x64\/old\.node has no source/],
])('packing is refused where native/built %s', (_, source, modules, reason) => {
  const copy = mkdtempSync(join(folder, 'refused-'));
  const built = join(copy, 'native/built/linux-x64');
  mkdirSync(built, { recursive: true });
  mkdirSync(join(copy, 'native/src'));
  for (const file of ['prepack.mjs', 'native/portable.mjs']) cpSync(join(root, file), join(copy, file));
  // Builds that build nothing, as on another platform.
  for (const file of ['build.mjs', 'native/build.mjs', `native/src/${source}`]) writeFileSync(join(copy, file), '');
  for (const file of modules) writeFileSync(join(built, file), '');
  const { status, stderr } = runSync(process.execPath, [join(copy, 'prepack.mjs')], { boundMs: BOUND_MS });
  expect(status).toBe(1);
  expect(stderr).toMatch(reason);
});

describe('installed, without a compiler', () => {
  test('there is none', () => {
    for (const name of COMPILERS) expect(run(name, ['--version']).error).toMatchObject({ code: 'ENOENT' });
  });

  test.each([
    ['shm', 'spawn', 2],
    ['shm', 'thread', 1],
    ['tcp', 'spawn', 2],
  ])('ranks run over %s, started by %s', (backend, startMethod, processes) => {
    const ranks = runRanks(backend, startMethod) as { total: number; pid: number }[];
    expect(ranks.map(({ total }) => total)).toEqual([41, 41]);
    expect(new Set(ranks.map(({ pid }) => pid)).size).toBe(processes);
  });

  test.each(['nodenext', 'bundler'])('types are found under moduleResolution %s', (moduleResolution) => {
    const config = {
      compilerOptions: {
        module: moduleResolution === 'bundler' ? 'esnext' : moduleResolution,
        moduleResolution,
        target: 'es2023',
        strict: true,
        noEmit: true,
        types: ['node'],
        typeRoots: [join(root, 'node_modules/@types')],
      },
      files: ['typed.ts'],
    };
    writeFileSync(join(app, 'tsconfig.json'), JSON.stringify(config));
    const { status, stdout } = run('node', [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.']);
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });

  test('npx finds the command, which plans a case', () => {
    expect(outputOf('npx', ['--no-install', 'cobre', '--version'])).toBe(`${manifest.version}\n`);
    const cobre = (...args: string[]) => outputOf('npx', ['--no-install', 'cobre', ...args]);
    cobre('init', '--template', 'one-reservoir', 'case');
    const { status, stdout } = run('npx', [
      ...['--no-install', 'cobre', 'run', 'case', '--workers', '2'],
      ...['--output', 'case/output', '--output-format', 'json'],
    ]);
    expect(status, stdout).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ success: true });
    expect(readdirSync(join(app, 'case/output')).length).toBeGreaterThan(0);
  });
});

describe('without a native module for the platform', () => {
  const aside = join(folder, 'aside');
  beforeAll(() => {
    cpSync(prebuilt, aside, { recursive: true });
    rmSync(prebuilt, { recursive: true });
  });

  /** The command between backticks in the suggestion of an error. */
  const commandIn = (outcome: unknown): string => {
    const { suggestion } = (outcome as { error: { suggestion: string } }).error;
    return /`(node [^`]+)`/.exec(suggestion)?.[1] ?? expect.fail(suggestion);
  };

  test('the command that the error names builds it where the package is installed', () => {
    const command = commandIn(runRanks('shm', 'spawn'));
    expect(command).toBe('node node_modules/cobre/native/build.mjs');
    outputOf('sh', ['-c', command], inherited);
    expect(readdirSync(prebuilt).sort()).toEqual(readdirSync(aside).sort());
    expect(runRanks('shm', 'spawn')).toMatchObject([{ total: 41 }, { total: 41 }]);
  });

  const mpi = "import('cobre/comm/mpi').then((m) => m.initMpi()).then(() => 0, (error) => ({ error: error.toJSON() }))";
  const print = `${mpi}.then((outcome) => { console.log(JSON.stringify(outcome)); process.exit(); })`;

  test('so does that for MPI', (context) => {
    const command = commandIn(JSON.parse(outputOf('node', ['-e', print])));
    expect(command).toBe('node node_modules/cobre/native/build-mpi.mjs');
    if (inPath('mpicc') === undefined) {
      expect(process.env.CI, 'no mpicc').not.toBe('true');
      context.skip('no mpicc');
    }
    outputOf('sh', ['-c', command], inherited);
    expect(readdirSync(prebuilt)).toContainEqual(expect.stringMatching(/^mpi-(openmpi|mpich)\.node$/));
  });
});
