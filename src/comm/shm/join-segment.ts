import { setTimeout as delay } from 'node:timers/promises';
import {
  abandonedName,
  foreignSegment,
  gangIsBroken,
  miscounted,
  noSegment,
  rankTaken,
  systemCallFailed,
  unfinishedSegment,
} from './attach-errors.js';
import { PAGE_BYTES } from './control-region.js';
import { MappedSegment } from './mapped-segment.js';
import { pauses } from './pauses.js';
import { poison, readPoison } from './poison.js';
import { type PosixShm, systemErrorName } from './posix-shm.js';
import { ownIdentity } from './process-identity.js';
import {
  ATTACHED_WORD,
  enterProcess,
  LAYOUT,
  LAYOUT_WORD,
  MAGIC,
  MAGIC_WORD,
  OTHER_SIZE_WORD,
  READY_WORD,
  SIZE_WORD,
} from './process-table.js';
import { removeNameOnce } from './segment-name.js';
import type { CheckedShmConfig } from './shm-config.js';

/** How much longer than rank 0 the others wait for all to be there: rank 0 is the one to say who is missing [ms]. */
const PATIENCE_WITH_RANK_0_MS = 2_000;

/** Ranks other than 0: finds the segment, enters this process into its table, and waits until all have done so. */
export async function joinSegment(shm: PosixShm, config: CheckedShmConfig): Promise<MappedSegment> {
  const { name, rank, size, connectTimeoutMs } = config;
  const segment = await openSegment(shm, name, performance.now() + connectTimeoutMs);
  const { words } = segment;
  try {
    await untilPublished(segment, name, performance.now() + connectTimeoutMs);
    // Left by another run, most likely. Its name stays, so that rank 0 comes to the same conclusion.
    if (segment.hasEnded(0)) throw abandonedName(name);
    if (words[SIZE_WORD] !== size) {
      Atomics.store(words, OTHER_SIZE_WORD, size);
      poison(words, rank, 'miscounted', segment);
      throw miscounted(name, rank, size, words[SIZE_WORD]);
    }
    if (!enterProcess(words, rank, ownIdentity())) throw rankTaken(name, rank);
    Atomics.add(words, ATTACHED_WORD, 1);
    const deadline = performance.now() + connectTimeoutMs + PATIENCE_WITH_RANK_0_MS;
    for (const pause of pauses()) {
      if (Atomics.load(words, READY_WORD) !== 0) break;
      if (readPoison(words) !== null) throw gangIsBroken(words, config);
      if (segment.hasEnded(0)) {
        // The name goes with the gang, also where rank 0 cannot see to that any more.
        removeNameOnce(shm, name, words);
        poison(words, 0, 'ended', segment);
        throw abandonedName(name);
      }
      if (performance.now() >= deadline) poison(words, 0, 'late', segment);
      await delay(pause);
    }
    return segment;
  } catch (error) {
    segment.release();
    throw error;
  }
}

/** Opens the segment as soon as rank 0 has created it. */
async function openSegment(shm: PosixShm, name: string, deadline: number): Promise<MappedSegment> {
  for (const pause of pauses()) {
    const segment = tryOpen(shm, name);
    if (segment !== null) return segment;
    if (performance.now() >= deadline) break;
    await delay(pause);
  }
  throw noSegment(name);
}

function tryOpen(shm: PosixShm, name: string): MappedSegment | null {
  let descriptor: number;
  try {
    descriptor = shm.open(name);
  } catch (error) {
    if (systemErrorName(error) === 'ENOENT') return null;
    throw systemCallFailed(name, error);
  }
  try {
    const bytes = shm.sizeOf(descriptor);
    if (bytes >= PAGE_BYTES) {
      // Rank 0 may not have come this far yet, and to look at memory that is not there would end the process.
      shm.commit(descriptor, 0, PAGE_BYTES);
      return new MappedSegment(shm, descriptor, bytes);
    }
    shm.close(descriptor);
    // A new segment has no bytes at all for a moment.
    if (bytes === 0) return null;
  } catch (error) {
    shm.close(descriptor);
    throw systemCallFailed(name, error);
  }
  throw foreignSegment(name);
}

async function untilPublished({ words }: MappedSegment, name: string, deadline: number): Promise<void> {
  for (const pause of pauses()) {
    const magic = Atomics.load(words, MAGIC_WORD);
    if (magic === MAGIC && words[LAYOUT_WORD] === LAYOUT) return;
    if (magic !== 0) throw foreignSegment(name);
    if (performance.now() >= deadline) throw unfinishedSegment(name);
    await delay(pause);
  }
}
