/**
 * Layout of the shared memory of a gang (the ranks of one run). All offsets in bytes.
 *
 *     0      gang header: one word a line
 *     512    block of the first communicator
 *              size x 2 rank lines, then size x 2 exchange slots
 *     ...    arena: shared regions, and the blocks of further communicators
 *
 * A rank line is what one rank tells the others at one generation of the barrier. There are two a rank, used in
 * turn: a rank that runs one generation ahead must not overwrite what a slower one is still reading.
 */

/** Spacing of words that different ranks write: two cache lines, since prefetchers fetch lines in pairs. */
export const LINE_BYTES = 128;
export const LINE_WORDS = LINE_BYTES / Int32Array.BYTES_PER_ELEMENT;

/** Words of the gang header, as indices into an `Int32Array` over the memory. */
export const POISON_WORD = 0 * LINE_WORDS;
export const GATE_WORD = 1 * LINE_WORDS;
export const PARKED_WORD = 2 * LINE_WORDS;
export const STOP_WORD = 3 * LINE_WORDS;
export const HEADER_BYTES = 4 * LINE_BYTES;

/** Words of a rank line. The first four and the payload fill one 64-byte cache line: one miss fetches everything. */
export const GENERATION = 0;
/** 1 once the rank has closed the communicator. Kept in the even line only. */
export const LEFT = 1;
/** What the rank is calling: operation, kind of element and the like, packed. */
export const SIGNATURE = 2;
/** Number of elements, or a digest of several numbers. */
export const EXTENT = 3;
/** Where a payload small enough to travel inside the line begins. */
export const INLINE_OFFSET_BYTES = 16;
export const INLINE_BYTES = 48;
/** Second cache line of the even line: whether and how ranks read each other's private memory (`PeerLink`). */
export const CARD_STATE = 16;
export const CARD_OFFSET_BYTES = 72;

/**
 * Bytes of one exchange slot. Larger payloads go through in several rounds, so memory does not double; small
 * enough that a round's data is still in the cache when the others read it.
 */
export const SLOT_BYTES = 256 * 1024;
/** Not a power of two: slots of different ranks must not fall on the same cache sets. */
export const SLOT_STRIDE_BYTES = SLOT_BYTES + LINE_BYTES;

/** Size of one page of WebAssembly memory (WebAssembly core specification, section 4.2.8). */
export const PAGE_BYTES = 65_536;
/** Most pages a 32-bit WebAssembly memory can have. */
export const MAX_PAGES = 65_536;

export function linesBytes(size: number): number {
  return 2 * size * LINE_BYTES;
}

/** Bytes of one communicator's block: rank lines and exchange slots. */
export function blockBytes(size: number): number {
  return linesBytes(size) + 2 * size * SLOT_STRIDE_BYTES;
}
