import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { CommArray } from '../communicator.js';
import { nativeFolder } from '../native-folder.js';

/** What `native/src/peer-copy.c` offers. Offsets and lengths in bytes. */
export interface PeerCopy {
  /** Number of this thread's offers, for the others to name. Not there where too many threads have one already. */
  readonly index?: number;
  /** Threads can take each other's offers if this is the same for both. */
  readonly registry?: number;
  /** Lets other threads of this process copy from the array, one at a time. Returns the ticket that they need. */
  offer(array: CommArray): number;
  /** Ends the offer. Waits for those who are copying just now. */
  withdraw(): void;
  /** Copies from another thread's offer. False when it does not stand. */
  take(index: number, ticket: number, target: CommArray, at: number, bytes: number): boolean;
  /** Where the array lies in this process. */
  addressOf(array: CommArray): number;
  /** Copies from another process. False when that is not possible. */
  read(pid: number, address: number, target: CommArray, at: number, bytes: number): boolean;
  /** Lets another thread or process have this core, if one wants it. */
  yieldCore(): void;
}

let loaded: PeerCopy | null | undefined;

/** The module, or `null` where it has not been built or cannot be loaded: everything works without it. */
export function loadPeerCopy(): PeerCopy | null {
  if (loaded === undefined) {
    const path = fileURLToPath(new URL('peer-copy.node', nativeFolder()));
    try {
      loaded = existsSync(path) ? (createRequire(import.meta.url)(path) as PeerCopy) : null;
    } catch {
      loaded = null;
    }
  }
  return loaded;
}
