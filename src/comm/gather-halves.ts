import { CobreError } from '../errors.js';
import type { CommArray, CommArrayConstructor, Counts, GatherBuffer } from './communicator.js';

/** What a backend does for its gather buffers. */
interface GatherBackend<T extends CommArray> {
  readonly rank: number;
  /** True when the halves are the same memory on all ranks. */
  readonly shared: boolean;
  /** Collective. `send` is this rank's own part of `half`; everybody's parts are in `half` when it returns. */
  gather(send: T, half: T, counts: Counts, displs: Counts): void;
  /** Throws where this rank must not write any more: the communicator is closed, or the ranks are out of step. */
  refuseUnusable(operation: string): void;
  free(): void;
}

/** Where each rank's elements begin when they follow each other in rank order. */
export function contiguous(counts: readonly number[]): { displs: number[]; total: number } {
  let total = 0;
  const displs = counts.map((count) => {
    const begin = total;
    total += count;
    return begin;
  });
  return { displs, total };
}

/** Two halves in private memory; `null` where there is not enough of it. */
export function privateHalves<T extends CommArray>(ctor: CommArrayConstructor<T>, total: number): [T, T] | null {
  try {
    return [new ctor(total), new ctor(total)];
  } catch {
    return null;
  }
}

/** Bytes of both halves. */
export function halvesBytes(ctor: CommArrayConstructor<CommArray>, total: number): number {
  return 2 * total * ctor.BYTES_PER_ELEMENT;
}

/**
 * A gather buffer of two halves, used in turn: gather number n reads and returns half n mod 2.
 *
 * **Why a view lasts until the next gather.** Say that gather n has returned half h on this rank. Only what ranks send
 * in gathers n, n + 2, n + 4, ... goes into h. What they sent in n was written before they called it, hence before it
 * returned here. What a rank sends in n + 2 it can write only once n + 1 has returned to it, for only then is its `send`
 * a part of h again; and n + 1 returns to nobody before every rank has called it, this one included. So from the return
 * of n up to this rank's call of n + 1 nobody writes into h. One arrival a gather is enough for that: the arrival at
 * n + 1 is what says that the view of n is no longer needed.
 *
 * A gather that fails because ranks do not call the same thing fails on all of them and counts on none: the halves stay
 * as they are, and so do views. Where waiting has failed on this rank alone, others may have returned from the very
 * gather; what this rank had written is in their view, so it gets no `send` any more (`refuseUnusable`).
 */
export class GatherHalves<T extends CommArray> implements GatherBuffer<T> {
  readonly counts: readonly number[];
  readonly displs: readonly number[];
  readonly shared: boolean;
  readonly #backend: GatherBackend<T>;
  #next: T;
  #other: T;
  #nextSend: T;
  #otherSend: T;
  #released = false;

  constructor(halves: readonly [T, T], counts: readonly number[], backend: GatherBackend<T>) {
    const { displs } = contiguous(counts);
    const { rank } = backend;
    this.counts = Object.freeze([...counts]);
    this.displs = Object.freeze(displs);
    this.shared = backend.shared;
    this.#backend = backend;
    [this.#next, this.#other] = halves;
    const begin = displs[rank];
    const end = begin + counts[rank];
    this.#nextSend = this.#next.subarray(begin, end) as T;
    this.#otherSend = this.#other.subarray(begin, end) as T;
  }

  get send(): T {
    this.#refuseUnusable('GatherBuffer.send');
    return this.#nextSend;
  }

  allgatherv(): T {
    this.#refuseUnusable('GatherBuffer.allgatherv');
    const half = this.#next;
    const send = this.#nextSend;
    this.#backend.gather(send, half, this.counts, this.displs);
    this.#next = this.#other;
    this.#nextSend = this.#otherSend;
    this.#other = half;
    this.#otherSend = send;
    return half;
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#backend.free();
  }

  #refuseUnusable(operation: string): void {
    if (this.#released) throw alreadyReleased(operation, 'the gather buffer has');
    this.#backend.refuseUnusable(operation);
  }
}

/** @param what Begins the sentence, with its verb: 'the gather buffer has'. */
export function alreadyReleased(operation: string, what: string, field?: string): CobreError {
  return new CobreError('InvalidArgument', `${operation}: ${what} been released`, {
    ...(field === undefined ? {} : { field }),
    suggestion: 'release memory only after its last use',
  });
}
