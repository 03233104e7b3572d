import { CobreError } from '../../errors.js';
import { allocationFailed } from '../errors.js';
import { blockBytes, HEADER_BYTES, MAX_PAGES, PAGE_BYTES, STOP_WORD } from './control-region.js';
import { GenerationBarrier } from './generation-barrier.js';
import { createSharedWasmMemory, type SharedWasmMemory } from './wasm-memory.js';

/** What each rank needs in order to join a gang. Goes to its thread by structured clone; the memory stays shared. */
export interface GangMemory {
  readonly memory: SharedWasmMemory;
  readonly size: number;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly initialGeneration: number;
}

interface GangOptions {
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  /** Where the barrier starts to count. Only tests have a reason to set it. */
  readonly initialGeneration?: number;
}

export const DEFAULT_TIMEOUT_MS = 60_000;
export const DEFAULT_MAX_BYTES = 1024 ** 3;

/** Creates the shared memory of a gang of `size` ranks. The maximum is reserved, not committed. */
export function createGangMemory(size: number, options: GangOptions = {}): GangMemory {
  const initialBytes = HEADER_BYTES + blockBytes(size);
  const initial = Math.ceil(initialBytes / PAGE_BYTES);
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  const maximum = Math.min(MAX_PAGES, Math.floor(maxBytes / PAGE_BYTES));
  if (maximum < initial) {
    throw new CobreError('InvalidArgument', `${size} ranks need at least ${initial * PAGE_BYTES} bytes to talk`, {
      field: 'maxSharedBytes',
      value: maxBytes,
      suggestion: `set maxSharedBytes to ${initial * PAGE_BYTES} or more, plus what shared regions need`,
    });
  }
  const memory = reserve(initial, maximum);
  const initialGeneration = options.initialGeneration ?? 0;
  GenerationBarrier.initialise(new Int32Array(memory.buffer), HEADER_BYTES, size, initialGeneration);
  return {
    memory,
    size,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    maxBytes: maximum * PAGE_BYTES,
    initialGeneration,
  };
}

function reserve(initial: number, maximum: number): SharedWasmMemory {
  try {
    return createSharedWasmMemory(initial, maximum);
  } catch (error) {
    throw allocationFailed(maximum * PAGE_BYTES, (error as Error).message, 'set maxSharedBytes lower');
  }
}

/** The header words of a gang, for those outside it: the parent that watches the ranks. */
export function gangWords(gang: GangMemory): Int32Array {
  return new Int32Array(gang.memory.buffer, 0, HEADER_BYTES / Int32Array.BYTES_PER_ELEMENT);
}

export function requestStop(words: Int32Array): void {
  Atomics.store(words, STOP_WORD, 1);
}

export function stopRequested(words: Int32Array): boolean {
  return Atomics.load(words, STOP_WORD) !== 0;
}
