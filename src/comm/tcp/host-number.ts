import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Bits of a digest that a double holds exactly, in bytes. */
const DIGEST_BYTES = 6;

/** A number for the host this process runs on, the same for all its processes and hardly ever that of another. */
export function hostNumber(): number {
  return createHash('sha256').update(`${hostname()}\n${bootId()}`).digest().readUIntBE(0, DIGEST_BYTES);
}

/** Hosts may share a name; the kernel's boot does not. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
  } catch {
    return '';
  }
}
