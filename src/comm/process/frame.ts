import { Deserializer, Serializer } from 'node:v8';
import { isMapping } from '../mapped-memory.js';

/** Before each payload: its length in bytes, little endian. */
export const LENGTH_BYTES = 8;
/** In its place until it is known. */
const NO_LENGTH = Buffer.alloc(LENGTH_BYTES);

const VIEW_NAME = /^(DataView|(Big)?(Int|Uint|Float)\d+(Clamped)?Array)$/;

/** How a view of a buffer is written. Views of the same buffer are so afterwards. */
interface ViewParcel {
  /** The name of its constructor. */
  readonly kind: string;
  readonly buffer: ArrayBufferLike;
  readonly offset: number;
  /** Elements; bytes of a `DataView`. */
  readonly length: number;
}

type ViewConstructor = new (buffer: ArrayBufferLike, offset: number, length: number) => ArrayBufferView;

/** Not `v8.serialize`, whose typed arrays come back as views of the bytes they came in. */
class FrameSerializer extends Serializer {
  declare _setTreatArrayBufferViewsAsHostObjects: (flag: boolean) => void;

  constructor() {
    super();
    this._setTreatArrayBufferViewsAsHostObjects(true);
  }

  _writeHostObject(view: ArrayBufferView & { readonly length?: number }): void {
    const kind = Object.prototype.toString.call(view).slice('[object '.length, -1);
    const length = view.length ?? view.byteLength;
    const { buffer, byteOffset, byteLength } = view;
    // A region is a small part of the memory that ranks share.
    const parcel: ViewParcel = isMapping(buffer)
      ? { kind, buffer: buffer.slice(byteOffset, byteOffset + byteLength), offset: 0, length }
      : { kind, buffer, offset: byteOffset, length };
    this.writeValue(parcel);
  }
}

class FrameDeserializer extends Deserializer {
  _readHostObject(): ArrayBufferView {
    const { kind, buffer, offset, length } = this.readValue() as ViewParcel;
    if (!VIEW_NAME.test(kind)) throw new TypeError(`not a view: ${kind}`);
    const View = (globalThis as unknown as Record<string, ViewConstructor>)[kind];
    return new View(buffer, offset, length);
  }
}

/**
 * One message as bytes, in the format of structured cloning. They are alone in their buffer, which can be transferred.
 * @throws DOMException `DataCloneError`, as cloning between threads does; also for shared memory.
 */
export function encodeFrame(message: unknown): Buffer {
  const serializer = new FrameSerializer();
  try {
    serializer.writeRawBytes(NO_LENGTH);
    serializer.writeHeader();
    serializer.writeValue(message);
  } catch (error) {
    throw new DOMException((error as Error).message, 'DataCloneError');
  }
  const frame = serializer.releaseBuffer();
  frame.writeBigUInt64LE(BigInt(frame.length - LENGTH_BYTES));
  return frame;
}

/** The same without the length before it. */
export function encodePayload(value: unknown): Buffer {
  return encodeFrame(value).subarray(LENGTH_BYTES);
}

export function decodePayload(payload: Buffer): unknown {
  const deserializer = new FrameDeserializer(payload);
  deserializer.readHeader();
  return deserializer.readValue();
}

/** Cuts a stream of bytes into messages. */
export class FrameReader {
  readonly #take: (message: unknown) => void;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(take: (message: unknown) => void) {
    this.#take = take;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    while (this.#bytes >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + this.#payloadLength();
      // Joined only once a frame is whole: a large one comes in thousands of chunks.
      if (this.#bytes < end) return;
      const all = this.#joined();
      this.#chunks = end < all.length ? [all.subarray(end)] : [];
      this.#bytes -= end;
      this.#take(decodePayload(all.subarray(LENGTH_BYTES, end)));
    }
  }

  #payloadLength(): number {
    if (this.#chunks[0].length < LENGTH_BYTES) this.#chunks = [this.#joined()];
    return Number(this.#chunks[0].readBigUInt64LE());
  }

  #joined(): Buffer {
    return this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
  }
}
