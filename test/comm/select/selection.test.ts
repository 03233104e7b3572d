import { describe, expect, test } from 'vitest';
import { BackendError, CommError, createCommunicator } from '#cobre/comm/index';
import { LocalCommunicator } from '#cobre/comm/local/local-communicator';
import { autoForGang, MPI_LAUNCH_VARIABLES } from '#cobre/comm/select/auto-detect';
import type { BackendKind, Feature } from '#cobre/comm/select/backend-kind';
import { selectCommunicator } from '#cobre/comm/select/create-communicator';
import { availableBackends } from '#cobre/comm/select/features';
import { BACKEND_LOADERS, type BackendLoaders } from '#cobre/comm/select/loaders';
import { CobreError } from '#cobre/errors';

const ALL: readonly Feature[] = ['mpi', 'tcp', 'shm'];
type Env = Record<string, string>;

/** Backends that start nothing and note what they were given. */
function noting(): { loaders: BackendLoaders; started: [string, unknown][] } {
  const started: [string, unknown][] = [];
  const note = (name: string) => async (config?: unknown) => {
    started.push([name, config]);
    return new LocalCommunicator();
  };
  return { started, loaders: { mpi: note('mpi'), tcp: note('tcp'), shm: note('shm'), local: note('local') } };
}

/** The backend that is chosen, and its settings. */
async function chosen(env: Env, features: readonly Feature[] = ALL, kind?: BackendKind): Promise<[string, unknown]> {
  const { loaders, started } = noting();
  await selectCommunicator({ env, features, loaders }, kind);
  expect(started).toHaveLength(1);
  return started[0];
}

async function refused(env: Env, features: readonly Feature[] = ALL, kind?: BackendKind): Promise<CobreError> {
  const { loaders, started } = noting();
  const error = await selectCommunicator({ env, features, loaders }, kind).catch((reason: unknown) => reason);
  expect(started).toEqual([]);
  expect(error).toBeInstanceOf(CobreError);
  return error as CobreError;
}

const TCP = { COBRE_TCP_COORDINATOR: 'node0', COBRE_TCP_RANK: '1', COBRE_TCP_SIZE: '4' };
const SHM = { COBRE_SHM_NAME: '/cobre_x', COBRE_SHM_RANK: '2', COBRE_SHM_SIZE: '3' };
const MPI = { PMI_RANK: '0', PMI_SIZE: '2' };

describe('what a build has', () => {
  test.each<[string, readonly Feature[], readonly string[]]>([
    ['CLI / HPC', ['mpi'], ['mpi', 'local']],
    ['Python wheel', ['tcp', 'shm'], ['tcp', 'shm', 'local']],
    ['Test / CI', [], ['local']],
    ['Development', ['mpi', 'tcp', 'shm'], ['mpi', 'tcp', 'shm', 'local']],
    ['in any order', ['shm', 'mpi'], ['mpi', 'shm', 'local']],
  ])('%s', (_, features, expected) => {
    expect(availableBackends(features)).toEqual(expected);
  });

  test('is by default everything', () => {
    expect(availableBackends()).toEqual(['mpi', 'tcp', 'shm', 'local']);
  });
});

describe('COBRE_COMM_BACKEND', () => {
  const everything = { ...MPI, ...TCP, ...SHM };

  test.each([
    ['auto', 'mpi'],
    ['mpi', 'mpi'],
    ['tcp', 'tcp'],
    ['shm', 'shm'],
    ['local', 'local'],
    ['', 'mpi'],
  ])("'%s' chooses %s where all preconditions hold", async (value, expected) => {
    expect((await chosen({ ...everything, COBRE_COMM_BACKEND: value }))[0]).toBe(expected);
  });

  test('is auto where it is not set', async () => {
    expect((await chosen(everything))[0]).toBe('mpi');
    expect((await chosen({}))[0]).toBe('local');
  });

  test('mpi needs no launcher', async () => {
    expect((await chosen({ COBRE_COMM_BACKEND: 'mpi' }))[0]).toBe('mpi');
  });

  test.each(['MPI', 'thread', 'none', 'constructor', ' tcp'])("'%s' is no backend", async (value) => {
    expect((await refused({ COBRE_COMM_BACKEND: value })).toJSON()).toEqual({
      kind: 'IncompatibleSettings',
      message: `'${value}' is not the name of a communication backend`,
      context: {
        setting: 'COBRE_COMM_BACKEND',
        requested_value: value,
        available_backends: ['mpi', 'tcp', 'shm', 'local'],
        build_features: ['mpi', 'tcp', 'shm'],
      },
      suggestion: 'Set COBRE_COMM_BACKEND to one of: auto, mpi, tcp, shm, local.',
    });
  });
});

