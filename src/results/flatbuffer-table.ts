import { CobreError } from '../errors.js';

/*
 * FlatBuffers as bytes: a root offset, tables that point back to a vtable of field offsets, vectors with a length in
 * front (https://flatbuffers.dev/internals/). The accessors of the `flatbuffers` package trust every offset in the
 * file; these check each one, so that a damaged file is an error and never a wrong number.
 */

const U16 = 2;
const U32 = 4;
const F64 = 8;
/** A vtable starts with its own size and its table's. */
const VTABLE_HEADER = 2 * U16;

/** One table of a FlatBuffer. Field numbers are those of the schema, from 0. */
export class FlatTable {
  readonly #view: DataView;
  readonly #file: string;
  readonly #start: number;
  readonly #end: number;
  readonly #vtable: number;
  readonly #fields: number;

  private constructor(view: DataView, file: string, start: number) {
    this.#view = view;
    this.#file = file;
    this.#start = start;
    this.#need(start, U32);
    this.#vtable = start - view.getInt32(start, true);
    this.#need(this.#vtable, VTABLE_HEADER);
    const vtableSize = view.getUint16(this.#vtable, true);
    const tableSize = view.getUint16(this.#vtable + U16, true);
    if (vtableSize < VTABLE_HEADER || vtableSize % U16 !== 0) this.#corrupt('bad vtable size');
    this.#need(this.#vtable, vtableSize);
    this.#need(start, tableSize);
    this.#end = start + tableSize;
    this.#fields = (vtableSize - VTABLE_HEADER) / U16;
  }

  /** The root table of the FlatBuffer in `bytes`. `file` is for error messages. @throws CobreError `ParseError` */
  static root(bytes: Uint8Array, file: string): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.byteLength < U32) throw corrupt(file, 'it is shorter than a root offset');
    return new FlatTable(view, file, view.getUint32(0, true));
  }

  uint32(field: number): number {
    const at = this.#field(field, U32);
    return at === null ? 0 : this.#view.getUint32(at, true);
  }

  uint64(field: number): bigint {
    const at = this.#field(field, F64);
    return at === null ? 0n : this.#view.getBigUint64(at, true);
  }

  float64(field: number): number {
    const at = this.#field(field, F64);
    return at === null ? 0 : this.#view.getFloat64(at, true);
  }

  bool(field: number): boolean {
    const at = this.#field(field, 1);
    return at === null ? false : this.#view.getUint8(at) !== 0;
  }

  /** A copy of a vector of bytes. */
  bytes(field: number): Uint8Array {
    const { at, length } = this.#vector(field, 1);
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, length).slice();
  }

  uint32s(field: number): Uint32Array {
    const { at, length } = this.#vector(field, U32);
    return Uint32Array.from({ length }, (_, i) => this.#view.getUint32(at + i * U32, true));
  }

  /** Reads a vector of float64 into `target` from `offset`. @throws CobreError when its length is not `expected` */
  readFloat64s(field: number, target: Float64Array, offset: number, expected: number): void {
    const { at, length } = this.#vector(field, F64);
    if (length !== expected) this.#corrupt(`a vector has ${length} numbers instead of ${expected}`);
    for (let i = 0; i < length; i++) target[offset + i] = this.#view.getFloat64(at + i * F64, true);
  }

  /** The tables that a vector of tables holds. */
  tables(field: number): FlatTable[] {
    const { at, length } = this.#vector(field, U32);
    const tables: FlatTable[] = [];
    for (let i = 0; i < length; i++) {
      const entry = at + i * U32;
      tables.push(new FlatTable(this.#view, this.#file, entry + this.#view.getUint32(entry, true)));
    }
    return tables;
  }

  /** Where a field's value stands, or `null` where it was left out (its value is then the default, 0). */
  #field(field: number, size: number): number | null {
    if (field >= this.#fields) return null;
    const offset = this.#view.getUint16(this.#vtable + VTABLE_HEADER + field * U16, true);
    if (offset === 0) return null;
    const at = this.#start + offset;
    if (offset < U32 || at + size > this.#end) this.#corrupt(`field ${field} lies outside its table`);
    return at;
  }

  #vector(field: number, size: number): { at: number; length: number } {
    const at = this.#field(field, U32);
    if (at === null) return { at: 0, length: 0 };
    const start = at + this.#view.getUint32(at, true);
    this.#need(start, U32);
    const length = this.#view.getUint32(start, true);
    this.#need(start + U32, length * size);
    return { at: start + U32, length };
  }

  #need(at: number, size: number): void {
    if (at < 0 || at + size > this.#view.byteLength) this.#corrupt('an offset points outside the file');
  }

  #corrupt(why: string): never {
    throw corrupt(this.#file, why);
  }
}

function corrupt(file: string, why: string): CobreError {
  return new CobreError('ParseError', `${file} is damaged: ${why}`, {
    file,
    suggestion: 'The file is truncated or was changed: train again or restore it from a copy.',
  });
}
