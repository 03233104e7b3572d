import type { CommArray } from '../communicator.js';

/**
 * Frames: length of what follows (u32, big-endian), tag (u8), payload. The tags and what they carry are fixed by the
 * protocol; payloads of collectives are raw bytes, little-endian.
 */
export const ALLGATHERV_SEND = 0x01;
export const ALLGATHERV_RECV = 0x02;
export const ALLREDUCE_SEND = 0x03;
export const ALLREDUCE_RECV = 0x04;
export const BROADCAST = 0x05;
export const BARRIER_READY = 0x06;
export const BARRIER_GO = 0x07;
export const HANDSHAKE = 0x08;
export const ACK = 0x09;
/** Empty at an orderly end; after a failure it says why, see `failure.ts`. */
export const SHUTDOWN = 0x0a;

const OPERATION_BY_TAG = new Map([
  [ALLGATHERV_SEND, 'allgatherv'],
  [ALLGATHERV_RECV, 'allgatherv'],
  [ALLREDUCE_SEND, 'allreduce'],
  [ALLREDUCE_RECV, 'allreduce'],
  [BROADCAST, 'broadcast'],
  [BARRIER_READY, 'barrier'],
  [BARRIER_GO, 'barrier'],
]);

/** The collective that a frame belongs to. */
export function operationOf(tag: number): string {
  return OPERATION_BY_TAG.get(tag) ?? `something with tag 0x${tag.toString(16).padStart(2, '0')}`;
}

export const LENGTH_BYTES = 4;
/** Length and tag. */
export const HEADER_BYTES = LENGTH_BYTES + 1;

/**
 * Data bytes of a full frame: one element of 8 bytes short of 1 MiB. What is longer travels in several frames, each
 * full but the last, which is shorter and may be empty. So a frame says by itself whether another follows, and a
 * receiver that expects another length than was sent finds out; and a program that sends 1 MiB in one frame, as the
 * protocol without this rule has it, is not misunderstood.
 */
export const FULL_FRAME_BYTES = 1024 * 1024 - 8;

/** Writes the head of a frame; `payloadBytes` do not include the tag. */
export function writeHeader(target: Uint8Array, at: number, tag: number, payloadBytes: number): void {
  const length = payloadBytes + 1;
  target[at] = length >>> 24;
  target[at + 1] = length >>> 16;
  target[at + 2] = length >>> 8;
  target[at + 3] = length;
  target[at + LENGTH_BYTES] = tag;
}

/** A whole small frame. */
export function frameOf(tag: number, payload: Uint8Array = new Uint8Array(0)): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + payload.length);
  writeHeader(frame, 0, tag, payload.length);
  frame.set(payload, HEADER_BYTES);
  return frame;
}

/** No operator byte in front of the data. */
export const NO_OPERATOR = -1;

/** Memory that small messages are put together in. Views of it are kept: most often the next message is as long. */
export class Scratch {
  readonly memory: Uint8Array;
  #whole: readonly Uint8Array[] = [new Uint8Array(0)];

  constructor(bytes: number) {
    this.memory = new Uint8Array(bytes);
  }

  get length(): number {
    return this.memory.length;
  }

  /** Its first bytes, as the only piece of a list. */
  upTo(bytes: number): readonly Uint8Array[] {
    if (this.#whole[0].length !== bytes) this.#whole = [this.memory.subarray(0, bytes)];
    return this.#whole;
  }
}

/**
 * The frames of one contribution or result, as a list of memory pieces to write one after the other. Large data is not
 * copied: its pieces are views of the caller's array. A message of at most `scratch.length` bytes is put together in
 * `scratch`, so that it is written at once; otherwise the heads of the frames are there.
 */
export function framesOf(
  tag: number,
  operator: number,
  data: readonly Uint8Array[],
  scratch: Scratch,
): readonly Uint8Array[] {
  const { memory } = scratch;
  let total = 0;
  for (let i = 0; i < data.length; i++) total += data[i].length;
  const head = operator === NO_OPERATOR ? HEADER_BYTES : HEADER_BYTES + 1;
  if (head + total <= memory.length && total < FULL_FRAME_BYTES) {
    writeHeader(memory, 0, tag, head - HEADER_BYTES + total);
    if (operator !== NO_OPERATOR) memory[HEADER_BYTES] = operator;
    let at = head;
    for (let i = 0; i < data.length; i++) {
      memory.set(data[i], at);
      at += data[i].length;
    }
    return scratch.upTo(at);
  }
  const pieces: Uint8Array[] = [];
  const frames = Math.floor(total / FULL_FRAME_BYTES) + 1;
  const heads = frames * head <= memory.length ? memory : new Uint8Array(frames * head);
  let left = total;
  let piece = 0;
  let from = 0;
  let headAt = 0;
  for (let last = false; !last; ) {
    let inFrame = Math.min(left, FULL_FRAME_BYTES);
    last = inFrame < FULL_FRAME_BYTES;
    left -= inFrame;
    const header = heads.subarray(headAt, headAt + head);
    headAt += head;
    writeHeader(header, 0, tag, head - HEADER_BYTES + inFrame);
    if (operator !== NO_OPERATOR) header[HEADER_BYTES] = operator;
    pieces.push(header);
    while (inFrame > 0) {
      const part = data[piece].subarray(from, from + inFrame);
      if (part.length > 0) pieces.push(part);
      inFrame -= part.length;
      from += part.length;
      if (from === data[piece].length) {
        piece++;
        from = 0;
      }
    }
  }
  return pieces;
}

/** The bytes of `count` elements of an array, from element `from` on. */
export function bytesOf(array: CommArray, from: number, count: number): Uint8Array {
  const width = array.BYTES_PER_ELEMENT;
  return new Uint8Array(array.buffer, array.byteOffset + from * width, count * width);
}