describe('auto', () => {
  test.each(MPI_LAUNCH_VARIABLES.map((name) => [name]))('takes mpi where %s is set', async (name) => {
    expect((await chosen({ ...TCP, ...SHM, [name]: '0' }))[0]).toBe('mpi');
  });

  test('knows the launch variables of the specification', () => {
    expect([...MPI_LAUNCH_VARIABLES].sort()).toEqual([
      'MPI_LOCALRANKID',
      'OMPI_COMM_WORLD_RANK',
      'OMPI_COMM_WORLD_SIZE',
      'PMI_RANK',
      'PMI_SIZE',
      'SLURM_PROCID',
    ]);
  });

  const rows: [readonly Feature[], Env, string][] = [
    [ALL, { ...TCP, ...SHM }, 'tcp'],
    [ALL, SHM, 'shm'],
    [ALL, {}, 'local'],
    // Settings of a backend without its precondition choose nothing.
    [ALL, { COBRE_TCP_RANK: '0', COBRE_TCP_SIZE: '2', COBRE_SHM_RANK: '0', COBRE_SHM_SIZE: '2' }, 'local'],
    [['tcp', 'shm'], { ...MPI, ...TCP, ...SHM }, 'tcp'],
    [['shm'], { ...MPI, ...TCP, ...SHM }, 'shm'],
    [['mpi'], { ...TCP, ...SHM }, 'local'],
    [['mpi', 'shm'], { ...TCP, ...SHM }, 'shm'],
    [[], { ...MPI, ...TCP, ...SHM }, 'local'],
  ];
  test.each(rows)('in a build with %j and the environment %j takes %s', async (features, env, expected) => {
    expect((await chosen(env, features))[0]).toBe(expected);
    expect((await chosen({ ...env, COBRE_COMM_BACKEND: 'auto' }, features))[0]).toBe(expected);
    // A program that asks for auto gets the same, and COBRE_COMM_BACKEND has no say.
    for (const kind of ['auto', { type: 'auto' }] as const) {
      expect((await chosen({ ...env, COBRE_COMM_BACKEND: 'smoke' }, features, kind))[0]).toBe(expected);
    }
  });

  test('does not go on to the next backend when the one it took lacks settings', async () => {
    expect(await refused({ COBRE_TCP_COORDINATOR: 'node0', ...SHM })).toMatchObject({
      backendKind: 'MissingConfiguration',
      context: { missing_variables: ['COBRE_TCP_RANK', 'COBRE_TCP_SIZE'] },
    });
  });

  test('for a library that starts its own ranks is tcp if there is a coordinator, else shm', () => {
    expect(autoForGang({ COBRE_TCP_COORDINATOR: '127.0.0.1:4000', ...MPI })).toBe('tcp');
    expect(autoForGang({ ...MPI, ...SHM })).toBe('shm');
    expect(autoForGang({})).toBe('shm');
  });
});

describe('a backend that is not in the build', () => {
  const builds: [readonly Feature[], string][] = ALL.flatMap((missing): [readonly Feature[], string][] => [
    [ALL.filter((name) => name !== missing), missing],
    [[], missing],
  ]);
  test.each(builds)('%j lacks %s', async (features, missing) => {
    const error = await refused({ COBRE_COMM_BACKEND: missing, ...TCP, ...SHM }, features);
    expect(error).toBeInstanceOf(BackendError);
    expect(error).toMatchObject({ backendKind: 'BackendNotAvailable', kind: 'IncompatibleSettings' });
    expect(error.context).toEqual({
      setting: 'COBRE_COMM_BACKEND',
      requested_value: missing,
      available_backends: [...features, 'local'],
      build_features: features,
    });
    expect(error.suggestion).toContain(`rebuild with --features ${missing}.`);
  });

  test.each(ALL.map((name) => [name]))('a build with %s alone accepts its name, local and auto', async (name) => {
    const env = { ...MPI, ...TCP, ...SHM };
    for (const value of [name, 'auto'])
      expect((await chosen({ ...env, COBRE_COMM_BACKEND: value }, [name]))[0]).toBe(name);
    expect((await chosen({ ...env, COBRE_COMM_BACKEND: 'local' }, [name]))[0]).toBe('local');
  });

  test('is refused to programs as well', async () => {
    const kind: BackendKind = { type: 'tcp', config: { coordinator: 'a', rank: 0, size: 1 } };
    expect(await refused({}, ['shm'], kind)).toMatchObject({
      backendKind: 'BackendNotAvailable',
      context: { setting: 'backend', requested_value: 'tcp', build_features: ['shm'] },
    });
  });
});

