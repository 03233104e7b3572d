import { FLOAT64_KIND } from './array-kind.js';
import type { CommArray } from './communicator.js';

/** Up to this many elements a loop is cheaper than the call of `TypedArray.set`. */
const LOOP_LIMIT = 32;
/** From this many bytes on `copyBytes` is worth its calls. */
const BYTES_LIMIT = 8 * 1024;

/** Copies `count` elements of one `kind` from `source[from..]` to `target[at..]`. */
export function copyElements(
  kind: number,
  target: CommArray,
  at: number,
  source: CommArray,
  from: number,
  count: number,
): void {
  if (count === 0) return;
  if (kind === FLOAT64_KIND && count <= LOOP_LIMIT) {
    copyFloat64(target as Float64Array, at, source as Float64Array, from, count);
  } else if (count * source.BYTES_PER_ELEMENT >= BYTES_LIMIT) {
    copyBytes(target, at, source, from, count);
  } else {
    // All kinds have the same `set`; the cast only picks one of its signatures.
    const part = from === 0 && count === source.length ? source : source.subarray(from, from + count);
    (target as Uint8Array).set(part as Uint8Array, at);
  }
}

// On its own, so that its loads and stores stay monomorphic.
function copyFloat64(target: Float64Array, at: number, source: Float64Array, from: number, count: number): void {
  for (let i = 0; i < count; i++) target[at + i] = source[from + i];
}

/**
 * `TypedArray.set` copies to and from shared memory in a way that tears no element, at half the speed. Nobody reads
 * here while somebody writes, so a plain copy does: filling a buffer with a pattern of its own length.
 */
function copyBytes(target: CommArray, at: number, source: CommArray, from: number, count: number): void {
  const width = source.BYTES_PER_ELEMENT;
  const bytes = count * width;
  const to = Buffer.from(target.buffer as ArrayBuffer, target.byteOffset + at * width, bytes);
  const pattern = Buffer.from(source.buffer as ArrayBuffer, source.byteOffset + from * width, bytes);
  // Overlapping memory, as when a rank gathers in place, is not for a plain copy.
  if (target.buffer === source.buffer) to.set(pattern);
  else to.fill(pattern);
}
