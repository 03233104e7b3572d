import { CobreError } from '../errors.js';
import type { CommArray, CommArrayConstructor } from './communicator.js';

/** Constructors of all kinds of typed arrays that can travel; a kind's number is its index here. */
export const ARRAY_KINDS = [
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Int16Array,
  Uint16Array,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  BigInt64Array,
  BigUint64Array,
] as unknown as readonly (CommArrayConstructor<CommArray> & { readonly name: string })[];

export const FLOAT64_KIND = 0;

const KIND_BY_TAG = new Map(ARRAY_KINDS.map((ctor, kind) => [ctor.name, kind]));

/** Number of an array's kind. Subclasses such as `Buffer` count as what they extend. */
export function kindOf(array: CommArray): number {
  if (array instanceof Float64Array) return FLOAT64_KIND;
  // The tag comes from a getter on %TypedArray%.prototype, so a subclass cannot hide what it is.
  const kind = ArrayBuffer.isView(array) ? KIND_BY_TAG.get(array[Symbol.toStringTag]) : undefined;
  if (kind === undefined) {
    throw new CobreError('TypeMismatch', 'a collective takes typed arrays only', {
      value: typeof array,
      suggestion: 'pass a Float64Array, Int32Array, ... or another typed array',
    });
  }
  return kind;
}

/** Number of the kind of the arrays that a constructor makes. */
export function kindOfConstructor(ctor: CommArrayConstructor<CommArray>): number {
  const kind = (ARRAY_KINDS as readonly CommArrayConstructor<CommArray>[]).indexOf(ctor);
  // A subclass is told by what it makes.
  return kind >= 0 ? kind : kindOf(typeof ctor === 'function' ? new ctor(0) : ctor);
}

/** True for the kinds whose elements are `bigint`. */
export function isBigKind(kind: number): boolean {
  return kind >= ARRAY_KINDS.length - 2;
}
