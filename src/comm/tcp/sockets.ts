import { existsSync, readSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { nativeFolder } from '../native-folder.js';

/** What to wait for, as bits: data to read, room to write. */
export const READING = 1;
export const WRITING = 2;
/** Words a socket in the list for `wait`: descriptor, what to wait for, what it is ready for. */
export const WORDS_A_SOCKET = 3;
/** Sockets that `wait` looks at in one call. */
export const MOST_SOCKETS = 1024;

/**
 * Reads and writes of descriptors that never block. They return how many bytes were moved, or the negative error
 * number of a system call that failed; 0 bytes read are the end of the stream.
 */
export interface Sockets {
  read(descriptor: number, target: Uint8Array, at: number, most: number): number;
  /** Like `read`, of bytes that nobody wants. Where it is missing they have to be read. */
  readonly discard?: (descriptor: number, most: number) => number;
  write(descriptor: number, source: Uint8Array, at: number, most: number): number;
  /** Writes from a list of pieces, beginning with byte `at` of number `first`; not necessarily more than one piece. */
  writePieces(descriptor: number, pieces: readonly Uint8Array[], first: number, at: number, most: number): number;
  /**
   * Waits until one of `count` sockets is ready: looks without pause first, sleeps then. Where it is missing, readiness
   * shows only in an attempt to read or write.
   */
  readonly wait?: (sockets: Int32Array, count: number, spinMicroseconds: number, sleepMilliseconds: number) => number;
}

/** Node's own calls. That nothing has come is an exception there, which costs much more than the system call. */
const PORTABLE: Sockets = {
  read(descriptor, target, at, most) {
    // Without a stack the exception costs a little less.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return readSync(descriptor, target, at, most, null);
    } catch (error) {
      return errorNumberOf(error);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  },
  write(descriptor, source, at, most) {
    try {
      return writeSync(descriptor, source, at, most, null);
    } catch (error) {
      return errorNumberOf(error);
    }
  },
  writePieces(descriptor, pieces, first, at, most) {
    return PORTABLE.write(descriptor, pieces[first], at, Math.min(most, pieces[first].length - at));
  },
};

function errorNumberOf(error: unknown): number {
  const { errno } = error as NodeJS.ErrnoException;
  if (typeof errno === 'number' && errno < 0) return errno;
  throw error;
}

let loaded: Sockets | undefined;

/** The native module where it has been built and can be loaded, else Node's own calls: both do the same. */
export function loadSockets(): Sockets {
  loaded ??= loadNative() ?? PORTABLE;
  return loaded;
}

function loadNative(): Sockets | undefined {
  const path = fileURLToPath(new URL('sockets.node', nativeFolder()));
  if (!existsSync(path)) return undefined;
  try {
    return createRequire(import.meta.url)(path) as Sockets;
  } catch {
    // Built for another system, say. Nothing is lost but speed.
    return undefined;
  }
}
