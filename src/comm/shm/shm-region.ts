import type { CommArray, SharedRegion } from '../communicator.js';

/** A region that all ranks of the gang see. */
export class ShmRegion<T extends CommArray> implements SharedRegion<T> {
  readonly shared = true;
  readonly data: T;
  readonly #fence: () => void;
  readonly #free: () => void;
  #released = false;

  constructor(data: T, fence: () => void, free: () => void) {
    this.data = data;
    this.#fence = fence;
    this.#free = free;
  }

  fence(): void {
    this.#fence();
  }

  /**
   * Needs no synchronisation: the memory is handed out again only by a later `createSharedRegion`, `allocate` or
   * `splitLocal`, which touches it after all ranks have arrived there, and so after all have released it.
   */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#free();
  }
}
