import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { initializationFailed } from '../backend-error.js';
import {
  type Connection,
  KEEP_ALIVE_MS,
  LOOK_INTERVAL_MS,
  nextFrame,
  Stranger,
  takeUp,
  writeFrame,
} from './connection.js';
import { shutdownFrame } from './failure.js';
import { HANDSHAKE } from './frame.js';
import {
  ackFrame,
  drawNonce,
  type Identity,
  isProof,
  NONCE_BYTES,
  PROOF_BYTES,
  proofOf,
  readHandshake,
} from './handshake.js';

/** A connection must have introduced itself within this time [ms]. */
const HANDSHAKE_DEADLINE_MS = 5_000;
/** Connections beside the ranks' own that may be about to introduce themselves; the oldest makes room. */
const SPARE_CANDIDATES = 64;
/** Connections that the system may hold until they are accepted; it may know a lower limit of its own. */
const BACKLOG = 4096;

interface AcceptOptions {
  readonly size: number;
  readonly port: number;
  readonly bindAddr: string;
  readonly connectTimeoutMs: number;
  readonly token: string | undefined;
  /** Whether a watch thread will use the connections too. */
  readonly watched: boolean;
}

/** A connection that is not a rank yet. */
interface Candidate extends Connection {
  readonly since: number;
  /** With a token: what has been said and drawn in the first exchange. */
  challenge?: { readonly who: Identity; readonly workerNonce: Uint8Array; readonly ownNonce: Uint8Array };
}

/**
 * Listens until every worker has introduced itself, and gives their connections in rank order. Whatever else connects
 * is dropped: strangers at once or at their deadline, ranks with wrong numbers with a reason.
 * @throws BackendError `InitializationFailed` when it cannot listen or ranks are missing at the end of the time.
 */
export async function acceptWorkers(options: AcceptOptions): Promise<Connection[]> {
  const { size, connectTimeoutMs } = options;
  const ranks: (Connection | undefined)[] = new Array(size).fill(undefined);
  const candidates = new Set<Candidate>();
  const deadline = performance.now() + connectTimeoutMs;
  /** Why one that came as a rank was not taken. */
  const refusals = new Map<number, string>();
  const server = createServer({
    pauseOnConnect: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
  });
  server.on('connection', (socket) => {
    if (candidates.size >= size + SPARE_CANDIDATES) {
      const [oldest] = candidates;
      drop(candidates, oldest);
    }
    candidates.add({ ...takeUp(socket, -1, options.watched), since: performance.now() });
  });
  await listen(server, options);
  // A connection that could not be accepted, for want of descriptors say, is the other side's to try again.
  server.on('error', () => {});
  try {
    for (;;) {
      for (const candidate of candidates) attend(candidate, candidates, ranks, refusals, options);
      const missing = ranks.findIndex((connection, rank) => rank > 0 && connection === undefined);
      if (missing < 0) return ranks.slice(1) as Connection[];
      if (performance.now() > deadline) throw tooFew(ranks, refusals, options);
      await delay(LOOK_INTERVAL_MS);
    }
  } catch (error) {
    for (const connection of ranks) connection?.socket.destroy();
    throw error;
  } finally {
    for (const { socket } of candidates) socket.destroy();
    server.close();
  }
}

async function listen(server: Server, { port, bindAddr }: AcceptOptions): Promise<void> {
  server.listen({ port, host: bindAddr, backlog: BACKLOG });
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw initializationFailed(
      'tcp',
      'listen',
      { message: (cause as Error).message, coordinator: `${bindAddr}:${port}`, cause },
      (cause as NodeJS.ErrnoException).code === 'EADDRINUSE'
        ? `Port ${port} is taken: end the program that uses it, or set COBRE_TCP_PORT to a free one on all ranks.`
        : 'Set COBRE_TCP_BIND_ADDR to an address of this host (0.0.0.0 for all) and COBRE_TCP_PORT to a port it may use.',
    );
  }
}

/** Goes on with one handshake as far as what has come allows. */
function attend(
  candidate: Candidate,
  candidates: Set<Candidate>,
  ranks: (Connection | undefined)[],
  refusals: Map<number, string>,
  options: AcceptOptions,
): void {
  try {
    const frame = nextFrame(candidate.link);
    if (frame === null) {
      if (performance.now() - candidate.since > HANDSHAKE_DEADLINE_MS) drop(candidates, candidate);
      return;
    }
    const said = frame.tag === HANDSHAKE ? readHandshake(frame.payload) : null;
    if (said === null) throw new Stranger('this is no handshake');
    if (said.rank < ranks.length) forgetGone(ranks, said.rank);
    const wrong = objectionTo(said, said.extra, candidate, ranks, options);
    if (wrong !== null) {
      // Strangers can claim to be any number of ranks.
      if (refusals.size < ranks.length) refusals.set(said.rank, wrong);
      writeFrame(candidate.link, shutdownFrame({ kind: 'CollectiveFailed', message: wrong, failedRank: null }));
      drop(candidates, candidate);
      return;
    }
    answer(said, said.extra, candidate, candidates, ranks, options);
  } catch {
    drop(candidates, candidate);
  }
}

