import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { type ChildProcess, startProcess } from '../../support/child.js';
import { within } from '../../support/within.js';
import { launchEnvironment } from '../mpi/job.js';
import { programUrl } from '../program-url.js';
import { freePort } from '../tcp/spawn-ranks.js';

/** Processes that take what the environment says, as a user's do: what each one prints when it cannot. */
const PROGRAM = fileURLToPath(programUrl('environment-rank'));
const BOUNDED = { timeout: 30_000 };

type Env = Record<string, string>;
type Line = Record<string, unknown>;

const children: ChildProcess[] = [];
const servers: Server[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const server of servers.splice(0)) server.close();
});

/** What a rank with these settings prints. */
async function rank(env: Env, ...args: string[]): Promise<Line> {
  const child = startProcess(process.execPath, [PROGRAM, ...args], {
    env: { ...launchEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  let text = '';
  child.stdout!.on('data', (chunk) => {
    text += chunk;
  });
  await once(child, 'close');
  return JSON.parse(text);
}

const place = (port: number, rank: number, size: number, more: Env = {}): Env => ({
  COBRE_COMM_BACKEND: 'tcp',
  COBRE_TCP_COORDINATOR: '127.0.0.1',
  COBRE_TCP_PORT: String(port),
  COBRE_TCP_BIND_ADDR: '127.0.0.1',
  COBRE_TCP_RANK: String(rank),
  COBRE_TCP_SIZE: String(size),
  ...more,
});

async function listening(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const failed = (operation: string, port: number, detail: RegExp): object => ({
  name: 'BackendError',
  kind: 'MpiError',
  backendKind: 'InitializationFailed',
  context: {
    operation,
    backend: 'tcp',
    coordinator: `127.0.0.1:${port}`,
    detail: expect.stringMatching(detail),
  },
  suggestion: expect.any(String),
});

describe('without a communicator', BOUNDED, () => {
  test.each<[string, Env, object]>([
    [
      'because there is no such backend',
      { COBRE_COMM_BACKEND: 'smoke' },
      { backendKind: 'InvalidBackend', message: "'smoke' is not the name of a communication backend" },
    ],
    [
      'because variables of TCP are missing',
      { COBRE_COMM_BACKEND: 'tcp', COBRE_TCP_RANK: '0' },
      {
        backendKind: 'MissingConfiguration',
        message: 'TCP backend requires COBRE_TCP_COORDINATOR and COBRE_TCP_SIZE to be set',
        context: { missing_variables: ['COBRE_TCP_COORDINATOR', 'COBRE_TCP_SIZE'] },
      },
    ],
    [
      'because variables of shared memory are missing',
      { COBRE_COMM_BACKEND: 'shm' },
      {
        backendKind: 'MissingConfiguration',
        message: 'Shared memory backend requires COBRE_SHM_NAME, COBRE_SHM_RANK, and COBRE_SHM_SIZE to be set',
      },
    ],
  ])('%s', async (_, env, expected) => {
    expect(await rank(env)).toMatchObject({ name: 'BackendError', kind: 'IncompatibleSettings', ...expected });
  });

  test('because nobody listens there, after COBRE_TCP_CONNECT_TIMEOUT_MS', async () => {
    const port = await freePort();
    const line = await rank(place(port, 1, 2, { COBRE_TCP_CONNECT_TIMEOUT_MS: '700' }));
    expect(line).toMatchObject(failed('connect', port, /ECONNREFUSED/));
    expect(line.message).toBe(`TCP backend failed to connect to coordinator at 127.0.0.1:${port}`);
    // It does not begin to wait for what would be too late.
    expect(line.ms).toBeGreaterThan(350);
    expect(line.ms).toBeLessThan(within(3_000));
  });

  test('because the port is taken', async () => {
    const port = await listening('127.0.0.1');
    const line = await rank(place(port, 0, 2));
    expect(line).toMatchObject({
      ...failed('listen', port, /EADDRINUSE/),
      context: { operation: 'listen', error_code: expect.toBeOneOf([98, 48]) },
      suggestion: `Port ${port} is taken: end the program that uses it, or set COBRE_TCP_PORT to a free one on all ranks.`,
    });
    expect(line.message).toMatch(/^TCP backend failed to listen/);
  });

  test.each<[string, Env, RegExp]>([
    ['it was started for another number of ranks', { COBRE_TCP_SIZE: '3' }, /started with size 3/],
    ['it does not know the token', { COBRE_TCP_TOKEN: 'a guess' }, /tokens differ/],
    ['it has no token', { COBRE_TCP_TOKEN: '' }, /asks for COBRE_TCP_TOKEN/],
  ])('because %s, while the others find each other', async (_, env, detail) => {
    const port = await freePort();
    const token = { COBRE_TCP_TOKEN: 'the secret of this test' };
    const coordinator = rank(place(port, 0, 2, token));
    const line = await rank(place(port, 1, 2, { ...token, ...env }));
    expect(line).toMatchObject(failed('handshake', port, detail));
    expect(line.message).toMatch(/^TCP backend failed to handshake/);
    expect(await rank(place(port, 1, 2, token))).toEqual({ rank: 1, size: 2 });
    expect(await coordinator).toEqual({ rank: 0, size: 2 });
  });

  test('because another process is that rank', async () => {
    const port = await freePort();
    const coordinator = rank(place(port, 0, 3));
    const twins = [1, 1].map((number) => rank(place(port, number, 3)));
    // The one that was first waits for rank 2.
    const second = await Promise.race(twins);
    expect(second).toMatchObject(failed('handshake', port, /another process is rank 1 already/));
    expect(await rank(place(port, 2, 3))).toEqual({ rank: 2, size: 3 });
    expect(await coordinator).toEqual({ rank: 0, size: 3 });
    expect(await Promise.all(twins)).toContainEqual({ rank: 1, size: 3 });
  });

  test('because a rank does not come, which the coordinator names', async () => {
    const port = await freePort();
    const line = await rank(place(port, 0, 2, { COBRE_TCP_CONNECT_TIMEOUT_MS: '500' }));
    expect(line).toMatchObject({
      kind: 'MpiError',
      backendKind: 'InitializationFailed',
      context: { backend: 'tcp', detail: 'rank 1 did not connect within 500 ms' },
    });
  });

  test('because one that came was turned away, of which the coordinator tells as well', async () => {
    const port = await freePort();
    const coordinator = rank(place(port, 0, 2, { COBRE_TCP_CONNECT_TIMEOUT_MS: '2500', COBRE_TCP_TOKEN: 'a secret' }));
    expect(await rank(place(port, 1, 2, { COBRE_TCP_TOKEN: 'a guess' }))).toMatchObject({ name: 'BackendError' });
    expect(await coordinator).toMatchObject({
      context: {
        detail: 'rank 1 did not connect within 2500 ms; one that came as rank 1 was turned away: the tokens differ',
      },
    });
  });
});

test('COBRE_TCP_TIMEOUT_SECS=2 is an error within 3 s where a rank does not come', BOUNDED, async () => {
  const port = await freePort();
  const ranks = [0, 1].map((number) => rank(place(port, number, 2, { COBRE_TCP_TIMEOUT_SECS: '2' }), 'late'));
  const [line] = await Promise.all(ranks);
  expect(line).toMatchObject({ commKind: 'CollectiveFailed', context: { operation: 'barrier', failedRank: 1 } });
  expect(line.message).toMatch(/^barrier failed: rank 1 .* within 2000 ms/);
  expect(line.ms).toBeGreaterThan(1_950);
  expect(line.ms).toBeLessThan(within(3_000));
});

// 127.0.0.2 is an address of every Linux machine, and of no other until somebody adds it.
test.runIf(process.platform === 'linux')('COBRE_TCP_BIND_ADDR is the address that is taken', BOUNDED, async () => {
  const port = await listening('127.0.0.1');
  const there = { COBRE_TCP_COORDINATOR: '127.0.0.2', COBRE_TCP_BIND_ADDR: '127.0.0.2' };
  const ranks = [0, 1].map((number) => rank(place(port, number, 2, there)));
  expect(await Promise.all(ranks)).toEqual([0, 1].map((number) => ({ rank: number, size: 2 })));
});