describe('settings from the environment', () => {
  const tcp = async (more: Env) => (await chosen({ COBRE_COMM_BACKEND: 'tcp', ...TCP, ...more }))[1];
  const shm = async (more: Env) => (await chosen({ COBRE_COMM_BACKEND: 'shm', ...SHM, ...more }))[1];
  const defaults = {
    coordinator: 'node0',
    port: 29500,
    rank: 1,
    size: 4,
    bindAddr: '0.0.0.0',
    connectTimeoutMs: 30000,
    timeoutMs: 60000,
  };

  test.each<[string, Env, object]>([
    ['defaults', {}, {}],
    ['empty is not set', { COBRE_TCP_PORT: '', COBRE_TCP_BIND_ADDR: '', COBRE_TCP_TOKEN: '' }, {}],
    ['COBRE_TCP_COORDINATOR, a name', { COBRE_TCP_COORDINATOR: 'a.b.example' }, { coordinator: 'a.b.example' }],
    [
      'COBRE_TCP_COORDINATOR with a port',
      { COBRE_TCP_COORDINATOR: '10.0.0.1:9000' },
      { coordinator: '10.0.0.1', port: 9000 },
    ],
    ['COBRE_TCP_COORDINATOR, IPv6', { COBRE_TCP_COORDINATOR: 'fe80::1' }, { coordinator: 'fe80::1' }],
    [
      'COBRE_TCP_COORDINATOR, IPv6 and port',
      { COBRE_TCP_COORDINATOR: '[::1]:9000' },
      { coordinator: '::1', port: 9000 },
    ],
    [
      'the same port twice',
      { COBRE_TCP_COORDINATOR: 'a:9000', COBRE_TCP_PORT: '9000' },
      { coordinator: 'a', port: 9000 },
    ],
    ['COBRE_TCP_PORT', { COBRE_TCP_PORT: '65535' }, { port: 65535 }],
    ['COBRE_TCP_RANK', { COBRE_TCP_RANK: '3' }, { rank: 3 }],
    ['COBRE_TCP_SIZE', { COBRE_TCP_SIZE: '2' }, { size: 2 }],
    ['COBRE_TCP_BIND_ADDR', { COBRE_TCP_BIND_ADDR: '127.0.0.1' }, { bindAddr: '127.0.0.1' }],
    ['COBRE_TCP_CONNECT_TIMEOUT_MS', { COBRE_TCP_CONNECT_TIMEOUT_MS: '500' }, { connectTimeoutMs: 500 }],
    ['COBRE_TCP_TIMEOUT_SECS', { COBRE_TCP_TIMEOUT_SECS: '2' }, { timeoutMs: 2000 }],
    ['COBRE_TCP_TIMEOUT_SECS, a fraction', { COBRE_TCP_TIMEOUT_SECS: '0.25' }, { timeoutMs: 250 }],
    ['COBRE_TCP_TOKEN', { COBRE_TCP_TOKEN: 's3cret' }, { token: 's3cret' }],
  ])('tcp: %s', async (_, env, expected) => {
    expect(await tcp(env)).toEqual({ ...defaults, ...expected });
  });

  test.each<[string, Env, object]>([
    ['all three', {}, { name: '/cobre_x', rank: 2, size: 3 }],
    ['COBRE_SHM_NAME without its slash', { COBRE_SHM_NAME: 'job.7' }, { name: '/job.7', rank: 2, size: 3 }],
    ['COBRE_SHM_RANK', { COBRE_SHM_RANK: '0' }, { name: '/cobre_x', rank: 0, size: 3 }],
    ['COBRE_SHM_SIZE', { COBRE_SHM_SIZE: '16' }, { name: '/cobre_x', rank: 2, size: 16 }],
  ])('shm: %s', async (_, env, expected) => {
    expect(await shm(env)).toEqual(expected);
  });

  test.each<[string, Env]>([
    ['COBRE_TCP_PORT', { COBRE_TCP_PORT: '0' }],
    ['COBRE_TCP_PORT', { COBRE_TCP_PORT: '65536' }],
    ['COBRE_TCP_PORT', { COBRE_TCP_PORT: '0x50' }],
    ['COBRE_TCP_PORT', { COBRE_TCP_PORT: '80.5' }],
    ['COBRE_TCP_PORT', { COBRE_TCP_COORDINATOR: 'a:9000', COBRE_TCP_PORT: '9001' }],
    ['COBRE_TCP_RANK', { COBRE_TCP_RANK: '4' }],
    ['COBRE_TCP_RANK', { COBRE_TCP_RANK: '-1' }],
    ['COBRE_TCP_RANK', { COBRE_TCP_RANK: 'one' }],
    ['COBRE_TCP_RANK', { COBRE_TCP_SIZE: '1' }],
    ['COBRE_TCP_SIZE', { COBRE_TCP_SIZE: '0' }],
    ['COBRE_TCP_SIZE', { COBRE_TCP_SIZE: '1e3' }],
    ['COBRE_TCP_SIZE', { COBRE_TCP_SIZE: '99999999999' }],
    ['COBRE_TCP_CONNECT_TIMEOUT_MS', { COBRE_TCP_CONNECT_TIMEOUT_MS: '0' }],
    ['COBRE_TCP_CONNECT_TIMEOUT_MS', { COBRE_TCP_CONNECT_TIMEOUT_MS: '30s' }],
    ['COBRE_TCP_TIMEOUT_SECS', { COBRE_TCP_TIMEOUT_SECS: '0' }],
    ['COBRE_TCP_TIMEOUT_SECS', { COBRE_TCP_TIMEOUT_SECS: 'Infinity' }],
    ['COBRE_TCP_COORDINATOR', { COBRE_TCP_COORDINATOR: 'a b' }],
    ['COBRE_TCP_COORDINATOR', { COBRE_TCP_COORDINATOR: 'a:99999' }],
    ['COBRE_TCP_COORDINATOR', { COBRE_TCP_COORDINATOR: 'a:port' }],
    ['COBRE_TCP_COORDINATOR', { COBRE_TCP_COORDINATOR: ':9000' }],
  ])('tcp: %s is named where %j cannot be', async (variable, env) => {
    const error = await refused({ COBRE_COMM_BACKEND: 'tcp', ...TCP, ...env });
    const value = ({ ...TCP, ...env } as Env)[variable];
    expect(error).toBeInstanceOf(BackendError);
    expect(error).toMatchObject({
      kind: 'IncompatibleSettings',
      context: { setting: variable, requested_value: value, backend: 'tcp' },
    });
    expect(error.message).toContain(`${variable} cannot be '${value}'`);
    expect(error.suggestion).toMatch(new RegExp(`^Set ${variable} to .+\\.$`));
  });

  test.each<[string, Env]>([
    ['COBRE_SHM_NAME', { COBRE_SHM_NAME: '/a/b' }],
    ['COBRE_SHM_NAME', { COBRE_SHM_NAME: '/' }],
    ['COBRE_SHM_NAME', { COBRE_SHM_NAME: '/..' }],
    ['COBRE_SHM_NAME', { COBRE_SHM_NAME: `/${'x'.repeat(255)}` }],
    ['COBRE_SHM_RANK', { COBRE_SHM_RANK: '3' }],
    ['COBRE_SHM_RANK', { COBRE_SHM_RANK: '1.5' }],
    ['COBRE_SHM_SIZE', { COBRE_SHM_SIZE: '0' }],
    ['COBRE_SHM_SIZE', { COBRE_SHM_SIZE: 'many' }],
  ])('shm: %s is named where %j cannot be', async (variable, env) => {
    const error = await refused({ COBRE_COMM_BACKEND: 'shm', ...SHM, ...env });
    expect(error).toMatchObject({
      kind: 'IncompatibleSettings',
      context: { setting: variable, requested_value: ({ ...SHM, ...env } as Env)[variable], backend: 'shm' },
    });
  });

  const required = {
    tcp: ['COBRE_TCP_COORDINATOR', 'COBRE_TCP_RANK', 'COBRE_TCP_SIZE'],
    shm: ['COBRE_SHM_NAME', 'COBRE_SHM_RANK', 'COBRE_SHM_SIZE'],
  };
  const subsets = Object.entries(required).flatMap(([backend, names]) =>
    Array.from({ length: 7 }, (_, i): [string, string[]] => [backend, names.filter((_, bit) => ((i + 1) >> bit) & 1)]),
  );
  test.each(subsets)('%s: exactly %j are named where they are missing', async (backend, missing) => {
    const env: Env = { COBRE_COMM_BACKEND: backend, ...TCP, ...SHM };
    for (const name of missing) delete env[name];
    const error = await refused(env);
    expect(error).toMatchObject({ backendKind: 'MissingConfiguration', kind: 'IncompatibleSettings' });
    expect(error.context).toEqual({
      setting: 'COBRE_COMM_BACKEND',
      requested_value: backend,
      missing_variables: missing,
    });
    for (const name of missing) expect(error.message).toContain(name);
  });

  test('mpi and local need none', async () => {
    expect(await chosen({ COBRE_COMM_BACKEND: 'mpi', ...TCP, ...SHM })).toEqual(['mpi', undefined]);
    expect(await chosen({ COBRE_COMM_BACKEND: 'local', ...TCP, ...SHM })).toEqual(['local', undefined]);
  });
});

