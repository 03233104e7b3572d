/**
 * How fast are the collectives of two ranks, beside `postMessage` and an MPI library in C?
 *
 *     node --experimental-worker dist/bench/collectives.js [rounds]
 *
 * The contenders take turns, so that a slow spell of the machine meets all of them; the table shows medians over the
 * rounds and ratios to this package. MPI takes part where `mpicc` and `mpiexec` are installed: the C
 * program, and this package on top of the same library where `npm run build:mpi` has been run.
 */
import { type ExecFileSyncOptions, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker } from 'node:worker_threads';
import { type RunRanksOptions, runRanks } from '../src/comm/index.js';
import { nativeFolder } from '../src/comm/native-folder.js';
import { MEASURES, median } from './collectives-measures.js';

const SIZE = 2;
const DEFAULT_ROUNDS = 5;

interface Contender {
  readonly name: string;
  readonly run: () => Promise<number[]>;
}

const cobre = (
  name: string,
  fromRegion: boolean,
  options: Omit<RunRanksOptions, 'size'> = {},
  zeroCopy = false,
): Contender => ({
  name,
  run: async () => {
    const program = new URL('./collectives-rank.js', import.meta.url);
    return (await runRanks<number[]>(program, { ...options, size: SIZE, args: { fromRegion, zeroCopy } }))[0];
  },
});

/** Processes that share a segment; none where `npm run build:native` has not been run. */
const processes = existsSync(new URL('posix-shm.node', nativeFolder()))
  ? [
      cobre('cobre, processes', false, { backend: 'shm', startMethod: 'spawn' }),
      cobre('cobre, processes, zero-copy', false, { backend: 'shm', startMethod: 'spawn' }, true),
    ]
  : [];

const postMessage: Contender = {
  name: 'postMessage',
  run: async () => {
    const { port1, port2 } = new MessageChannel();
    const entry = new URL('./collectives-post-message.js', import.meta.url);
    const workers = [port1, port2].map(
      (port, rank) => new Worker(entry, { workerData: { rank, port }, transferList: [port] }),
    );
    const [[results]] = await Promise.all(workers.map((worker) => once(worker, 'message')));
    await Promise.all(workers.map((worker) => worker.terminate()));
    return results as number[];
  },
};

/** Compiles the C program into `directory`; empty where there is no MPI. Open MPI also runs over TCP alone. */
function mpi(directory: string): Contender[] {
  const program = join(directory, 'mpi-collectives');
  const quiet: ExecFileSyncOptions = { stdio: ['ignore', 'pipe', 'ignore'] };
  try {
    const source = fileURLToPath(new URL('../../bench/mpi-collectives.c', import.meta.url));
    execFileSync('mpicc', ['-O2', '-o', program, source], quiet);
  } catch {
    return [];
  }
  const args = MEASURES.flatMap(({ operation, count, calls, samples }) =>
    [operation, count, calls, samples].map(String),
  );
  const open = /open ?(mpi|rte)/i.test(execFileSync('mpiexec', ['--version'], quiet).toString());
  const asRoot = process.getuid?.() === 0 ? ['--allow-run-as-root'] : [];
  const flags = open ? [...asRoot, '--oversubscribe', '--bind-to', 'core'] : [];
  const name = open ? 'Open MPI' : 'MPI';
  const under = (label: string, command: readonly string[], transport: readonly string[] = []): Contender => ({
    name: label,
    run: async () =>
      execFileSync('mpiexec', [...flags, ...transport, '-n', String(SIZE), ...command], quiet)
        .toString()
        .trim()
        .split('\n')
        .map(Number),
  });
  const cobreOnMpi = fileURLToPath(new URL('./collectives-mpi.js', import.meta.url));
  const built = fileURLToPath(new URL(`mpi-${open ? 'openmpi' : 'mpich'}.node`, nativeFolder()));
  return [
    under(`${name} in C`, [program, ...args]),
    ...(open ? [under(`${name} in C, tcp`, [program, ...args], ['--mca', 'btl', 'tcp,self'])] : []),
    ...(existsSync(built) ? [under(`cobre on ${name}`, [process.execPath, cobreOnMpi])] : []),
  ];
}

const rounds = Number(process.argv[2] ?? DEFAULT_ROUNDS);
const directory = mkdtempSync(join(tmpdir(), 'cobre-bench-'));
try {
  const contenders = [
    cobre('cobre', false),
    cobre('cobre, from a region', true),
    cobre('cobre, zero-copy', false, {}, true),
    ...processes,
    cobre('cobre, tcp', false, { backend: 'tcp' }),
    postMessage,
    ...mpi(directory),
  ];
  const results = contenders.map((): number[][] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, contender] of contenders.entries()) results[i].push(await contender.run());
  }
  const medians = results.map((runs) => MEASURES.map((_, m) => median(runs.map((run) => run[m]))));
  console.log(`Two ranks, microseconds a call, medians of ${rounds} alternating rounds; ratios to cobre in brackets.`);
  console.table(
    Object.fromEntries(
      MEASURES.map(({ name }, m) => [
        name,
        Object.fromEntries(
          contenders.map((contender, i) => {
            const time = medians[i][m].toPrecision(3);
            const ratio = (medians[i][m] / medians[0][m]).toPrecision(3);
            return [contender.name, i === 0 ? time : `${time} (${ratio} x)`];
          }),
        ),
      ]),
    ),
  );
} finally {
  rmSync(directory, { recursive: true, force: true });
}
