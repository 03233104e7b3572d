import { readSync, writeSync } from 'node:fs';
import { HEADER_BYTES, LENGTH_BYTES } from './frame.js';

/** What a link reads ahead of its user; a larger rest of a frame is read straight to where it belongs. */
const INBOX_BYTES = 64 * 1024;

// Words of a link's state.
const START = 0;
const END = 1;
const ENDED = 2;
const STATE_WORDS = 3;

/** Why nothing more can be read from a link, or written to it. */
export class LinkLost extends Error {
  constructor(
    readonly peer: number,
    message: string,
  ) {
    super(message);
  }
}

/** A link as another thread of the process can take it up. */
export interface LinkParts {
  readonly peer: number;
  readonly descriptor: number;
  readonly inbox: ArrayBufferLike;
  readonly state: ArrayBufferLike;
}

/**
 * One TCP connection, used without an event loop: its descriptor never blocks, so reads and writes do what can be done
 * now and return. What was read lies in shared memory, so that the watch thread, where there is one, can read on while the rank computes.
 */
export class Link {
  readonly peer: number;
  readonly #descriptor: number;
  readonly #inbox: Buffer;
  readonly #state: Int32Array;
  readonly #parts: LinkParts;

  constructor(parts: LinkParts) {
    this.peer = parts.peer;
    this.#parts = parts;
    this.#descriptor = parts.descriptor;
    this.#inbox = Buffer.from(parts.inbox);
    this.#state = new Int32Array(parts.state);
  }

  /** @param shared Whether another thread will use the link too; copies out of shared memory are slower. */
  static open(peer: number, descriptor: number, shared: boolean): Link {
    const Memory = shared ? SharedArrayBuffer : ArrayBuffer;
    return new Link({
      peer,
      descriptor,
      inbox: new Memory(INBOX_BYTES),
      state: new Memory(STATE_WORDS * Int32Array.BYTES_PER_ELEMENT),
    });
  }

  /** What another thread needs to make the same link. Only one thread may use it at a time. */
  get parts(): LinkParts {
    return this.#parts;
  }

  /** The same link, once it is known which rank is at the other end. */
  as(peer: number): Link {
    return new Link({ ...this.#parts, peer });
  }

  /** Bytes read and not yet taken. */
  get buffered(): number {
    return this.#state[END] - this.#state[START];
  }

  /** True once the other side has closed: what is buffered is all there will be. */
  get ended(): boolean {
    return this.#state[ENDED] !== 0;
  }

  /** Length of the frame at the head of the inbox, tag included. Needs `LENGTH_BYTES` buffered. */
  get frameLength(): number {
    return this.#inbox.readUInt32BE(this.#state[START]);
  }

  /** Tag of the frame at the head of the inbox. Needs `HEADER_BYTES` buffered. */
  get frameTag(): number {
    return this.#inbox[this.#state[START] + LENGTH_BYTES];
  }

  /** Byte of the inbox, counted from its head. */
  byteAt(offset: number): number {
    return this.#inbox[this.#state[START] + offset];
  }

  skip(bytes: number): void {
    this.#state[START] += bytes;
  }

  /** Copies what has been read ahead of a frame that is buffered whole. */
  payload(): Uint8Array {
    const start = this.#state[START];
    return Uint8Array.from(this.#inbox.subarray(start + HEADER_BYTES, start + LENGTH_BYTES + this.frameLength));
  }

  /**
   * Reads what has come into the inbox. False if there was nothing, or no room.
   * @throws LinkLost when the other side has closed and nothing is buffered.
   */
  fill(): boolean {
    const state = this.#state;
    if (state[START] === state[END]) {
      if (state[ENDED] !== 0) throw new LinkLost(this.peer, 'the connection is closed');
      state[START] = 0;
      state[END] = 0;
    } else if (state[END] === INBOX_BYTES && state[START] > 0) {
      this.#inbox.copyWithin(0, state[START], state[END]);
      state[END] -= state[START];
      state[START] = 0;
    }
    if (state[ENDED] !== 0 || state[END] === INBOX_BYTES) return false;
    const got = this.#read(this.#inbox, state[END], INBOX_BYTES - state[END]);
    state[END] += got;
    return got > 0;
  }

  /** Takes bytes into `target[at .. at + most)` and returns how many: those read ahead first. */
  take(target: Uint8Array, at: number, most: number): number {
    const state = this.#state;
    if (state[START] === state[END]) {
      if (most >= INBOX_BYTES) {
        if (state[ENDED] !== 0) throw new LinkLost(this.peer, 'the connection is closed');
        const got = this.#read(target, at, most);
        if (got === 0 && state[ENDED] !== 0) throw new LinkLost(this.peer, 'the connection is closed');
        return got;
      }
      if (!this.fill()) return 0;
    }
    const got = Math.min(most, state[END] - state[START]);
    target.set(this.#inbox.subarray(state[START], state[START] + got), at);
    state[START] += got;
    return got;
  }

  /** Writes from `source[at .. at + most)` and returns how many bytes the system has taken, possibly none. */
  write(source: Uint8Array, at: number, most: number): number {
    try {
      return writeSync(this.#descriptor, source, at, most, null);
    } catch (error) {
      if (isAgain(error)) return 0;
      throw new LinkLost(this.peer, messageOf(error));
    }
  }

  #read(target: Uint8Array, at: number, most: number): number {
    let got: number;
    // That nothing has come is told by an exception. Without a stack it costs little more than the call.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      got = readSync(this.#descriptor, target, at, most, null);
    } catch (error) {
      if (isAgain(error)) return 0;
      this.#state[ENDED] = 1;
      if (this.buffered > 0) return 0;
      throw new LinkLost(this.peer, messageOf(error));
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
    if (got === 0) this.#state[ENDED] = 1;
    return got;
  }
}

function isAgain(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EAGAIN' || code === 'EINTR';
}

function messageOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'the connection was reset';
  if (code === 'ETIMEDOUT') return 'the connection timed out';
  return message;
}
