import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ChildProcess, run, runSync, startProcess } from './child.js';

/*
 * Two hosts, as far as one machine can have them: two network namespaces with a cable between, each with its own host name.
 * They are gone when the two processes that hold them are.
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
/** Above what all the tests of a file take together [ms]. */
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
    if (status === 0) return { way, why: '' };
    why = error?.message ?? stderr.trim();
  }
  return { way: null, why: `no network namespaces: ${why}` };
}

const { way, why } = findWay();

/** Why there can be no hosts here; `null` where there can. */
export const WHY_NO_HOSTS = way === null ? why : null;

const namespaceOf = (pid: number | string): string => readlinkSync(`/proc/${pid}/ns/uts`);

/** A process that holds the namespaces of a host. */
export class Host {
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

/** Two hosts, `node0` and `node1`, with a cable between them: the device `left` of the first, `right` of the second. */
export async function twoHosts(): Promise<Host[]> {
  const first = new Host([], way as string[]);
  await first.exists();
  const second = new Host(first.enter, []);
  const hosts = [first, second];
  await second.exists(first);
  await first.sh(`${CABLE.join(' ')}; ip link set right netns ${second.pid}`);
  for (const [i, device] of ['left', 'right'].entries()) {
    await hosts[i].sh(
      `hostname node${i}; ip link set lo up; ip addr add ${ADDRESSES[i]}/24 dev ${device}; ip link set ${device} up`,
    );
  }
  return hosts;
}

/** Variables that make a process on each of the two hosts a rank. */
export function placeOn(rank: number, more: Record<string, string> = {}): Record<string, string> {
  return {
    COBRE_COMM_BACKEND: 'tcp',
    COBRE_TCP_COORDINATOR: ADDRESSES[0],
    COBRE_TCP_SIZE: String(ADDRESSES.length),
    COBRE_TCP_RANK: String(rank),
    ...more,
  };
}
