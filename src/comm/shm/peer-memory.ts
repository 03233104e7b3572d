import { randomInt } from 'node:crypto';
import type { CommArray } from '../communicator.js';
import { loadPeerCopy, type PeerCopy } from './peer-copy.js';
import type { ProcessIdentity } from './process-identity.js';

/** Two numbers with which ranks tell each other where something is. */
export type Pointer = readonly [number, number];

/**
 * How the ranks of a gang copy straight from each other's private memory. Two numbers name an array: what they mean is
 * known only to those who pass them on.
 */
export interface PeerMemory {
  /** Fewest bytes for which this is faster than going through the slots. */
  readonly leastBytes: number;
  /** What the others need in order to find out whether they can read from this rank. */
  introduction(): Pointer;
  /** Whether this rank can read from one that has introduced itself so. */
  canRead(rank: number, introduction: Pointer): boolean;
  /** Lets the others copy from an array until `withdraw`. It must not move or go away meanwhile. */
  offer(array: CommArray): Pointer;
  withdraw(): void;
  /** Copies what another rank offers to `target`, from its byte `at` on. False when it is not there any more. */
  copy(rank: number, offer: Pointer, target: CommArray, at: number, bytes: number): boolean;
}

const THREADS_LEAST_BYTES = 1024;
const PROCESSES_LEAST_BYTES = 8 * 1024;

/** Threads of one process. `null` without the native module. */
export function threadMemory(): PeerMemory | null {
  const native = loadPeerCopy();
  return native?.index === undefined || native.registry === undefined
    ? null
    : new ThreadMemory(native, native.index, native.registry);
}

class ThreadMemory implements PeerMemory {
  readonly leastBytes = THREADS_LEAST_BYTES;
  readonly #native: PeerCopy;
  readonly #index: number;
  readonly #registry: number;

  constructor(native: PeerCopy, index: number, registry: number) {
    this.#native = native;
    this.#index = index;
    this.#registry = registry;
  }

  introduction(): Pointer {
    return [this.#registry, 0];
  }

  canRead(_rank: number, [registry]: Pointer): boolean {
    return registry === this.#registry;
  }

  offer(array: CommArray): Pointer {
    return [this.#index, this.#native.offer(array)];
  }

  withdraw(): void {
    this.#native.withdraw();
  }

  copy(_rank: number, [index, ticket]: Pointer, target: CommArray, at: number, bytes: number): boolean {
    return this.#native.take(index, ticket, target, at, bytes);
  }
}

/**
 * Processes that may read each other's memory (process_vm_readv(2)). `null` without the native module.
 * @param processOf Which process a rank is.
 */
export function processMemory(processOf: (rank: number) => ProcessIdentity | null): PeerMemory | null {
  const native = loadPeerCopy();
  return native === null ? null : new ProcessMemory(native, processOf);
}

class ProcessMemory implements PeerMemory {
  readonly leastBytes = PROCESSES_LEAST_BYTES;
  readonly #native: PeerCopy;
  readonly #processOf: (rank: number) => ProcessIdentity | null;
  readonly #pids: number[] = [];
  /** A number that nobody else has, at an address that is told to the others. */
  readonly #probe = new Float64Array(PROBE_LENGTH).fill(randomInt(1, 2 ** 47));
  /** Keeps what is offered from being collected. */
  readonly #offered: { array: CommArray | null } = { array: null };

  constructor(native: PeerCopy, processOf: (rank: number) => ProcessIdentity | null) {
    this.#native = native;
    this.#processOf = processOf;
  }

  introduction(): Pointer {
    return [this.#native.addressOf(this.#probe), this.#probe[0]];
  }

  /**
   * Tries it: a system may forbid it (Yama, seccomp), and across PID namespaces a number may be another process's. The
   * number found at the address tells whether it is the right one.
   */
  canRead(rank: number, [address, expected]: Pointer): boolean {
    const identity = this.#processOf(rank);
    const found = new Float64Array(PROBE_LENGTH);
    if (identity === null || !this.#native.read(identity.pid, address, found, 0, found.byteLength)) return false;
    this.#pids[rank] = identity.pid;
    return found.every((value) => value === expected);
  }

  offer(array: CommArray): Pointer {
    this.#offered.array = array;
    return [this.#native.addressOf(array), array.byteLength];
  }

  withdraw(): void {
    this.#offered.array = null;
  }

  copy(rank: number, [address, length]: Pointer, target: CommArray, at: number, bytes: number): boolean {
    return length === bytes && this.#native.read(this.#pids[rank], address, target, at, bytes);
  }
}

/** Elements of the probe: more than what an engine keeps inside the array object, where it may move. */
const PROBE_LENGTH = 16;
