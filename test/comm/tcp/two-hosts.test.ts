import { once } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChildProcess, run, runSync, startProcess } from '../../support/child.js';
import { within } from '../../support/within.js';

/*
 * Two hosts, as far as one machine can have them: two network namespaces with a cable between, each with its own host name.
 * They are gone when the two processes that hold them are.
 */
const root = fileURLToPath(new URL('../../..', import.meta.url));
const BOUNDED = { timeout: 30_000 };
/** Above what all the tests here take together [ms]. */
const HOST_BOUND_MS = 300_000;
const ADDRESSES = ['10.0.0.1', '10.0.0.2'];
/** How an unprivileged user may have a network of its own, and how root may in a container. */
const WAYS = [['--map-root-user'], []];
const CABLE = ['ip', 'link', 'add', 'left', 'type', 'veth', 'peer', 'name', 'right'];

/** Options of `unshare` that work here; `null`, and why not. */
function findWay(): { readonly way: readonly string[] | null; readonly why: string } {
  if (process.platform !== 'linux') return { way: null, why: 'only Linux has network namespaces' };
  let why = '';
  for (const way of WAYS) {
    const { status, error, stderr } = runSync('unshare', [...way, '--net', '--uts', ...CABLE]);
    if (status === 0) return { way, why };
    why = error?.message ?? stderr.trim();
  }
  return { way: null, why: `no network namespaces: ${why}` };
}

const { way, why } = findWay();

const namespaceOf = (pid: number | string): string => readlinkSync(`/proc/${pid}/ns/uts`);

/** A process that holds the namespaces of a host. */
class Host {
  readonly #holder: ChildProcess;

  /** @param inside Command in whose namespaces the new ones are made. */
  constructor(inside: readonly string[], options: readonly string[]) {
    const [command, ...args] = [...inside, 'unshare', ...options, '--net', '--uts', 'sleep', '600'];
    this.#holder = startProcess(command, args, { stdio: 'ignore', boundMs: HOST_BOUND_MS });
  }

  get pid(): number {
    return this.#holder.pid as number;
  }

  /** What a command begins with to run on this host. */
  get enter(): string[] {
    const user = way?.length === 0 ? [] : ['--user', '--preserve-credentials'];
    return ['nsenter', '--target', String(this.pid), ...user, '--net', '--uts'];
  }

  /** Until it has namespaces that are neither ours nor those of `others`. */
  async exists(...others: readonly Host[]): Promise<void> {
    const taken = ['self', ...others.map(({ pid }) => pid)].map(namespaceOf);
    while (taken.includes(namespaceOf(this.pid))) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  async sh(script: string, env: Record<string, string> = {}): Promise<string> {
    const [command, ...args] = [...this.enter, 'sh', '-c', script];
    const { stdout } = await run(command, args, { cwd: root, env: { ...process.env, ...env } });
    return stdout;
  }

  async end(): Promise<void> {
    const exit = once(this.#holder, 'exit');
    this.#holder.kill('SIGKILL');
    await exit;
  }
}

/** The shell blocks of docs/engine.md for the two machines. */
function documented(): string[] {
  const text = readFileSync(new URL('../../../docs/engine.md', import.meta.url), 'utf8');
  return ['first', 'second'].map((which) => {
    const block = new RegExp(`\`\`\`sh\\n(# on the ${which} machine[^]*?)\`\`\``).exec(text);
    return block?.[1] ?? expect.fail(`there are no commands for the ${which} machine`);
  });
}

describe.skipIf(way === null)(`ranks on two hosts${why === '' ? '' : ` (${why})`}`, BOUNDED, () => {
  let hosts: Host[];

  beforeAll(async () => {
    const first = new Host([], way as string[]);
    await first.exists();
    const second = new Host(first.enter, []);
    hosts = [first, second];
    await second.exists(first);
    await first.sh(`${CABLE.join(' ')}; ip link set right netns ${second.pid}`);
    for (const [i, device] of ['left', 'right'].entries()) {
      await hosts[i].sh(
        `hostname node${i}; ip link set lo up; ip addr add ${ADDRESSES[i]}/24 dev ${device}; ip link set ${device} up`,
      );
    }
  });
  afterAll(async () => {
    for (const host of hosts.reverse()) await host.end();
  });

  const environment = (rank: number, more: Record<string, string> = {}): Record<string, string> => ({
    COBRE_COMM_BACKEND: 'tcp',
    COBRE_TCP_COORDINATOR: ADDRESSES[0],
    COBRE_TCP_SIZE: String(hosts.length),
    COBRE_TCP_RANK: String(rank),
    ...more,
  });

  test('find each other by the commands in the documentation', async () => {
    const printed = await Promise.all(documented().map((script, i) => hosts[i].sh(script)));
    expect(printed).toEqual(
      [0, 1].map((rank) => expect.stringMatching(`^rank ${rank} of 2: .* pi = 3\\.141592654\\n$`)),
    );
  });

  test('know that they are on two', async () => {
    const script = 'node examples/spmd/split-local.mjs';
    const printed = await Promise.all(hosts.map((host, rank) => host.sh(script, environment(rank))));
    expect(printed).toEqual(
      [0, 1].map((rank) => expect.stringContaining(`rank ${rank} of 2: rank 0 of 1 here, 2 machine`)),
    );
  });

  // What one machine cannot show: no process ends, and no connection is closed.
  test('give each other up when the cable is pulled', async () => {
    const program = `
      import { createCommunicator } from 'cobre/comm';
      const comm = await createCommunicator();
      let meetings = 0;
      let start = Date.now();
      try {
        for (;;) {
          comm.barrier();
          start = Date.now();
          if (++meetings === 100 && comm.rank === 1) console.log('met');
        }
      } catch ({ commKind, message, details }) {
        console.log(JSON.stringify({ commKind, message, ...details, ms: Date.now() - start }));
      }
      comm.close();
    `;
    const ranks = hosts.map((host, rank) => {
      const [command, ...args] = [...host.enter, process.execPath, '--input-type=module', '-e', program];
      const env = { ...process.env, ...environment(rank, { COBRE_TCP_TIMEOUT_SECS: '2' }) };
      return startProcess(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
    });
    const outputs = ranks.map(async ({ stdout }) => {
      const chunks: Buffer[] = [];
      for await (const chunk of stdout!) chunks.push(chunk);
      return Buffer.concat(chunks).toString().trim().split('\n').at(-1) as string;
    });
    await once(ranks[1].stdout!, 'data');
    await hosts[0].sh('ip link set left down');
    const errors = (await Promise.all(outputs)).map((line) => JSON.parse(line));
    for (const [rank, error] of errors.entries()) {
      expect(error).toMatchObject({ commKind: 'CollectiveFailed', failedRank: 1 - rank });
      expect(error.ms).toBeGreaterThan(1_900);
      expect(error.ms).toBeLessThan(within(3_500));
    }
  });
});
