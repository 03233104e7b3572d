import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { RunRanksOptions } from '../rank-program.js';
import type { BackendKind } from '../select/backend-kind.js';

/** How the processes of a run find each other. */
export interface GangPlan {
  /** The backend and its settings, for each rank. */
  readonly kinds: readonly BackendKind[];
  /** Module that exports `createCommunicator(kind)`. */
  readonly commModule: string;
  /** Files that must be gone afterwards, however the run ends. */
  readonly leftovers: readonly string[];
}

const COMM_MODULE = new URL('../select/create-communicator.js', import.meta.url).href;
const LOOPBACK = '127.0.0.1';
/** Where POSIX segments appear as files. */
const SHM_FOLDER = '/dev/shm';
/** Enough that two runs never choose alike, and that nobody guesses a token. */
const NAME_BYTES = 8;
const TOKEN_BYTES = 16;

/** Names, ports and secrets for a run, all of them new. */
export async function planGang(backend: 'shm' | 'tcp' | 'local', options: RunRanksOptions): Promise<GangPlan> {
  const { size, timeoutMs, maxSharedBytes } = options;
  const patience = timeoutMs === undefined ? {} : { timeoutMs };
  const ranks = Array.from({ length: size }, (_, rank) => rank);
  if (backend === 'local')
    return { kinds: ranks.map(() => ({ type: 'local' })), commModule: COMM_MODULE, leftovers: [] };
  if (backend === 'tcp') {
    const port = await freePort();
    const token = randomBytes(TOKEN_BYTES).toString('hex');
    const common = { coordinator: LOOPBACK, bindAddr: LOOPBACK, port, size, token, ...patience };
    return {
      kinds: ranks.map((rank) => ({ type: 'tcp', config: { ...common, rank } })),
      commModule: COMM_MODULE,
      leftovers: [],
    };
  }
  const name = `/cobre-${process.pid}-${randomBytes(NAME_BYTES).toString('hex')}`;
  const common = { name, size, ...patience, ...(maxSharedBytes === undefined ? {} : { maxSharedBytes }) };
  return {
    kinds: ranks.map((rank) => ({ type: 'shm', config: { ...common, rank } })),
    commModule: COMM_MODULE,
    leftovers: [`${SHM_FOLDER}${name}`],
  };
}

/** Ranks unlink the segment as soon as all are attached; this is for those that were ended before. */
export function removeLeftovers(leftovers: readonly string[]): void {
  for (const file of leftovers) rmSync(file, { force: true });
}

/** What the environment of a rank's process says about its place. Secrets are not in it. */
export function environmentOf(kind: BackendKind): Record<string, string> {
  if (typeof kind === 'string') return { COBRE_COMM_BACKEND: kind };
  const common = { COBRE_COMM_BACKEND: kind.type };
  if (kind.type === 'shm') {
    const { name, rank, size } = kind.config;
    return { ...common, COBRE_SHM_NAME: name, COBRE_SHM_RANK: String(rank), COBRE_SHM_SIZE: String(size) };
  }
  if (kind.type === 'tcp') {
    const { coordinator, port, rank, size } = kind.config;
    return {
      ...common,
      COBRE_TCP_COORDINATOR: coordinator,
      COBRE_TCP_PORT: String(port),
      COBRE_TCP_RANK: String(rank),
      COBRE_TCP_SIZE: String(size),
    };
  }
  return common;
}

/** A port that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, LOOPBACK, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
