/**
 * Collectives as one would write them down: all ranks' data at hand, one value at a time, stored byte by byte
 * through a `DataView`. Shares no code with the backends.
 */

export const KINDS = [
  'Float64Array',
  'Float32Array',
  'Int32Array',
  'Uint32Array',
  'Int16Array',
  'Uint16Array',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'BigInt64Array',
  'BigUint64Array',
] as const;
export type Kind = (typeof KINDS)[number];
export type Op = 'sum' | 'min' | 'max';
export type Value = number | bigint;

/** Width in bits, and how a whole number is brought into range. */
const INTEGERS: Partial<Record<Kind, { bits: number; fit: (value: bigint) => bigint }>> = {
  Int32Array: { bits: 32, fit: (v) => BigInt.asIntN(32, v) },
  Uint32Array: { bits: 32, fit: (v) => BigInt.asUintN(32, v) },
  Int16Array: { bits: 16, fit: (v) => BigInt.asIntN(16, v) },
  Uint16Array: { bits: 16, fit: (v) => BigInt.asUintN(16, v) },
  Int8Array: { bits: 8, fit: (v) => BigInt.asIntN(8, v) },
  Uint8Array: { bits: 8, fit: (v) => BigInt.asUintN(8, v) },
  Uint8ClampedArray: { bits: 8, fit: (v) => (v < 0n ? 0n : v > 255n ? 255n : v) },
  BigInt64Array: { bits: 64, fit: (v) => BigInt.asIntN(64, v) },
  BigUint64Array: { bits: 64, fit: (v) => BigInt.asUintN(64, v) },
};

export function isBig(kind: Kind): boolean {
  return kind.startsWith('Big');
}

/** The bytes of `values` as an array of this kind, on a little-endian machine. */
export function encode(kind: Kind, values: readonly Value[]): Uint8Array {
  const integer = INTEGERS[kind];
  const width = integer ? integer.bits / 8 : kind === 'Float64Array' ? 8 : 4;
  const view = new DataView(new ArrayBuffer(values.length * width));
  values.forEach((value, i) => {
    if (integer) {
      let rest = BigInt.asUintN(integer.bits, integer.fit(BigInt(value)));
      for (let b = 0; b < width; b++) {
        view.setUint8(i * width + b, Number(rest & 0xffn));
        rest >>= 8n;
      }
    } else if (width === 8) {
      view.setFloat64(i * 8, value as number, true);
    } else {
      view.setFloat32(i * 4, value as number, true);
    }
  });
  return new Uint8Array(view.buffer);
}

/** One element over all ranks in rank order. */
function reduceElement(kind: Kind, op: Op, values: readonly Value[]): Value {
  const integer = INTEGERS[kind];
  if (integer) {
    return values
      .map((value) => integer.fit(BigInt(value)))
      .reduce((a, b) => (op === 'sum' ? integer.fit(a + b) : (op === 'min') === a < b ? a : b));
  }
  const round = kind === 'Float32Array' ? Math.fround : (v: number) => v;
  return (values as number[]).map(round).reduce((a, b) => {
    // NaN by name, for it to be the canonical one: inf - inf has its sign bit set on some processors.
    if (op === 'sum') return Number.isNaN(a + b) ? Number.NaN : round(a + b);
    if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
    const aIsLess = a < b || (a === b && Object.is(a, -0));
    return (op === 'min') === aIsLess ? a : b;
  });
}

export function allreduce(kind: Kind, op: Op, sends: readonly (readonly Value[])[]): Value[] {
  return sends[0].map((_, i) =>
    reduceElement(
      kind,
      op,
      sends.map((send) => send[i]),
    ),
  );
}

export function allgatherv(
  sends: readonly (readonly Value[])[],
  displs: readonly number[],
  recv: readonly Value[],
): Value[] {
  const result = [...recv];
  sends.forEach((send, rank) => {
    send.forEach((value, i) => {
      result[displs[rank] + i] = value;
    });
  });
  return result;
}
