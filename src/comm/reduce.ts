import { FLOAT64_KIND, isBigKind } from './array-kind.js';
import type { CommArray, ReduceOp } from './communicator.js';

/**
 * Reduces the contributions of ranks 0, 1, ..., ranks-1, in that order, element by element. Rank r's element i
 * stands at `slots[first + r * stride + i]`; results go to `out[at .. at + count)`. `slots` and `out` are of the
 * same `kind`.
 *
 * A NaN is always written as the canonical one: which payload an addition keeps depends on the order in which
 * compiled code loads its operands, and ranks may run differently optimised code.
 */
export function reduceInRankOrder(
  kind: number,
  op: ReduceOp,
  slots: CommArray,
  first: number,
  stride: number,
  ranks: number,
  out: CommArray,
  at: number,
  count: number,
): void {
  if (kind === FLOAT64_KIND) {
    reduceFloat64(op, slots as Float64Array, first, stride, ranks, out as Float64Array, at, count);
  } else if (isBigKind(kind)) {
    reduceBigInt(op, slots as BigInt64Array, first, stride, ranks, out as BigInt64Array, at, count);
  } else {
    reduceNumber(op, slots as Float32Array, first, stride, ranks, out as Float32Array, at, count);
  }
}

// The hot kernel has a function of its own so that its loads and stores stay monomorphic.
function reduceFloat64(
  op: ReduceOp,
  slots: Float64Array,
  first: number,
  stride: number,
  ranks: number,
  out: Float64Array,
  at: number,
  count: number,
): void {
  const end = first + ranks * stride;
  for (let i = 0; i < count; i++) {
    let acc = slots[first + i];
    if (op === 'sum') {
      for (let s = first + stride; s < end; s += stride) acc += slots[s + i];
    } else if (op === 'min') {
      for (let s = first + stride; s < end; s += stride) acc = Math.min(acc, slots[s + i]);
    } else {
      for (let s = first + stride; s < end; s += stride) acc = Math.max(acc, slots[s + i]);
    }
    out[at + i] = Number.isNaN(acc) ? Number.NaN : acc;
  }
}

/** All other kinds of `number`: every partial result passes through `out`, which rounds or wraps it as its kind does. */
function reduceNumber(
  op: ReduceOp,
  slots: Float32Array,
  first: number,
  stride: number,
  ranks: number,
  out: Float32Array,
  at: number,
  count: number,
): void {
  const end = first + ranks * stride;
  for (let i = 0; i < count; i++) {
    const o = at + i;
    const own = slots[first + i];
    out[o] = Number.isNaN(own) ? Number.NaN : own;
    for (let s = first + stride; s < end; s += stride) {
      const next = slots[s + i];
      const acc = op === 'sum' ? out[o] + next : op === 'min' ? Math.min(out[o], next) : Math.max(out[o], next);
      out[o] = Number.isNaN(acc) ? Number.NaN : acc;
    }
  }
}

/** `Math.min` and `Math.max` refuse `bigint`; sums wrap when they are assigned. */
function reduceBigInt(
  op: ReduceOp,
  slots: BigInt64Array,
  first: number,
  stride: number,
  ranks: number,
  out: BigInt64Array,
  at: number,
  count: number,
): void {
  const end = first + ranks * stride;
  for (let i = 0; i < count; i++) {
    let acc = slots[first + i];
    for (let s = first + stride; s < end; s += stride) {
      const next = slots[s + i];
      if (op === 'sum') acc += next;
      else if (op === 'min' ? next < acc : next > acc) acc = next;
    }
    out[at + i] = acc;
  }
}