/** Why this worker cannot be taken, or `null`. */
function objectionTo(
  who: Identity,
  extra: Uint8Array,
  candidate: Candidate,
  ranks: readonly (Connection | undefined)[],
  { size, token }: AcceptOptions,
): string | null {
  const { challenge } = candidate;
  if (token === undefined) {
    if (extra.length > 0) return 'the coordinator was started without COBRE_TCP_TOKEN';
  } else if (challenge === undefined) {
    if (extra.length !== NONCE_BYTES) return 'the coordinator asks for COBRE_TCP_TOKEN';
    // Strangers are told nothing about the ranks before they have proved themselves.
    return null;
  } else {
    const right = proofOf(token, 'worker', challenge.workerNonce, challenge.ownNonce, who);
    const same = who.rank === challenge.who.rank && who.size === challenge.who.size;
    if (extra.length !== PROOF_BYTES || !same || !isProof(extra, right)) return 'the tokens differ';
  }
  if (who.size !== size) return `this rank was started with size ${who.size}, the coordinator with ${size}`;
  if (who.rank < 1 || who.rank >= size) return `rank ${who.rank} is not one of the workers 1 to ${size - 1}`;
  if (ranks[who.rank] !== undefined) return `another process is rank ${who.rank} already`;
  return null;
}

/** Accepts a worker, or challenges it first where there is a token. */
function answer(
  { rank, size }: Identity,
  extra: Uint8Array,
  candidate: Candidate,
  candidates: Set<Candidate>,
  ranks: (Connection | undefined)[],
  { token }: AcceptOptions,
): void {
  const who = { rank, size };
  if (token !== undefined && candidate.challenge === undefined) {
    const ownNonce = drawNonce();
    candidate.challenge = { who, workerNonce: extra, ownNonce };
    say(candidate, ackFrame(size, ownNonce));
    return;
  }
  const proof =
    token === undefined || candidate.challenge === undefined
      ? undefined
      : proofOf(token, 'coordinator', candidate.challenge.workerNonce, candidate.challenge.ownNonce, who);
  say(candidate, ackFrame(size, proof));
  candidates.delete(candidate);
  // The same memory under the rank's number: a worker may have sent its first frames already.
  ranks[rank] = { socket: candidate.socket, link: candidate.link.as(rank) };
}

function say({ link }: Candidate, frame: Uint8Array): void {
  if (!writeFrame(link, frame)) throw new Stranger('it does not listen');
}

/**
 * A worker that went away with nothing left to say may come again. Until somebody comes in its place it counts as
 * there: its program may simply be over.
 */
function forgetGone(ranks: (Connection | undefined)[], rank: number): void {
  const connection = ranks[rank];
  if (connection === undefined) return;
  try {
    connection.link.fill();
    if (!connection.link.ended || connection.link.buffered > 0) return;
  } catch {
    // Gone.
  }
  connection.socket.destroy();
  ranks[rank] = undefined;
}

function drop(candidates: Set<Candidate>, candidate: Candidate): void {
  candidates.delete(candidate);
  candidate.socket.destroy();
}

/** Tells those who came that the others did not. */
function tooFew(
  ranks: readonly (Connection | undefined)[],
  refusals: ReadonlyMap<number, string>,
  options: AcceptOptions,
): Error {
  const { connectTimeoutMs, bindAddr, port } = options;
  const missing = ranks.flatMap((connection, rank) => (rank > 0 && connection === undefined ? [rank] : []));
  const absent = `rank ${missing.join(', ')} did not connect within ${connectTimeoutMs} ms`;
  const turnedAway = [...refusals].map(([rank, why]) => `; one that came as rank ${rank} was turned away: ${why}`);
  const message = `${absent}${turnedAway.join('')}`;
  const frame = shutdownFrame({ kind: 'CollectiveFailed', message, failedRank: missing[0] });
  for (const connection of ranks) {
    try {
      if (connection !== undefined) writeFrame(connection.link, frame);
    } catch {
      // Gone as well.
    }
  }
  return initializationFailed(
    'tcp',
    'accept all ranks',
    { message, coordinator: `${bindAddr}:${port}` },
    'Verify that all ranks are started with the coordinator’s host and port and the same size, and can reach it.',
  );
}
