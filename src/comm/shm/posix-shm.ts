import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { getSystemErrorName } from 'node:util';
import { initializationFailed } from '../backend-error.js';
import { buildCommand, nativeFolder } from '../native-folder.js';

/** What `native/src/posix-shm.c` offers. A failed system call throws a `SystemCallError`. */
export interface PosixShm {
  /** Descriptor of a new segment of so many bytes, none of them committed. */
  create(name: string, bytes: number): number;
  open(name: string): number;
  sizeOf(descriptor: number): number;
  /** Puts memory behind a part of the segment. */
  commit(descriptor: number, offset: number, bytes: number): void;
  map(descriptor: number, bytes: number): ArrayBuffer;
  /** Ends a mapping; its buffer is detached. */
  unmap(buffer: ArrayBuffer): void;
  close(descriptor: number): void;
  unlink(name: string): void;
  /** See `Parking`. */
  sleep(words: Int32Array, index: number, expected: number, ms: number): void;
  wake(words: Int32Array, index: number): void;
}

export interface SystemCallError extends Error {
  readonly errno: number;
  readonly syscall: string;
}

const PLATFORMS: readonly string[] = ['linux', 'darwin'];

/** Path of the module for this platform, whether it has been built or not. */
function posixShmPath(): string {
  return fileURLToPath(new URL('posix-shm.node', nativeFolder()));
}

export function posixShmIsBuilt(): boolean {
  return PLATFORMS.includes(process.platform) && existsSync(posixShmPath());
}

let loaded: PosixShm | undefined;

/** @throws BackendError `InitializationFailed` where there is no such module. */
export function loadPosixShm(): PosixShm {
  if (loaded !== undefined) return loaded;
  if (!PLATFORMS.includes(process.platform)) {
    const message = `processes cannot share POSIX memory on ${process.platform}`;
    throw initializationFailed('shm', 'load', { message }, 'run the ranks as threads, or use the tcp backend');
  }
  if (!posixShmIsBuilt()) {
    const message = `there is no native module for shared memory between processes: ${posixShmPath()} has not been built`;
    throw initializationFailed(
      'shm',
      'load',
      { message },
      `run \`${buildCommand('build.mjs')}\` (it needs a C compiler), or run the ranks as threads or over TCP (\`backend: 'tcp'\`, \`--backend tcp\`), which need no native code`,
    );
  }
  try {
    loaded = createRequire(import.meta.url)(posixShmPath()) as PosixShm;
    return loaded;
  } catch (cause) {
    const message = `the native module for shared memory between processes cannot be loaded: ${(cause as Error).message}`;
    const suggestion = `run \`${buildCommand('build.mjs')}\` to build it here (it needs a C compiler)`;
    throw initializationFailed('shm', 'load', { message, cause }, suggestion);
  }
}

/** `EEXIST` and the like; `undefined` for an error that is not a system call's. */
export function systemErrorName(error: unknown): string | undefined {
  const { errno } = error as Partial<SystemCallError>;
  return typeof errno === 'number' ? getSystemErrorName(-errno) : undefined;
}
