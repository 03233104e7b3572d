import { CobreError } from '../../errors.js';
import type { ShmConfig } from '../select/backend-kind.js';
import { MAX_PAGES, PAGE_BYTES } from './control-region.js';
import { DEFAULT_MAX_BYTES, DEFAULT_TIMEOUT_MS } from './gang-memory.js';

export type { ShmConfig } from '../select/backend-kind.js';

export type CheckedShmConfig = Required<ShmConfig>;

const DEFAULT_CONNECT_TIMEOUT_MS = 30_000;
/** Longest name that every system takes: macOS allows 31 bytes, tmpfs 255. */
const MAX_NAME_BYTES = process.platform === 'darwin' ? 31 : 255;
/** The rank has to fit the mark that names who broke the gang. */
const MAX_SIZE = 1 << 16;
/** An array of bytes over the whole segment must be possible, and Node 20 allows 2^32 - 1 elements. */
export const MAX_SEGMENT_BYTES = (MAX_PAGES - 1) * PAGE_BYTES;
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Checks what a rank can check alone, and fills in the defaults. */
export function checkShmConfig(config: ShmConfig): CheckedShmConfig {
  const { name, rank, size } = config;
  if (typeof name !== 'string' || !/^\/[^/\0]+$/.test(name) || Buffer.byteLength(name) > MAX_NAME_BYTES) {
    const most = MAX_NAME_BYTES - 1;
    throw invalid('name', name, `pass a slash and up to ${most} other characters, such as /cobre_comm_a1b2c3d4`);
  }
  if (!Number.isSafeInteger(size) || size < 1 || size > MAX_SIZE) {
    throw invalid('size', size, `pass a whole number of ranks, 1 to ${MAX_SIZE}`);
  }
  if (!Number.isSafeInteger(rank) || rank < 0 || rank >= size) {
    throw invalid('rank', rank, `pass a whole number from 0 to ${size - 1}, another one in each process`);
  }
  const timeoutMs = config.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const connectTimeoutMs = config.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS;
  for (const [field, value] of Object.entries({ timeoutMs, connectTimeoutMs })) {
    if (!(value > 0 && value <= MAX_TIMEOUT_MS)) {
      throw invalid(field, value, `pass a number of milliseconds above 0, at most ${MAX_TIMEOUT_MS}`);
    }
  }
  const maxSharedBytes = config.maxSharedBytes ?? DEFAULT_MAX_BYTES;
  if (!Number.isSafeInteger(maxSharedBytes) || maxSharedBytes <= 0) {
    throw invalid('maxSharedBytes', maxSharedBytes, 'pass a whole number of bytes above 0');
  }
  return { name, rank, size, timeoutMs, connectTimeoutMs, maxSharedBytes };
}

function invalid(field: string, value: unknown, suggestion: string): CobreError {
  return new CobreError('InvalidArgument', `shared memory between processes: ${field} cannot be ${String(value)}`, {
    field,
    value,
    suggestion,
  });
}
