import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import { nativeFolder } from '#cobre/comm/native-folder';

export const FLAVOURS = ['openmpi', 'mpich'] as const;
export type Flavour = (typeof FLAVOURS)[number];

const SAYS: Readonly<Record<Flavour, RegExp>> = { openmpi: /open ?(mpi|rte)/i, mpich: /hydra|mpich/i };
/** What rank 0 prints when all ranks have written what came of a program. */
const DONE = '<all ranks are done>';
const RANK = fileURLToPath(new URL('./rank.mjs', import.meta.url));

/** The launcher of a library, by what it says of itself; `null` where there is none. */
function findLauncher(flavour: Flavour): string | null {
  const speaks = (command: string) => {
    const { stdout, stderr } = spawnSync(command, ['--version'], { encoding: 'utf8' });
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
  readonly #launcher: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #said = '';

  constructor(flavour: Flavour, size: number) {
    this.size = size;
    this.#launcher = spawn(launcherOf(flavour), ['-n', String(size), process.execPath, RANK], {
      env: launchEnvironment(),
      stdio: 'pipe',
    });
    this.#lines = createInterface({ input: this.#launcher.stdout! })[Symbol.asyncIterator]();
    this.#launcher.stderr!.on('data', (chunk) => {
      this.#said += chunk;
    });
    // A job that ended by itself is told of when its answer is missing.
    this.#launcher.stdin!.on('error', () => {});
  }

  async run<R>(program: URL, args: unknown, options: object): Promise<R[]> {
    const results = await mkdtemp(join(tmpdir(), 'cobre-mpi-'));
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
    } finally {
      await rm(results, { recursive: true, force: true });
    }
  }

  /** What programs print is passed over. */
  async #untilDone(): Promise<void> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error(`the MPI job ended\n${this.#said}`);
      if (value === DONE) return;
    }
  }

  end(): void {
    this.#launcher.stdin!.end();
  }
}
