import { once } from 'node:events';
import { mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChildProcess, runSync, startProcess } from './child.js';

/** Above what all the tests of a file take together [ms]. */
const DISK_BOUND_MS = 300_000;
/** How an unprivileged user may mount what only he sees, and how root may in a container. */
const WAYS = [['--map-root-user'], []];
const MOUNT = 'mount -t tmpfs -o size="$1" tmpfs "$0"';
const BALLAST = 'ballast';

/** Options of `unshare` that work here; `null`, and why not. */
function findWay(): { readonly way: readonly string[] | null; readonly why: string } {
  if (process.platform !== 'linux') return { way: null, why: 'only Linux has mount namespaces' };
  let why = '';
  for (const way of WAYS) {
    const { status, error, stderr } = runSync('unshare', [...way, '--mount', 'sh', '-c', MOUNT, tmpdir(), '64k']);
    if (status === 0) return { way, why: '' };
    why = error?.message ?? stderr.trim();
  }
  return { way: null, why: `no mount namespaces: ${why}` };
}

const { way, why } = findWay();

/** Why there can be no disks here; `null` where there can. */
export const WHY_NO_DISK = way === null ? why : null;

/**
 * A small disk, in the mount namespace of a process that does nothing else: gone when that is. Whoever may look at that
 * process reaches the disk by its path below /proc.
 */
export class Disk {
  readonly #holder: ChildProcess;
  readonly #mountPoint: string;

  private constructor(holder: ChildProcess, mountPoint: string) {
    this.#holder = holder;
    this.#mountPoint = mountPoint;
  }

  static async mount(size: string): Promise<Disk> {
    const mountPoint = mkdtempSync(join(tmpdir(), 'cobre-disk-'));
    const script = `${MOUNT} && echo mounted && exec sleep 600`;
    const holder = startProcess('unshare', [...(way as string[]), '--mount', 'sh', '-c', script, mountPoint, size], {
      stdio: ['ignore', 'pipe', 'inherit'],
      boundMs: DISK_BOUND_MS,
    });
    await once(holder.stdout!, 'data');
    return new Disk(holder, mountPoint);
  }

  get path(): string {
    return join(`/proc/${this.#holder.pid}/root`, this.#mountPoint);
  }

  /** Leaves no byte of room, whoever else is writing. */
  fill(): void {
    for (const piece of [1 << 16, 1 << 12]) this.#writeUntilFull(Buffer.alloc(piece));
  }

  #writeUntilFull(piece: Buffer): void {
    try {
      for (;;) writeFileSync(join(this.path, BALLAST), piece, { flag: 'a' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }

  /** Leaves about so many bytes of room. */
  leave(bytes: number): void {
    const { bavail, bsize } = statfsSync(this.path);
    writeFileSync(join(this.path, BALLAST), Buffer.alloc(bavail * bsize - bytes));
  }

  makeRoom(): void {
    rmSync(join(this.path, BALLAST), { force: true });
  }

  setReadOnly(readOnly: boolean): void {
    const user = way?.length === 0 ? [] : ['--user', '--preserve-credentials'];
    const inside = ['--target', String(this.#holder.pid), ...user, '--mount'];
    const { status, stderr } = runSync('nsenter', [
      ...inside,
      ...['mount', '-o', `remount,${readOnly ? 'ro' : 'rw'}`, this.#mountPoint],
    ]);
    if (status !== 0) throw new Error(stderr);
  }

  async end(): Promise<void> {
    const exit = once(this.#holder, 'exit');
    this.#holder.kill('SIGKILL');
    await exit;
    rmdirSync(this.#mountPoint);
  }
}
