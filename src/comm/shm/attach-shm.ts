import type { Comm } from '../communicator.js';
import { createSegment } from './create-segment.js';
import { joinSegment } from './join-segment.js';
import { processMemory } from './peer-memory.js';
import { loadPosixShm } from './posix-shm.js';
import { processBlockOffset, processOf } from './process-table.js';
import { ShmCommunicator } from './shm-communicator.js';
import { checkShmConfig, type ShmConfig } from './shm-config.js';

export type { ShmConfig } from './shm-config.js';

/**
 * Joins processes into a gang over a POSIX shared memory segment. Rank 0 creates it and the others open it; once all
 * have, the segment has no name any more, so that nothing can be left behind. Resolves when all ranks are there.
 *
 * The shared memory ends with `close()`: arrays of shared regions have no elements afterwards.
 *
 * @throws BackendError `InitializationFailed` when the native module is missing, the name is taken, a rank does not come
 * in time or dies, two processes are the same rank, or they disagree on the number of ranks.
 * @throws CobreError `InvalidArgument` for a configuration that cannot work.
 */
export async function attachShm(config: ShmConfig): Promise<Comm> {
  const checked = checkShmConfig(config);
  const shm = loadPosixShm();
  const { rank, size, timeoutMs } = checked;
  const segment = await (rank === 0 ? createSegment(shm, checked) : joinSegment(shm, checked));
  return ShmCommunicator.over(
    {
      segment,
      parking: segment,
      peers: () => processMemory((other) => processOf(segment.words, other)),
      size,
      timeoutMs,
      maxBytes: segment.buffer.byteLength,
      initialGeneration: 0,
      blockOffset: processBlockOffset(size),
      release: () => segment.release(),
    },
    rank,
  );
}
