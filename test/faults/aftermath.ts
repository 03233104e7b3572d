import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { expect } from 'vitest';

/** How long what is on its way out may take [ms]. */
const GRACE_MS = 5_000;
/** A name that launchers hand on to all that they start. */
const MARK = 'FAULTS_MARK';

/** Reads of files that may be gone the next moment. */
function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

const list = (folder: string): string[] => attempt(() => readdirSync(folder), []);
const pids = (): string[] => list('/proc').filter((name) => /^\d+$/.test(name));

/** What dying ranks may leave behind, from now on: processes, names in shared memory, sockets of this process. */
export class Aftermath {
  readonly #mark = `${MARK}=${randomUUID()}`;
  readonly #names = new Set(list('/dev/shm'));
  readonly #sockets = this.#openSockets();

  constructor() {
    process.env[MARK] = this.#mark.slice(MARK.length + 1);
  }

  /** Waits a moment for it to go. */
  async expectNothingLeft(graceMs = GRACE_MS): Promise<void> {
    const left = () => [...this.#processes(), ...this.#unusedNames(), ...this.#moreSockets()];
    await expect.poll(left, { timeout: graceMs, interval: 20 }).toEqual([]);
  }

  /** Started by this process, or by what it started, whoever is their parent by now. */
  #processes(): string[] {
    return pids()
      .filter((pid) => Number(pid) !== process.pid)
      .filter((pid) => attempt(() => readFileSync(`/proc/${pid}/environ`, 'latin1'), '').includes(this.#mark))
      .map((pid) => `${pid}: ${attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'latin1'), '')}`);
  }

  /** New names that no process has mapped. Others may be at work on this machine. */
  #unusedNames(): string[] {
    const names = list('/dev/shm').filter((name) => !this.#names.has(name));
    if (names.length === 0) return [];
    const maps = pids().map((pid) => attempt(() => readFileSync(`/proc/${pid}/maps`, 'latin1'), ''));
    return names.filter((name) => !maps.some((text) => text.includes(`/dev/shm/${name}`)));
  }

  #openSockets(): number {
    return list('/proc/self/fd').filter((fd) =>
      attempt(() => readlinkSync(`/proc/self/fd/${fd}`), '').startsWith('socket:'),
    ).length;
  }

  #moreSockets(): string[] {
    const more = this.#openSockets() - this.#sockets;
    return more > 0 ? [`${more} sockets`] : [];
  }
}
