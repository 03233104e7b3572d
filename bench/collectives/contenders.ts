import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker } from 'node:worker_threads';
import { type RunRanksOptions, runRanks } from '../../src/comm/index.js';
import { nativeFolder } from '../../src/comm/native-folder.js';
import type { Measure, Plan } from './measures.js';
import type { OpenMpi } from './open-mpi.js';
import type { Mode } from './rank.js';

export const OPEN_MPI = 'Open MPI in C';
export const OPEN_MPI_TCP = 'Open MPI in C, tcp';

export interface Contender {
  readonly name: string;
  /** Contenders that it is compared with. */
  readonly bases: readonly string[];
  /** What there is to measure; everything if not given. */
  readonly operations?: readonly Measure['operation'][];
  /** Microseconds a call, one a measure. */
  run(plan: Plan): Promise<number[]>;
}

/** No contender takes more than a few seconds a round. */
const TIMEOUT_MS = 120_000;

/** Everything that can be measured here with `size` ranks. */
export function contendersOf(size: number, mpi: OpenMpi | null): Contender[] {
  const oversubscribed = size > availableParallelism();
  const threads = { size };
  const processes = { size, backend: 'shm', startMethod: 'spawn' } as const;
  const tcp = { size, backend: 'tcp' } as const;
  const ours: Contender[] = [
    cobre('cobre threads', threads, 'copying'),
    ...(isBuilt('posix-shm.node') ? [cobre('cobre processes', processes, 'copying')] : []),
    { ...cobre('cobre tcp', tcp, 'copying'), bases: oversubscribed ? [OPEN_MPI] : [OPEN_MPI, OPEN_MPI_TCP] },
  ];
  if (oversubscribed) {
    return [...ours, ...(mpi === null ? [] : [openMpi(OPEN_MPI, mpi, size, YIELDING)])];
  }
  const binding = bindingFlags();
  return [
    ...ours,
    onlyLarge(cobre('cobre threads, from a region', threads, 'from-region')),
    ...(isBuilt('posix-shm.node')
      ? [onlyLarge(cobre('cobre processes, from a region', processes, 'from-region'))]
      : []),
    ...(mpi === null
      ? []
      : [
          openMpi(OPEN_MPI, mpi, size, binding),
          openMpi(OPEN_MPI_TCP, mpi, size, [...binding, '--mca', 'pml', 'ob1', '--mca', 'btl', 'tcp,self']),
          ...(isBuilt('mpi-openmpi.node') ? [cobreOnOpenMpi(mpi, size, binding)] : []),
        ]),
    ...(size === 2 ? [postMessage] : []),
  ];
}

/** Open MPI's own advice for more ranks than cores. */
const YIELDING = ['--oversubscribe', '--mca', 'mpi_yield_when_idle', '1', '--bind-to', 'none'];

/** A rank on each core; Open MPI would ignore that this process may be confined to some of the machine's cores. */
function bindingFlags(): string[] {
  return ['--oversubscribe', '--bind-to', availableParallelism() < cpus().length ? 'none' : 'core'];
}

function isBuilt(module: string): boolean {
  return existsSync(new URL(module, nativeFolder()));
}

/** What is private and small has no other way. */
function onlyLarge(contender: Contender): Contender {
  return { ...contender, operations: ['allgatherv'] };
}

function cobre(name: string, options: RunRanksOptions, mode: Mode): Contender {
  return {
    name,
    bases: [OPEN_MPI],
    async run(plan) {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const program = new URL('./rank.js', import.meta.url);
      return (await runRanks<number[]>(program, { ...options, signal, args: { mode, plan } }))[0];
    },
  };
}

function openMpi(name: string, mpi: OpenMpi, size: number, flags: readonly string[]): Contender {
  return {
    name,
    bases: [OPEN_MPI],
    async run({ measures, sampling }) {
      const calls = measures.flatMap(({ operation, count }) => [operation, String(count)]);
      const args = [String(sampling.sampleMs), String(sampling.samples), ...calls];
      return numbers(await mpi.runProgram(size, flags, args, TIMEOUT_MS));
    },
  };
}

function cobreOnOpenMpi(mpi: OpenMpi, size: number, flags: readonly string[]): Contender {
  const program = fileURLToPath(new URL('./mpi-rank.js', import.meta.url));
  return {
    name: 'cobre on Open MPI',
    bases: [OPEN_MPI],
    async run(plan) {
      return numbers(await mpi.start(size, flags, [process.execPath, program, JSON.stringify(plan)], TIMEOUT_MS));
    },
  };
}

function numbers(lines: string): number[] {
  return lines.trim().split('\n').map(Number);
}

const postMessage: Contender = {
  name: 'postMessage',
  bases: [OPEN_MPI],
  async run(plan) {
    const { port1, port2 } = new MessageChannel();
    const entry = new URL('./post-message-rank.js', import.meta.url);
    const workers = [port1, port2].map(
      (port, rank) => new Worker(entry, { workerData: { rank, port, plan }, transferList: [port] }),
    );
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const [[medians]] = await Promise.all(workers.map((worker) => once(worker, 'message', { signal })));
      return medians as number[];
    } finally {
      await Promise.all(workers.map((worker) => worker.terminate()));
    }
  },
};
