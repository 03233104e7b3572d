import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type BackendError, initializationFailed } from '../backend-error.js';
import {
  type Connection,
  type Frame,
  KEEP_ALIVE_MS,
  LOOK_INTERVAL_MS,
  nextFrame,
  Stranger,
  takeUp,
  writeFrame,
} from './connection.js';
import { MOST_REASON_BYTES, readFailure } from './failure.js';
import { ACK, SHUTDOWN } from './frame.js';
import { drawNonce, handshakeFrame, isProof, NONCE_BYTES, proofOf, readAck } from './handshake.js';
import { LinkLost } from './link.js';

/** First and longest pause between attempts to connect [ms]. */
const FIRST_RETRY_MS = 20;
const LONGEST_RETRY_MS = 500;

const COORDINATOR = 0;

interface ReachOptions {
  readonly coordinator: string;
  readonly port: number;
  readonly rank: number;
  readonly size: number;
  readonly connectTimeoutMs: number;
  readonly token: string | undefined;
}

/**
 * Connects to the coordinator and introduces this rank, again and again until the coordinator is there.
 * @throws BackendError `InitializationFailed` when it refuses this rank, or cannot be reached in time.
 */
export async function reachCoordinator(options: ReachOptions): Promise<Connection> {
  const deadline = performance.now() + options.connectTimeoutMs;
  for (let pause = FIRST_RETRY_MS; ; pause = Math.min(2 * pause, LONGEST_RETRY_MS)) {
    let lastCause: unknown;
    try {
      return await introduce(await open(options, deadline), options, deadline);
    } catch (error) {
      if (!isTransient(error)) throw error;
      lastCause = error;
    }
    if (performance.now() + pause > deadline) {
      const { message } = lastCause as Error;
      throw failed('connect', message, options, lastCause);
    }
    await delay(pause);
  }
}

/** Nobody there yet, or a connection that was dropped before anything was said: worth another attempt. */
function isTransient(error: unknown): boolean {
  return error instanceof LinkLost || typeof (error as NodeJS.ErrnoException).syscall === 'string';
}

function open({ coordinator, port }: ReachOptions, deadline: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: coordinator,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
    });
    // The event loop must not read: the rank does.
    socket.pause();
    const late = setTimeout(
      () => socket.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT', syscall: 'connect' })),
      Math.max(0, deadline - performance.now()),
    );
    socket.once('connect', () => {
      clearTimeout(late);
      resolve(socket);
    });
    socket.once('error', (error) => {
      clearTimeout(late);
      // A name with several addresses: each has an error of its own, and any of them will do.
      reject(error instanceof AggregateError ? error.errors[0] : error);
    });
  });
}

async function introduce(socket: Socket, options: ReachOptions, deadline: number): Promise<Connection> {
  const { rank, size, token } = options;
  const connection = takeUp(socket, COORDINATOR, false);
  const { link } = connection;
  const next = async (): Promise<Uint8Array> => {
    for (;;) {
      const frame = nextFrame(link, 1 + MOST_REASON_BYTES);
      if (frame !== null) return acked(frame, options);
      if (performance.now() > deadline) throw failed('handshake', 'no answer to the handshake in time', options);
      await delay(LOOK_INTERVAL_MS);
    }
  };
  try {
    if (token === undefined) {
      writeFrame(link, handshakeFrame({ rank, size }));
      const extra = await next();
      if (extra.length > 0) throw failed('handshake', 'the coordinator asks for COBRE_TCP_TOKEN', options);
      return connection;
    }
    const nonce = drawNonce();
    writeFrame(link, handshakeFrame({ rank, size }, nonce));
    const theirs = await next();
    if (theirs.length !== NONCE_BYTES) {
      throw failed('handshake', 'the coordinator was started without COBRE_TCP_TOKEN', options);
    }
    writeFrame(link, handshakeFrame({ rank, size }, proofOf(token, 'worker', nonce, theirs, { rank, size })));
    if (!isProof(await next(), proofOf(token, 'coordinator', nonce, theirs, { rank, size }))) {
      throw failed('handshake', 'the coordinator does not know the token', options);
    }
    return connection;
  } catch (error) {
    socket.destroy();
    if (error instanceof Stranger) throw failed('handshake', `this is no coordinator: ${error.message}`, options);
    throw error;
  }
}

/** What follows the size in the coordinator's answer. */
function acked({ tag, payload }: Frame, options: ReachOptions): Uint8Array {
  if (tag === SHUTDOWN) {
    const failure = readFailure(payload, COORDINATOR);
    const why = failure.kind === 'CollectiveFailed' ? failure.message : failure.what;
    throw failed('handshake', `the coordinator refuses this rank: ${why}`, options);
  }
  const said = tag === ACK ? readAck(payload) : null;
  if (said === null) throw failed('handshake', 'the answer to the handshake is not one', options);
  if (said.size !== options.size) {
    throw failed('handshake', `the coordinator has size ${said.size}, this rank ${options.size}`, options);
  }
  return said.extra;
}

function failed(
  operation: 'connect' | 'handshake',
  message: string,
  options: ReachOptions,
  cause?: unknown,
): BackendError {
  const coordinator = `${options.coordinator}:${options.port}`;
  const detail = { message, coordinator, ...(cause === undefined ? {} : { cause }) };
  if (operation === 'connect') return initializationFailed('tcp', operation, detail);
  return initializationFailed(
    'tcp',
    operation,
    detail,
    'Start every rank once, with ranks 0 to size-1, the same COBRE_TCP_SIZE and the same COBRE_TCP_TOKEN, or none.',
  );
}
