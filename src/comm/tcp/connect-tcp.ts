import { CobreError } from '../../errors.js';
import { initializationFailed } from '../backend-error.js';
import type { Comm } from '../communicator.js';
import type { TcpConfig } from '../select/backend-kind.js';
import { acceptWorkers } from './accept-workers.js';
import type { Connection } from './connection.js';
import { reachCoordinator } from './reach-coordinator.js';
import { TcpCommunicator } from './tcp-communicator.js';
import { startWatch } from './watch.js';
import { WatchLock } from './watch-lock.js';

export type { TcpConfig } from '../select/backend-kind.js';

export const DEFAULT_PORT = 29_500;
const DEFAULT_BIND_ADDR = '0.0.0.0';
const DEFAULT_CONNECT_TIMEOUT_MS = 30_000;
const DEFAULT_TIMEOUT_MS = 60_000;
const MAX_PORT = 65_535;
/** Largest delay that `setTimeout` agrees to [ms]. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;
/** Two ranks need no watch: who computes is not waited for by anybody but the one who died. */
const FEWEST_RANKS_TO_WATCH = 3;

/**
 * Joins a gang of ranks over TCP. Rank 0 listens and resolves once all workers are there; a worker resolves once
 * rank 0 has taken it.
 * @throws BackendError `InitializationFailed`; CobreError `InvalidArgument` for a configuration that cannot work.
 */
export async function connectTcp(config: TcpConfig): Promise<Comm> {
  checkConfig(config);
  const { coordinator, rank, size, port = DEFAULT_PORT, bindAddr = DEFAULT_BIND_ADDR } = config;
  const { connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS, timeoutMs = DEFAULT_TIMEOUT_MS, token } = config;
  if (size === 1) return gangOf([], { rank, size, timeoutMs });
  const connections =
    rank === 0
      ? await acceptWorkers({ size, port, bindAddr, connectTimeoutMs, token, watched: isWatched(rank, size) })
      : [await reachCoordinator({ coordinator, port, rank, size, connectTimeoutMs, token })];
  return gangOf(connections, { rank, size, timeoutMs });
}

function isWatched(rank: number, size: number): boolean {
  return rank === 0 && size >= FEWEST_RANKS_TO_WATCH;
}

function gangOf(connections: readonly Connection[], ids: { rank: number; size: number; timeoutMs: number }): Comm {
  const links = connections.map(({ link }) => link);
  const lock = isWatched(ids.rank, ids.size) ? new WatchLock() : undefined;
  const watch =
    lock === undefined ? undefined : startWatch({ links: links.map((link) => link.parts), lock: lock.memory });
  return new TcpCommunicator({
    ...ids,
    links,
    ...(lock === undefined ? {} : { lock }),
    disconnect: (peer) => {
      for (const { socket, link } of connections) if (peer === undefined || link.peer === peer) socket.destroy();
      if (peer === undefined) void watch?.terminate();
    },
  });
}

function checkConfig({ coordinator, rank, size, port, connectTimeoutMs, timeoutMs, token }: TcpConfig): void {
  const refuse = (field: string, value: unknown, suggestion: string): never => {
    throw new CobreError('InvalidArgument', `connectTcp: ${field} cannot be ${String(value)}`, {
      field,
      value,
      suggestion,
    });
  };
  const time = (value: number | undefined) => value === undefined || (value > 0 && value <= MAX_TIMEOUT_MS);
  if (!Number.isSafeInteger(size) || size < 1) refuse('size', size, 'pass a whole number of ranks, 1 or more');
  if (!Number.isSafeInteger(rank) || rank < 0 || rank >= size) {
    refuse('rank', rank, `pass a whole number from 0 to ${size - 1}`);
  }
  if (rank > 0 && (typeof coordinator !== 'string' || coordinator === '')) {
    refuse('coordinator', coordinator, 'pass the host name or address of rank 0');
  }
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= MAX_PORT)) {
    refuse('port', port, `pass a port from 1 to ${MAX_PORT}`);
  }
  if (!time(connectTimeoutMs)) refuse('connectTimeoutMs', connectTimeoutMs, 'pass a number of milliseconds above 0');
  if (!time(timeoutMs)) refuse('timeoutMs', timeoutMs, 'pass a number of milliseconds above 0');
  if (token !== undefined && (typeof token !== 'string' || token === '')) {
    // The value stays out of the message.
    refuse('token', typeof token, 'pass a string that is not empty, or leave it out');
  }
  if (new Uint8Array(new Uint16Array([1]).buffer)[0] !== 1) {
    throw initializationFailed(
      'tcp',
      'start',
      { message: 'this host is big-endian, payloads are little-endian' },
      'Run all ranks on little-endian hosts.',
    );
  }
}
