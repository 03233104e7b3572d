import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import { HEADER_BYTES, LENGTH_BYTES } from './frame.js';
import { loadSockets } from './sockets.js';

/** What a link reads ahead of its user. */
const INBOX_BYTES = 64 * 1024;
/** A larger rest of a frame is read straight to where it belongs where that costs one more system call and no more. */
const DIRECT_BYTES = 32 * 1024;
/** Fewer are copied one by one: that costs less than a view of them. */
const SHORT_BYTES = 64;

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
  readonly descriptor: number;
  /** Known to have something to read, or room to write; always assumed where nobody can tell without trying. */
  readable: boolean;
  writable = true;
  readonly #sockets = loadSockets();
  /** Whether somebody tells when the link is ready. */
  readonly #waits = this.#sockets.wait !== undefined;
  /** What is longer is read straight to where it belongs. */
  readonly #direct = this.#waits ? DIRECT_BYTES : INBOX_BYTES;
  readonly #inbox: Buffer;
  readonly #state: Int32Array;
  readonly #parts: LinkParts;

  constructor(parts: LinkParts) {
    this.peer = parts.peer;
    this.#parts = parts;
    this.descriptor = parts.descriptor;
    this.readable = !this.#waits;
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
  fill(most = INBOX_BYTES): boolean {
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
    const got = this.#read(this.#inbox, state[END], Math.min(most, INBOX_BYTES - state[END]));
    state[END] += got;
    return got > 0;
  }

  /**
   * Like `fill`, but without a system call unless there is something to read.
   * @param head Bytes that are needed now.
   * @param rest Bytes of the same frame behind them: many are better left for `take`.
   */
  fillReady(head: number, rest: number): boolean {
    return this.readable && this.fill(rest < this.#direct || !this.#waits ? INBOX_BYTES : head);
  }

  /** Whether there is something to read is to be found out by waiting: an attempt would be in the way of what arrives. */
  expectWait(): void {
    this.readable = !this.#waits;
  }

  /** Takes bytes into `target[at .. at + most)` and returns how many: those read ahead first. */
  take(target: Uint8Array, at: number, most: number): number {
    const state = this.#state;
    if (state[START] === state[END]) {
      if (!this.readable) return 0;
      if (most >= this.#direct) {
        if (state[ENDED] !== 0) throw new LinkLost(this.peer, 'the connection is closed');
        const got = this.#read(target, at, most);
        if (got === 0 && state[ENDED] !== 0) throw new LinkLost(this.peer, 'the connection is closed');
        return got;
      }
      if (!this.fill()) return 0;
    }
    const start = state[START];
    const got = Math.min(most, state[END] - start);
    const inbox = this.#inbox;
    if (got > SHORT_BYTES) target.set(inbox.subarray(start, start + got), at);
    else for (let i = 0; i < got; i++) target[at + i] = inbox[start + i];
    state[START] = start + got;
    return got;
  }

  /** Whether a lot of bytes can be dropped for less than it costs to read them. */
  get discards(): boolean {
    return this.#sockets.discard !== undefined;
  }

  /** Like `take`, of bytes that nobody wants. */
  discard(most: number): number {
    const state = this.#state;
    if (state[START] === state[END]) {
      if (!this.readable || this.#sockets.discard === undefined) return 0;
      if (state[ENDED] === 0) {
        const got = this.#afterRead(this.#sockets.discard(this.descriptor, most), most);
        if (got > 0 || state[ENDED] === 0) return got;
      }
      throw new LinkLost(this.peer, 'the connection is closed');
    }
    const got = Math.min(most, state[END] - state[START]);
    state[START] += got;
    return got;
  }

  /** Writes from `source[at .. at + most)` and returns how many bytes the system has taken, possibly none. */
  write(source: Uint8Array, at: number, most: number): number {
    return this.#written(this.#sockets.write(this.descriptor, source, at, most), most);
  }

  /** Writes from a list of pieces, beginning with byte `at` of number `first`. Returns like `write`. */
  writePieces(pieces: readonly Uint8Array[], first: number, at: number, most: number): number {
    const left = pieces[first].length - at;
    if (first === pieces.length - 1 || left >= most) return this.write(pieces[first], at, Math.min(left, most));
    return this.#written(this.#sockets.writePieces(this.descriptor, pieces, first, at, most), 0);
  }

  #written(result: number, wanted: number): number {
    if (result >= 0) {
      if (result < wanted && this.#waits) this.writable = false;
      return result;
    }
    if (!isAgain(result)) throw new LinkLost(this.peer, messageOf(result));
    if (this.#waits) this.writable = false;
    return 0;
  }

  #read(target: Uint8Array, at: number, most: number): number {
    return this.#afterRead(this.#sockets.read(this.descriptor, target, at, most), most);
  }

  #afterRead(got: number, most: number): number {
    // Less than was asked for is all there was. An end is always worth another look: it tells so.
    if (this.#waits && got < most && got !== 0) this.readable = false;
    if (got > 0) return got;
    if (isAgain(got)) return 0;
    this.#state[ENDED] = 1;
    this.readable = true;
    if (got < 0 && this.buffered === 0) throw new LinkLost(this.peer, messageOf(got));
    return 0;
  }
}

const { EAGAIN, EINTR, ECONNRESET, EPIPE, ETIMEDOUT } = constants.errno;

function isAgain(result: number): boolean {
  return result === -EAGAIN || result === -EINTR;
}

function messageOf(result: number): string {
  if (result === -ECONNRESET || result === -EPIPE) return 'the connection was reset';
  if (result === -ETIMEDOUT) return 'the connection timed out';
  return getSystemErrorMap().get(result)?.[1] ?? `error ${-result}`;
}
