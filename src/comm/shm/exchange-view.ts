import { ARRAY_KINDS } from '../array-kind.js';
import type { CommArray, CommArrayConstructor } from '../communicator.js';
import {
  INLINE_BYTES,
  INLINE_OFFSET_BYTES,
  LINE_BYTES,
  linesBytes,
  SLOT_BYTES,
  SLOT_STRIDE_BYTES,
} from './control-region.js';

/** A communicator's exchange memory as elements of one kind. All numbers are in elements. */
export class ExchangeView {
  /** The whole memory from its beginning, so that an index is an offset. */
  elements: CommArray;
  /** Most elements that travel inside a rank's line. */
  readonly inlineLength: number;
  /** Most elements that a slot holds: what one round carries. */
  readonly slotLength: number;
  /** From one rank's inline payload to the next one's. */
  readonly inlineStride: number;
  readonly slotStride: number;
  readonly #inlineFirst: readonly [number, number];
  readonly #slotFirst: readonly [number, number];

  constructor(kind: number, buffer: ArrayBufferLike, blockOffset: number, size: number) {
    const ctor = ARRAY_KINDS[kind];
    const width = ctor.BYTES_PER_ELEMENT;
    const slots = blockOffset + linesBytes(size);
    const inline = blockOffset + INLINE_OFFSET_BYTES;
    this.elements = new ctor(buffer, 0, Math.floor(buffer.byteLength / width));
    this.inlineLength = INLINE_BYTES / width;
    this.slotLength = SLOT_BYTES / width;
    this.inlineStride = LINE_BYTES / width;
    this.slotStride = SLOT_STRIDE_BYTES / width;
    this.#inlineFirst = [inline / width, (inline + size * LINE_BYTES) / width];
    this.#slotFirst = [slots / width, (slots + size * SLOT_STRIDE_BYTES) / width];
  }

  /** Extends the view over memory that has been added since. */
  reach(end: number, bufferOf: (offset: number, bytes: number) => ArrayBufferLike): void {
    if (end <= this.elements.length) return;
    const ctor = this.elements.constructor as CommArrayConstructor<CommArray>;
    const width = ctor.BYTES_PER_ELEMENT;
    const buffer = bufferOf(0, end * width);
    this.elements = new ctor(buffer, 0, Math.floor(buffer.byteLength / width));
  }

  /** Index of the first element of rank 0's inline payload. */
  inlineFirst(parity: 0 | 1): number {
    return this.#inlineFirst[parity];
  }

  /** Index of the first element of rank 0's slot. */
  slotFirst(parity: 0 | 1): number {
    return this.#slotFirst[parity];
  }
}
