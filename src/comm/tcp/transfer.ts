import { Failed, type Failure, readFailure } from './failure.js';
import { FULL_FRAME_BYTES, HEADER_BYTES, LENGTH_BYTES, NO_OPERATOR, operationOf, SHUTDOWN } from './frame.js';
import { type Link, LinkLost } from './link.js';

const NONE = -1;

/** What a rank expects from one link in a collective: the frames of one contribution or result. */
export class Incoming {
  readonly link: Link;
  done = true;
  #tag = 0;
  #operator = NO_OPERATOR;
  #pieces: readonly Uint8Array[] = [];
  #width = 1;
  /** Data bytes that are still to come, and those of the whole. */
  #left = 0;
  #total = 0;
  /** Rest of the frame under way. */
  #frameLeft = 0;
  #lastFrame = false;
  #framewise = false;
  #piece = 0;
  #at = 0;
  #unwanted = NONE;

  constructor(link: Link) {
    this.link = link;
  }

  /** Whether the first frame has come, and fits. */
  get begun(): boolean {
    return this.#frameLeft > 0 || this.#left < this.#total || this.done;
  }

  /** Data bytes that have come. */
  get received(): number {
    return this.#total - this.#left;
  }

  /**
   * @param operator Expected in front of each frame's data, or `NO_OPERATOR`.
   * @param pieces Where the data goes.
   * @param width Bytes of an element, for the errors.
   * @param unwanted Number of a piece that is dropped on arrival; its memory is left alone.
   */
  expect(tag: number, operator: number, pieces: readonly Uint8Array[], width: number, unwanted = NONE): void {
    let total = 0;
    for (let i = 0; i < pieces.length; i++) total += pieces[i].length;
    this.expectFrames(tag, operator, total, width);
    this.#framewise = false;
    this.#into(pieces);
    this.#unwanted = unwanted;
  }

  /** Like `expect`, for data that is taken frame by frame with `next`. */
  expectFrames(tag: number, operator: number, totalBytes: number, width: number): void {
    this.#tag = tag;
    this.#operator = operator;
    this.#width = width;
    this.#total = totalBytes;
    this.#left = totalBytes;
    this.#frameLeft = 0;
    this.#framewise = true;
    this.done = true;
    this.link.expectWait();
  }

  /** Asks for the next frame; its data, `FULL_FRAME_BYTES` or what is left, go into `piece`. */
  next(piece: Uint8Array): void {
    this.#into([piece]);
  }

