import type { CommArray } from '../communicator.js';
import { LINE_BYTES, MAX_PAGES, PAGE_BYTES } from './control-region.js';
import type { Segment } from './segment.js';

/** Larger arrays are not remembered: asking where they lie is nothing beside copying them, and they would be kept alive. */
const REMEMBERED_BYTES = 16 * 1024;

/**
 * Hands out the part of a gang's memory behind the first communicator's block.
 *
 * Every rank has an arena of its own over the same memory. They agree without talking because they see the same
 * sequence of calls: allocation is first fit, free blocks are kept in order of address and merged.
 */
export class SharedArena {
  readonly #segment: Segment;
  readonly #maxBytes: number;
  /** Free blocks below `#top`, by address: offsets and their sizes. */
  readonly #freeOffsets: number[] = [];
  readonly #freeSizes: number[] = [];
  /** Everything from here on has never been handed out, or was given back. */
  #top: number;
  /** Everything from here on has never been handed out, so it is still zero as the system made it. */
  #touched: number;
  /** Buffer objects over the memory: a new one each time it has become longer, all of them valid. */
  readonly #buffers = new WeakSet<ArrayBufferLike>();
  /** Arrays that were found to lie elsewhere, of late. Where small ones lie takes longer to ask than to send them. */
  readonly #outside: (CommArray | null)[] = [null, null, null, null];
  #oldest = 0;

  constructor(segment: Segment, offset: number, maxBytes: number) {
    this.#segment = segment;
    this.#maxBytes = Math.min(maxBytes, MAX_PAGES * PAGE_BYTES);
    this.#top = alignUp(offset, LINE_BYTES);
    this.#touched = this.#top;
  }

  /** Bytes that an allocation of `bytes` takes: whole lines, at least one, so that no two regions share a line. */
  static roundUp(bytes: number): number {
    return Math.max(LINE_BYTES, alignUp(bytes, LINE_BYTES));
  }

  /** Offset of `bytes` free bytes (already rounded up), or -1 when the limit does not allow them. */
  allocate(bytes: number): number {
    const index = this.#freeSizes.findIndex((size) => size >= bytes);
    if (index >= 0) {
      const offset = this.#freeOffsets[index];
      if (this.#freeSizes[index] === bytes) {
        this.#freeOffsets.splice(index, 1);
        this.#freeSizes.splice(index, 1);
      } else {
        this.#freeOffsets[index] += bytes;
        this.#freeSizes[index] -= bytes;
      }
      return offset;
    }
    if (this.#top + bytes > this.#maxBytes) return -1;
    const offset = this.#top;
    this.#top += bytes;
    return offset;
  }

  free(offset: number, bytes: number): void {
    const at = this.#firstFreeAfter(offset);
    this.#freeOffsets.splice(at, 0, offset);
    this.#freeSizes.splice(at, 0, bytes);
    this.#mergeWithNext(at);
    if (at > 0) this.#mergeWithNext(at - 1);
    const last = this.#freeOffsets.length - 1;
    if (this.#freeOffsets[last] + this.#freeSizes[last] === this.#top) {
      this.#top = this.#freeOffsets[last];
      this.#freeOffsets.pop();
      this.#freeSizes.pop();
    }
  }

  /** Makes the memory long enough for a block. One rank does it for all. False when the system has no more. */
  commit(offset: number, bytes: number): boolean {
    return this.#segment.commit(offset + bytes);
  }

  /** Zeroes what an earlier owner of the block may have left. One rank does it for all. */
  clear(offset: number, bytes: number): void {
    const dirty = Math.min(offset + bytes, this.#touched) - offset;
    if (dirty > 0) new Uint8Array(this.#segment.buffer, offset, dirty).fill(0);
  }

  /** Notes that a block is in use from now on. Every rank does it. */
  touch(offset: number, bytes: number): void {
    this.#touched = Math.max(this.#touched, offset + bytes);
  }

  /** The memory as this rank may address it now; another rank may have made it longer. */
  bufferOf(offset: number, bytes: number): ArrayBufferLike {
    this.#segment.reach(offset + bytes);
    const buffer = this.#segment.buffer;
    this.#buffers.add(buffer);
    return buffer;
  }

  /** Where in the memory an array lies, in bytes; -1 when it lies elsewhere. */
  offsetOf(array: CommArray): number {
    const offset = array.byteOffset;
    // The gang's header lies at 0. To ask a small array of the heap for its buffer would make it one.
    return offset !== 0 && this.#buffers.has(array.buffer) ? offset : -1;
  }

  /** Whether an array lies, with any of its elements, in memory that was handed out and given back. */
  isStale(array: CommArray): boolean {
    // Asked for every argument of every collective: nothing but fields as long as nothing has been given back.
    if (this.#freeOffsets.length === 0 && this.#top === this.#touched) return false;
    const outside = this.#outside;
    if (array === outside[0] || array === outside[1] || array === outside[2] || array === outside[3]) return false;
    const offset = this.offsetOf(array);
    if (offset < 0 && array.byteLength <= REMEMBERED_BYTES) {
      outside[this.#oldest] = array;
      this.#oldest = (this.#oldest + 1) % outside.length;
    }
    if (offset < 0 || array.length === 0) return false;
    const end = offset + array.byteLength;
    if (Math.max(offset, this.#top) < Math.min(end, this.#touched)) return true;
    const next = this.#firstFreeAfter(offset);
    return (
      (next < this.#freeOffsets.length && this.#freeOffsets[next] < end) ||
      (next > 0 && this.#freeOffsets[next - 1] + this.#freeSizes[next - 1] > offset)
    );
  }

  /** Index of the first free block that begins behind `offset`; the number of blocks when there is none. */
  #firstFreeAfter(offset: number): number {
    let low = 0;
    let high = this.#freeOffsets.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#freeOffsets[middle] > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #mergeWithNext(at: number): void {
    const next = at + 1;
    if (next >= this.#freeOffsets.length) return;
    if (this.#freeOffsets[at] + this.#freeSizes[at] !== this.#freeOffsets[next]) return;
    this.#freeSizes[at] += this.#freeSizes[next];
    this.#freeOffsets.splice(next, 1);
    this.#freeSizes.splice(next, 1);
  }
}

function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}
