import { rememberMapping } from '../mapped-memory.js';
import type { Parking } from './parking.js';
import type { PosixShm } from './posix-shm.js';
import { processHasEnded } from './process-identity.js';
import { processOf } from './process-table.js';
import type { Segment } from './segment.js';

/** How often a sleeping rank looks whether the processes that it waits for still exist [ms]. */
const WATCH_MS = 100;

/**
 * A POSIX segment mapped into this process. It is addressed in full from the beginning; what has not been committed
 * has no memory behind it yet.
 */
export class MappedSegment implements Segment, Parking {
  readonly buffer: ArrayBuffer;
  readonly words: Int32Array;
  readonly watchMs = WATCH_MS;
  readonly #shm: PosixShm;
  readonly #descriptor: number;
  #committed = 0;
  #released = false;

  constructor(shm: PosixShm, descriptor: number, bytes: number) {
    this.#shm = shm;
    this.#descriptor = descriptor;
    this.buffer = shm.map(descriptor, bytes);
    rememberMapping(this.buffer);
    this.words = new Int32Array(this.buffer);
  }

  commit(end: number): boolean {
    if (end <= this.#committed) return true;
    try {
      this.#shm.commit(this.#descriptor, this.#committed, end - this.#committed);
    } catch {
      return false;
    }
    this.#committed = end;
    return true;
  }

  /** Nothing to do: all of it can be addressed, and what may be used has been agreed on. */
  reach(): void {}

  sleep(words: Int32Array, index: number, expected: number, ms: number): void {
    this.#shm.sleep(words, index, expected, ms);
  }

  wake(words: Int32Array, index: number): void {
    this.#shm.wake(words, index);
  }

  hasEnded(rank: number): boolean {
    const identity = processOf(this.words, rank);
    return identity !== null && processHasEnded(identity);
  }

  /** Ends the mapping. Arrays over it, those of shared regions included, have no elements any more. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#shm.unmap(this.buffer);
    this.#shm.close(this.#descriptor);
  }
}
