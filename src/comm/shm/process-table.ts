import { HEADER_BYTES, LINE_BYTES, LINE_WORDS } from './control-region.js';
import type { ProcessIdentity } from './process-identity.js';

/**
 * What processes need on top of a gang's memory in order to find each other. All offsets in bytes.
 *
 *     0      gang header, as for threads
 *     512    start line: what kind of segment this is, and how far its start has come
 *     640    process table: four words a rank
 *     ...    block of the first communicator, then the arena, as for threads
 */

/** Words of the start line, as indices into an `Int32Array` over the segment. */
const START_LINE = HEADER_BYTES / Int32Array.BYTES_PER_ELEMENT;
/** `MAGIC` once rank 0 has set everything else. */
export const MAGIC_WORD = START_LINE;
export const LAYOUT_WORD = START_LINE + 1;
export const SIZE_WORD = START_LINE + 2;
/** Ranks that have entered themselves into the process table. */
export const ATTACHED_WORD = START_LINE + 3;
/** 1 once all ranks have. */
export const READY_WORD = START_LINE + 4;
/** 1 once somebody has taken it upon himself to remove the name. */
export const UNLINKED_WORD = START_LINE + 5;
/** The number of ranks that somebody else was started for. */
export const OTHER_SIZE_WORD = START_LINE + 6;

/** "cobr", so that a segment of somebody else's is told from ours. */
export const MAGIC = 0x636f6272;
/** Changes with the layout of the segment: two versions of this package must not meet in one. */
export const LAYOUT = 1;

const TABLE_WORD = START_LINE + LINE_WORDS;
const ENTRY_WORDS = 4;
const TAKEN = 0;
const PID = 1;
const START = 2;
const NAMESPACE = 3;

/** Where the block of the first communicator begins. */
export function processBlockOffset(size: number): number {
  const end = (TABLE_WORD + size * ENTRY_WORDS) * Int32Array.BYTES_PER_ELEMENT;
  return Math.ceil(end / LINE_BYTES) * LINE_BYTES;
}

/** Enters a process as a rank. False when that rank is taken. */
export function enterProcess(words: Int32Array, rank: number, identity: ProcessIdentity): boolean {
  const entry = TABLE_WORD + rank * ENTRY_WORDS;
  if (Atomics.compareExchange(words, entry + TAKEN, 0, 1) !== 0) return false;
  words[entry + START] = identity.start;
  words[entry + NAMESPACE] = identity.namespace;
  // Last: whoever sees it sees the others.
  Atomics.store(words, entry + PID, identity.pid);
  return true;
}

/** Who a rank is, or `null` while nobody has entered himself as that. */
export function processOf(words: Int32Array, rank: number): ProcessIdentity | null {
  const entry = TABLE_WORD + rank * ENTRY_WORDS;
  const pid = Atomics.load(words, entry + PID);
  return pid === 0 ? null : { pid, start: words[entry + START], namespace: words[entry + NAMESPACE] };
}
