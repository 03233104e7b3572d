import { type ExecFileOptions, execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Where MPICH is installed beside it, the bare names may be MPICH's. */
const SUFFIXES = ['.openmpi', ''];

const asRoot = process.getuid?.() === 0 ? ['--allow-run-as-root'] : [];

/** An installed Open MPI, and the C program compiled with it. */
export class OpenMpi {
  readonly version: string;
  readonly #mpiexec: string;
  readonly #program: string;

  private constructor(version: string, mpiexec: string, program: string) {
    this.version = version;
    this.#mpiexec = mpiexec;
    this.#program = program;
  }

  /** Null where there is none. The program goes into `directory`. */
  static async find(directory: string): Promise<OpenMpi | null> {
    for (const suffix of SUFFIXES) {
      const output = await run(`mpiexec${suffix}`, ['--version']).catch(() => '');
      if (!/open ?(mpi|rte)/i.test(output)) continue;
      const program = join(directory, 'mpi-rank');
      const source = fileURLToPath(new URL('../../../bench/collectives/mpi-rank.c', import.meta.url));
      await run(`mpicc${suffix}`, ['-O2', '-o', program, source, '-lm']);
      return new OpenMpi(/\d+\.\d+\S*/.exec(output)?.[0] ?? '', `mpiexec${suffix}`, program);
    }
    return null;
  }

  /** The C program with `args` as `size` ranks; what it prints. */
  runProgram(size: number, flags: readonly string[], args: readonly string[], timeoutMs: number): Promise<string> {
    return this.start(size, flags, [this.#program, ...args], timeoutMs);
  }

  start(size: number, flags: readonly string[], command: readonly string[], timeoutMs: number): Promise<string> {
    return run(this.#mpiexec, [...asRoot, ...flags, '-n', String(size), ...command], { timeout: timeoutMs });
  }
}

async function run(file: string, args: readonly string[], options: ExecFileOptions = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(file, args, options);
  return String(stdout);
}