  #into(pieces: readonly Uint8Array[]): void {
    this.#pieces = pieces;
    this.#piece = 0;
    this.#at = 0;
    this.#unwanted = NONE;
    this.done = false;
  }

  /** Takes what has come. True if anything has. */
  step(): boolean {
    let moved = false;
    while (!this.done) {
      if (this.#frameLeft === 0) {
        if (!this.#begin()) return moved;
        moved = true;
      }
      while (this.#frameLeft > 0) {
        const target = this.#pieces[this.#piece];
        const most = Math.min(this.#frameLeft, target.length - this.#at);
        if (most > 0) {
          const got = this.#piece === this.#unwanted ? this.link.discard(most) : this.link.take(target, this.#at, most);
          if (got === 0) return moved;
          moved = true;
          this.#at += got;
          this.#left -= got;
          this.#frameLeft -= got;
        }
        if (this.#at === target.length) {
          this.#piece++;
          this.#at = 0;
        }
      }
      this.done = this.#framewise || this.#lastFrame;
    }
    return moved;
  }

  /** Reads the head of the next frame and holds it against what is expected. False if it is not there yet. */
  #begin(): boolean {
    const { link } = this;
    const operatorBytes = this.#operator === NO_OPERATOR ? 0 : 1;
    if (!this.#headIsThere(HEADER_BYTES)) return false;
    refuseOtherTag(link, this.#tag);
    const data = link.frameLength - 1 - operatorBytes;
    if (operatorBytes > 0 && data >= 0) {
      if (!this.#headIsThere(HEADER_BYTES + 1)) return false;
      if (link.byteAt(HEADER_BYTES) !== this.#operator) {
        throw new Failed({
          kind: 'CollectiveFailed',
          message: `rank ${link.peer} passed another operator or kind of array`,
          failedRank: link.peer,
        });
      }
    }
    const last = data < FULL_FRAME_BYTES;
    if (data < 0 || data > this.#left || data > FULL_FRAME_BYTES || (last && data < this.#left)) {
      throw new Failed({
        kind: 'InvalidBufferSize',
        what: `elements from rank ${link.peer}`,
        expected: this.#total / this.#width,
        actual: (this.#total - this.#left + Math.max(data, 0)) / this.#width,
      });
    }
    link.skip(HEADER_BYTES + operatorBytes);
    this.#frameLeft = data;
    this.#lastFrame = last;
    return true;
  }

  #headIsThere(bytes: number): boolean {
    const { link } = this;
    while (link.buffered < bytes) {
      if (!link.fillReady(bytes - link.buffered, Math.min(this.#left, FULL_FRAME_BYTES))) {
        // Cut off within a frame.
        if (link.ended) link.skip(link.buffered);
        return false;
      }
    }
    return true;
  }
}

/** What a rank has to write to one link in a collective. */
export class Outgoing {
  readonly link: Link;
  done = true;
  cut = false;
  #pieces: readonly Uint8Array[] = [];
  #piece = 0;
  #at = 0;
  #allowed = Number.MAX_SAFE_INTEGER;
  #written = 0;

  constructor(link: Link) {
    this.link = link;
  }

  begin(pieces: readonly Uint8Array[]): void {
    this.#pieces = pieces;
    this.#piece = 0;
    this.#at = 0;
    this.#allowed = Number.MAX_SAFE_INTEGER;
    this.#written = 0;
    this.link.writable = true;
    this.done = pieces.length === 0;
  }

  /** Gives up the rest. */
  drop(): void {
    this.cut = true;
    this.done = true;
  }

  /** Lets only the first so many bytes go, heads of frames included. */
  allow(bytes: number): void {
    this.#allowed = bytes;
  }

  /** All that may go has gone. */
  get held(): boolean {
    return this.#written >= this.#allowed;
  }

  /** Begun and not finished: no other frame can follow any more. */
  get unfinished(): boolean {
    return this.cut || (!this.done && (this.#piece > 0 || this.#at > 0));
  }

  /** Puts `frame` in the place of what follows the frame under way; that goes on, with whatever is in its memory. */
  endWith(frame: Uint8Array): void {
    const heads = headsOf(this.#pieces);
    const next = heads.find((head) => head > this.#piece || (head === this.#piece && this.#at === 0));
    this.#pieces = [...this.#pieces.slice(0, next), frame];
    this.#allowed = Number.MAX_SAFE_INTEGER;
  }

  /** Writes what the system takes. True if that was anything. */
  step(): boolean {
    let moved = false;
    while (!this.done && this.link.writable && this.#written < this.#allowed) {
      let written = this.link.writePieces(this.#pieces, this.#piece, this.#at, this.#allowed - this.#written);
      if (written === 0) return moved;
      moved = true;
      this.#written += written;
      while (written > 0) {
        const inPiece = Math.min(written, this.#pieces[this.#piece].length - this.#at);
        written -= inPiece;
        this.#at += inPiece;
        if (this.#at === this.#pieces[this.#piece].length) {
          this.#at = 0;
          this.done = ++this.#piece === this.#pieces.length;
        }
      }
    }
    return moved;
  }
}

/** Numbers of the pieces that frames begin with. */
function headsOf(pieces: readonly Uint8Array[]): number[] {
  const heads: number[] = [];
  for (let i = 0; i < pieces.length; ) {
    heads.push(i);
    const [a, b, c, d] = pieces[i];
    for (let left = LENGTH_BYTES + ((a << 24) | (b << 16) | (c << 8) | d); left > 0; i++) left -= pieces[i].length;
  }
  return heads;
}

/** Looks for `bytes` bytes at the head of the inbox, reading if need be. */
function frameIsThere(link: Link, bytes: number): boolean {
  while (link.buffered < bytes) {
    if (!link.fill()) {
      // Cut off within a frame.
      if (link.ended) link.skip(link.buffered);
      return false;
    }
  }
  return true;
}

/** The frame at the head of the inbox must have this tag. A Shutdown frame is waited for whole, to learn the reason. */
function refuseOtherTag(link: Link, tag: number): void {
  const found = link.frameTag;
  if (found === tag) return;
  if (found === SHUTDOWN) throw new Failed(shutdownReason(link));
  throw new Failed({
    kind: 'CollectiveFailed',
    message: `rank ${link.peer} called ${operationOf(found)} where others called ${operationOf(tag)}`,
    failedRank: link.peer,
  });
}

/**
 * What the Shutdown frame at the head of the inbox says. The frame is small and written at once, so all of it is
 * there when its head is, unless the sender died over it.
 */
function shutdownReason(link: Link): Failure {
  return readFailure(
    frameIsThere(link, LENGTH_BYTES + link.frameLength) ? link.payload() : new Uint8Array(0),
    link.peer,
  );
}

/**
 * Looks whether a rank that still takes part in the collective has gone.
 * @param contributes Whether its frames of this collective may be waiting.
 */
export function refuseGone(link: Link, contributes: boolean): void {
  link.fill();
  if (link.buffered >= HEADER_BYTES) {
    if (link.frameTag === SHUTDOWN) throw new Failed(shutdownReason(link));
    if (!contributes) {
      throw new Failed({
        kind: 'CollectiveFailed',
        message: `rank ${link.peer} called ${operationOf(link.frameTag)} where others did not`,
        failedRank: link.peer,
      });
    }
  }
  // It will not take the result.
  if (link.ended) throw new LinkLost(link.peer, 'the connection is closed');
}