describe('a program that chooses', () => {
  const config = { coordinator: 'elsewhere', rank: 0, size: 2 };
  const shmConfig = { name: '/mine', rank: 1, size: 2 };
  const misleading = { COBRE_COMM_BACKEND: 'shm', ...MPI, ...TCP, ...SHM };

  test.each<[BackendKind, [string, unknown]]>([
    ['mpi', ['mpi', undefined]],
    [{ type: 'mpi' }, ['mpi', undefined]],
    ['local', ['local', undefined]],
    [{ type: 'local' }, ['local', undefined]],
    [{ type: 'tcp', config }, ['tcp', config]],
    [{ type: 'shm', config: shmConfig }, ['shm', shmConfig]],
  ])('by %j gets it with its own settings, whatever the environment says', async (kind, expected) => {
    expect(await chosen(misleading, ALL, kind)).toEqual(expected);
    expect(await chosen({}, ALL, kind)).toEqual(expected);
  });

  test.each<[unknown, object]>([
    ['smoke', { backendKind: 'InvalidBackend', context: { setting: 'backend', requested_value: 'smoke' } }],
    [{ type: 'smoke' }, { backendKind: 'InvalidBackend' }],
    [null, { backendKind: 'InvalidBackend', context: { requested_value: 'null' } }],
    [7, { backendKind: 'InvalidBackend', context: { requested_value: '7' } }],
    ['tcp', { kind: 'InvalidArgument', field: 'config' }],
    [{ type: 'shm' }, { kind: 'InvalidArgument', field: 'config' }],
    [
      { type: 'tcp', config: { ...config, size: 0 } },
      { kind: 'InvalidArgument', field: 'config.size', value: 0 },
    ],
    [
      { type: 'shm', config: { ...shmConfig, rank: 2 } },
      { kind: 'InvalidArgument', field: 'config.rank', value: 2 },
    ],
  ])('by %j is refused', async (kind, expected) => {
    const error = await refused(misleading, ALL, kind as BackendKind);
    expect(error).toMatchObject(expected);
    expect(error.suggestion).toBeTruthy();
  });
});

