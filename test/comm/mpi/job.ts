import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import { nativeFolder } from '#cobre/comm/native-folder';
import { type ChildProcess, runSync, startProcess } from '../../support/child.js';

export const FLAVOURS = ['openmpi', 'mpich'] as const;
export type Flavour = (typeof FLAVOURS)[number];

const SAYS: Readonly<Record<Flavour, RegExp>> = { openmpi: /open ?(mpi|rte)/i, mpich: /hydra|mpich/i };
/** What rank 0 prints when all ranks have written what came of a program. */
const DONE = '<all ranks are done>';
/** What it prints before, with the number of each rank's process. */
const PIDS = '<ranks are ';
/** Above what a rank waits for the others by itself. */
const PROGRAM_BOUND_MS = 100_000;
/** How long a launcher may take to end its ranks when it is asked to [ms]. */
const END_BOUND_MS = 5_000;
const RANK = fileURLToPath(new URL('./rank.mjs', import.meta.url));

/** The launcher of a library, by what it says of itself; `null` where there is none. */
function findLauncher(flavour: Flavour): string | null {
  const speaks = (command: string) => {
    const { stdout, stderr } = runSync(command, ['--version']);
    return SAYS[flavour].test(`${stdout}${stderr}`);
  };
  return [`mpiexec.${flavour}`, 'mpiexec'].find(speaks) ?? null;
}

/** A launcher with its module, or the reason why ranks cannot be started with it. */
export const MPI: Readonly<Record<Flavour, { launcher: string } | { missing: string }>> = {
  openmpi: whatIsThere('openmpi'),
  mpich: whatIsThere('mpich'),
};

function whatIsThere(flavour: Flavour): { launcher: string } | { missing: string } {
  const launcher = findLauncher(flavour);
  if (launcher === null) return { missing: `there is no mpiexec of ${flavour}` };
  const module = fileURLToPath(new URL(`mpi-${flavour}.node`, nativeFolder()));
  if (!existsSync(module)) return { missing: `npm run build:mpi has not built mpi-${flavour}.node` };
  return { launcher };
}

export function launcherOf(flavour: Flavour): string {
  const found = MPI[flavour];
  if ('missing' in found) throw new Error(found.missing);
  return found.launcher;
}

/** Environment of a launcher: of no job that the tests themselves may run in, as root, with more ranks than cores. */
export function launchEnvironment(): NodeJS.ProcessEnv {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(PMI_|PMIX_|OMPI_|SLURM_|MPI_LOCAL|COBRE_)/.test(name)),
  );
  return {
    ...env,
    OMPI_ALLOW_RUN_AS_ROOT: '1',
    OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
    OMPI_MCA_rmaps_base_oversubscribe: '1',
  };
}

/** Ranks under `mpiexec` that stay for one program after another, since starting them takes longer than most programs. */
export class MpiJob {
  readonly size: number;
  readonly #flavour: Flavour;
  readonly #launcher: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #pids: readonly number[] = [];
  #said = '';

  constructor(flavour: Flavour, size: number) {
    this.size = size;
    this.#flavour = flavour;
    this.#launcher = startProcess(launcherOf(flavour), ['-n', String(size), process.execPath, RANK], {
      env: launchEnvironment(),
      stdio: 'pipe',
      boundMs: Number.POSITIVE_INFINITY,
    });
    this.#lines = createInterface({ input: this.#launcher.stdout! })[Symbol.asyncIterator]();
    this.#launcher.stderr!.on('data', (chunk) => {
      this.#said += chunk;
    });
    // A job that ended by itself is told of when its answer is missing.
    this.#launcher.stdin!.on('error', () => {});
  }

  get alive(): boolean {
    return this.#launcher.exitCode === null && this.#launcher.signalCode === null;
  }

  /** Runs a program. A job that does not come to its end in time is ended, and the error says which it was. */
  async run<R>(program: URL, args: unknown, options: object, boundMs = PROGRAM_BOUND_MS): Promise<R[]> {
    const results = await mkdtemp(join(tmpdir(), 'cobre-mpi-'));
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      void this.kill();
    }, boundMs);
    try {
      const file = join(results, 'args');
      await writeFile(file, serialize(args));
      this.#launcher.stdin!.write(`${JSON.stringify({ program: program.href, args: file, results, options })}\n`);
      await this.#untilDone();
      const perRank = await Promise.all(
        Array.from({ length: this.size }, async (_, r) => deserialize(await readFile(join(results, String(r))))),
      );
      const failed = perRank.find(({ error }) => error !== undefined);
      if (failed) throw new Error(failed.error);
      return perRank.map(({ value }) => value as R);
    } catch (cause) {
      if (!late) throw cause;
      const who = `${this.#flavour}, ${this.size} ranks`;
      throw new Error(`${who}: ${program.href} did not end within ${boundMs} ms and was killed\n${this.#said}`);
    } finally {
      clearTimeout(timer);
      await rm(results, { recursive: true, force: true });
    }
  }

  /** What programs print is passed over. */
  async #untilDone(): Promise<void> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error(`the MPI job ended\n${this.#said}`);
      if (value === DONE) return;
      if (value.startsWith(PIDS)) this.#pids = JSON.parse(value.slice(PIDS.length));
    }
  }

  /** Ranks come to their end; what does not within the time is killed. */
  end(): void {
    this.#launcher.stdin!.end();
    const timer = setTimeout(() => void this.kill(), END_BOUND_MS);
    timer.unref();
    this.#launcher.once('exit', () => clearTimeout(timer));
  }

  /** The launcher is asked to end all ranks, and what then is left is ended without asking. */
  async kill(): Promise<void> {
    if (!this.alive) return;
    const gone = once(this.#launcher, 'exit');
    this.#launcher.kill('SIGTERM');
    const timer = setTimeout(() => this.#launcher.kill('SIGKILL'), END_BOUND_MS);
    await gone;
    clearTimeout(timer);
    for (const pid of this.#pids) endProcess(pid);
    // A pipe that some process still holds would keep whoever reads from it waiting.
    this.#launcher.stdout!.destroy();
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
