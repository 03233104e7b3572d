import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { BackendError } from '#cobre/comm/backend-error';
import { unpackError } from '#cobre/comm/error-transfer';
import type { TcpConfig } from '#cobre/comm/tcp/connect-tcp';
import { type ChildProcess, startFork } from '../../support/child.js';
import { programUrl } from '../program-url.js';

const ENTRY = 'spawned-rank';
const PORT_ATTEMPTS = 5;

/** How one rank ended. */
export type End<R> = { readonly value: R } | { readonly error: Error } | { readonly signal: NodeJS.Signals | null };

export interface SpawnedRank<R> {
  readonly process: ChildProcess;
  readonly end: Promise<End<R>>;
}

export interface SpawnOptions {
  readonly config?: Partial<TcpConfig>;
  /** Settings of single ranks. */
  readonly configOf?: (rank: number) => Partial<TcpConfig>;
  /** Package whose ranks and rank programs these are: another than this one, if given. */
  readonly root?: string;
  readonly onMessage?: (rank: number, message: unknown) => void;
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts one process a rank on this host. */
export function spawnRanks<R>(
  program: string,
  size: number,
  port: number,
  args: unknown,
  { config, configOf, onMessage, root }: SpawnOptions = {},
): SpawnedRank<R>[] {
  const urlOf = (name: string): URL =>
    root === undefined ? programUrl(name) : pathToFileURL(join(root, `test/comm/programs/${name}.mjs`));
  return Array.from({ length: size }, (_, rank) => {
    const child = startFork(fileURLToPath(urlOf(ENTRY)), [], { serialization: 'advanced' });
    let told: End<R> | undefined;
    child.on('message', (message: { type: string; message: unknown; value: R; error: never }) => {
      if (message.type === 'post') onMessage?.(rank, message.message);
      else told = message.type === 'returned' ? { value: message.value } : { error: unpackError(message.error) };
    });
    const end = new Promise<End<R>>((resolve) => {
      child.once('exit', (_code, signal) => resolve(told ?? { signal }));
    });
    child.send({
      url: urlOf(program).href,
      args,
      config: { coordinator: '127.0.0.1', bindAddr: '127.0.0.1', port, rank, size, ...config, ...configOf?.(rank) },
    });
    return { process: child, end };
  });
}

/** What all ranks returned, or the first error. */
export async function valuesOf<R>(ranks: readonly SpawnedRank<R>[]): Promise<R[]> {
  return (await Promise.all(ranks.map(({ end }) => end))).map((end) => {
    if ('error' in end) throw end.error;
    if (!('value' in end)) throw new Error(`ended by ${end.signal}`);
    return end.value;
  });
}

/** Runs a program as processes over TCP; all of them must return. */
export async function runTcp<R>(program: string, size: number, args?: unknown, options?: SpawnOptions): Promise<R[]> {
  for (let attempt = 1; ; attempt++) {
    const ranks = spawnRanks<R>(program, size, await freePort(), args, options);
    const ends = await Promise.all(ranks.map(({ end }) => end));
    const first = ends.find((end) => !('value' in end));
    if (first === undefined) return ends.map((end) => (end as { value: R }).value);
    // Somebody else took the port in the meantime.
    const taken = ends.some((end) => 'error' in end && end.error instanceof BackendError && portTaken(end.error));
    if (taken && attempt < PORT_ATTEMPTS) continue;
    throw 'error' in first ? first.error : new Error(`a rank ended by signal ${(first as { signal: string }).signal}`);
  }
}

function portTaken(error: BackendError): boolean {
  return String(error.context.detail).includes('EADDRINUSE');
}
