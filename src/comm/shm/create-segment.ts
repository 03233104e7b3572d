import { setTimeout as delay } from 'node:timers/promises';
import { CobreError } from '../../errors.js';
import { gangIsBroken, noMemory, staleName, systemCallFailed } from './attach-errors.js';
import { blockBytes, PAGE_BYTES } from './control-region.js';
import { GenerationBarrier } from './generation-barrier.js';
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
  processBlockOffset,
  processOf,
  READY_WORD,
  SIZE_WORD,
} from './process-table.js';
import { removeNameOnce, whenEnding } from './segment-name.js';
import { type CheckedShmConfig, MAX_SEGMENT_BYTES } from './shm-config.js';

/** Rank 0: makes the segment, waits until all ranks have attached, and takes its name away. */
export async function createSegment(shm: PosixShm, config: CheckedShmConfig): Promise<MappedSegment> {
  const { name, size, connectTimeoutMs } = config;
  const needed = processBlockOffset(size) + blockBytes(size);
  const bytes = segmentBytes(needed, config);
  const deadline = performance.now() + connectTimeoutMs;
  let descriptor: number;
  try {
    descriptor = shm.create(name, bytes);
  } catch (error) {
    throw systemErrorName(error) === 'EEXIST' ? staleName(name, error) : systemCallFailed(name, error);
  }
  let segment: MappedSegment | undefined;
  const removeName = (): void => removeNameOnce(shm, name, segment?.words);
  const callOff = whenEnding(removeName);
  try {
    segment = mapAll(shm, descriptor, config.name, bytes);
    if (!segment.commit(needed)) throw noMemory(name, needed);
    publish(segment.words, size);
    await untilAllAttached(segment, config, deadline);
    removeName();
    Atomics.store(segment.words, READY_WORD, 1);
    return segment;
  } catch (error) {
    removeName();
    segment?.release();
    throw error;
  } finally {
    callOff();
  }
}

function mapAll(shm: PosixShm, descriptor: number, name: string, bytes: number): MappedSegment {
  try {
    return new MappedSegment(shm, descriptor, bytes);
  } catch (error) {
    shm.close(descriptor);
    throw systemCallFailed(name, error);
  }
}

/** Sets up a fresh segment, with this process as rank 0, and then lets the others see it. */
function publish(words: Int32Array, size: number): void {
  GenerationBarrier.initialise(words, processBlockOffset(size), size);
  words[LAYOUT_WORD] = LAYOUT;
  words[SIZE_WORD] = size;
  words[ATTACHED_WORD] = 1;
  enterProcess(words, 0, ownIdentity());
  Atomics.store(words, MAGIC_WORD, MAGIC);
}

/** Waits until all ranks are in the process table. If that will not be, tells those who are. */
async function untilAllAttached(segment: MappedSegment, config: CheckedShmConfig, deadline: number): Promise<void> {
  const { words } = segment;
  const { size } = config;
  for (const pause of pauses()) {
    if (Atomics.load(words, ATTACHED_WORD) === size) return;
    for (let rank = 1; rank < size; rank++) {
      if (segment.hasEnded(rank)) poison(words, rank, 'ended', segment);
    }
    if (performance.now() >= deadline) poison(words, firstMissing(words, size), 'late', segment);
    if (readPoison(words) !== null) throw gangIsBroken(words, config);
    await delay(pause);
  }
}

function firstMissing(words: Int32Array, size: number): number {
  let rank = 1;
  while (rank < size - 1 && processOf(words, rank) !== null) rank++;
  return rank;
}

/** The size of the segment: the maximum, since a segment that others have mapped should not change its size. */
function segmentBytes(needed: number, { size, maxSharedBytes }: CheckedShmConfig): number {
  const bytes = Math.floor(Math.min(maxSharedBytes, MAX_SEGMENT_BYTES) / PAGE_BYTES) * PAGE_BYTES;
  if (bytes >= needed) return bytes;
  const least = Math.ceil(needed / PAGE_BYTES) * PAGE_BYTES;
  throw new CobreError('InvalidArgument', `${size} ranks need at least ${least} bytes to talk`, {
    field: 'maxSharedBytes',
    value: maxSharedBytes,
    suggestion: `set maxSharedBytes to ${least} or more, plus what shared regions need`,
  });
}