describe('starting', () => {
  const start = (failure: unknown) => {
    const { loaders } = noting();
    const failing = { ...loaders, mpi: () => Promise.reject(failure) };
    return selectCommunicator({ env: MPI, features: ALL, loaders: failing }).catch((reason: unknown) => reason);
  };

  test('what a backend cannot put in words becomes a failed initialization', async () => {
    const cause = Object.assign(new Error('cannot open libmpi.so'), { errno: -2 });
    const error = (await start(cause)) as BackendError;
    expect(error).toBeInstanceOf(BackendError);
    expect(error.backendKind).toBe('InitializationFailed');
    expect(error.cause).toBe(cause);
    expect(error.toJSON()).toMatchObject({
      kind: 'MpiError',
      message: 'MPI backend failed to initialize',
      context: { operation: 'initialize', backend: 'mpi', error_code: 2, detail: 'cannot open libmpi.so' },
    });
  });

  test('an error of the library goes through as it is', async () => {
    const own = new CommError('closed', { commKind: 'InvalidCommunicator' });
    expect(await start(own)).toBe(own);
  });

  test('local starts, and is one rank', async () => {
    const comm = await createCommunicator('local');
    expect([comm.rank, comm.size]).toEqual([0, 1]);
    comm.barrier();
    comm.close();
    expect((await BACKEND_LOADERS.local()).size).toBe(1);
  });
});
