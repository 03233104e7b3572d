import type { Socket } from 'node:net';
import { initializationFailed } from '../backend-error.js';
import { LENGTH_BYTES } from './frame.js';
import { MOST_HANDSHAKE_BYTES } from './handshake.js';
import { Link } from './link.js';

/** Idle time after which the system asks whether the other host is still there [ms]. */
export const KEEP_ALIVE_MS = 10_000;
/** How often a handshake under way is looked at [ms]. */
export const LOOK_INTERVAL_MS = 2;

/** A socket and the link that reads and writes past its event loop. */
export interface Connection {
  readonly socket: Socket;
  readonly link: Link;
}

/** Takes up a connected socket. It must be paused since before it was connected: nothing may have been read from it. */
export function takeUp(socket: Socket, peer: number, shared: boolean): Connection {
  const descriptor = (socket as unknown as { _handle?: { fd?: number } })._handle?.fd ?? -1;
  if (descriptor < 0) {
    socket.destroy();
    throw initializationFailed(
      'tcp',
      'take up a connection',
      { message: 'this platform gives no descriptor for a socket' },
      'Use the tcp backend on Linux or macOS; ranks as worker threads (backend shm) run everywhere.',
    );
  }
  // Failures show when the link is used.
  socket.on('error', () => {});
  return { socket, link: Link.open(peer, descriptor, shared) };
}

export interface Frame {
  readonly tag: number;
  readonly payload: Uint8Array;
}

/** Something that is no frame of a handshake. */
export class Stranger extends Error {}

/**
 * The next frame of a handshake, or `null` as long as it has not come.
 * @param most Longest acceptable frame, from the tag on.
 * @throws Stranger for anything longer or empty; LinkLost when the other side has closed.
 */
export function nextFrame(link: Link, most = MOST_HANDSHAKE_BYTES): Frame | null {
  while (link.buffered < LENGTH_BYTES) if (!link.fill()) return refuseCut(link);
  const length = link.frameLength;
  if (length < 1 || length > most) throw new Stranger(`a frame of ${length} bytes where a handshake was expected`);
  while (link.buffered < LENGTH_BYTES + length) if (!link.fill()) return refuseCut(link);
  const frame = { tag: link.frameTag, payload: link.payload() };
  link.skip(LENGTH_BYTES + length);
  return frame;
}

function refuseCut(link: Link): null {
  if (link.ended) throw new Stranger('the connection was closed within a handshake');
  return null;
}

/** Writes a small frame at once. False if the system does not take it whole. */
export function writeFrame(link: Link, frame: Uint8Array): boolean {
  return link.write(frame, 0, frame.length) === frame.length;
}
