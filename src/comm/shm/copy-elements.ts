import { FLOAT64_KIND } from '../array-kind.js';
import type { CommArray } from '../communicator.js';

/** Below this, a loop is cheaper than the call of `TypedArray.set`. */
const LOOP_LIMIT = 32;

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
