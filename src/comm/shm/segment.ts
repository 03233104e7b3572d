import { PAGE_BYTES } from './control-region.js';
import type { SharedWasmMemory } from './wasm-memory.js';

/** The memory of a gang as one of its ranks addresses it. */
export interface Segment {
  /** What this rank can address by now. Another buffer object each time there is more. */
  readonly buffer: ArrayBufferLike;
  /** Makes the bytes before `end` usable. One rank does it for all. False when the system has no more memory. */
  commit(end: number): boolean;
  /** Catches up with what another rank has committed, so that `buffer` reaches `end`. */
  reach(end: number): void;
}

/** The memory of a gang of threads. */
export class WasmSegment implements Segment {
  readonly #memory: SharedWasmMemory;

  constructor(memory: SharedWasmMemory) {
    this.#memory = memory;
  }

  get buffer(): SharedArrayBuffer {
    return this.#memory.buffer;
  }

  commit(end: number): boolean {
    const missing = end - this.#memory.buffer.byteLength;
    if (missing <= 0) return true;
    try {
      this.#memory.grow(Math.ceil(missing / PAGE_BYTES));
      return true;
    } catch {
      return false;
    }
  }

  reach(end: number): void {
    // Growing by nothing makes this thread's buffer object as long as the memory is (WebAssembly JavaScript
    // interface, section 5.3, refresh the memory buffer).
    if (this.#memory.buffer.byteLength < end) this.#memory.grow(0);
  }
}
