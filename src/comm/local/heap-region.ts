import type { CommArray, CommArrayConstructor, SharedRegion } from '../communicator.js';
import { allocationFailed } from '../errors.js';

/** A region in the ordinary heap, for backends on which ranks cannot share memory: each has its own copy. */
export class HeapRegion<T extends CommArray> implements SharedRegion<T> {
  readonly shared = false;
  readonly data: T;
  readonly #barrier: () => void;

  constructor(ctor: CommArrayConstructor<T>, count: number, barrier: () => void) {
    try {
      this.data = new ctor(count);
    } catch (cause) {
      throw allocationFailed(count * ctor.BYTES_PER_ELEMENT, (cause as Error).message);
    }
    this.#barrier = barrier;
  }

  fence(): void {
    this.#barrier();
  }

  /** Nothing to do: the garbage collector takes the memory when `data` is dropped. */
  release(): void {}
}
