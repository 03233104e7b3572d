import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker } from 'node:worker_threads';
import { type RunRanksOptions, runRanks } from '../../src/comm/index.js';
import { nativeFolder } from '../../src/comm/native-folder.js';
import type { Plan } from './measures.js';
import type { OpenMpi } from './open-mpi.js';
import type { Mode } from './rank.js';

export const OPEN_MPI = 'Open MPI in C';
export const OPEN_MPI_TCP = 'Open MPI in C, tcp';

export interface Contender {
  readonly name: string;
  /** Contenders that it is compared with. */
  readonly bases: readonly string[];
  /** False for a way of sending large payloads that leaves all else as it is. */
  readonly all: boolean;
  /** Microseconds a call, one a measure. */
  run(plan: Plan): Promise<number[]>;
}

/** No contender takes more than a few seconds a round. */
const TIMEOUT_MS = 120_000;

/** Everything that can be measured here with `size` ranks. */
export function contendersOf(kind: Plan['kind'], size: number, mpi: OpenMpi | null): Contender[] {
  const threads: RunRanksOptions = { size };
  const processes: RunRanksOptions = { size, backend: 'shm', startMethod: 'spawn' };
  const segments = existsSync(new URL('posix-shm.node', nativeFolder()));

  const copying = [
    cobre('cobre threads', threads, 'copying'),
    ...(segments ? [cobre('cobre processes', processes, 'copying')] : []),
  ];
  const inSharedMemory = [
    onlyLarge(cobre('cobre threads, from a region', threads, 'from-region')),
    onlyLarge(cobre('cobre threads, zero-copy', threads, 'zero-copy')),
    ...(segments ? [onlyLarge(cobre('cobre processes, zero-copy', processes, 'zero-copy'))] : []),
  ];
  const tcp = cobre('cobre tcp', { size, backend: 'tcp' }, 'copying');
  const binding = bindingFlags();
  switch (kind) {
    case 'calls':
      return [
        ...copying,
        ...inSharedMemory,
        { ...tcp, bases: [OPEN_MPI, OPEN_MPI_TCP] },
        ...(mpi === null ? [] : [openMpi(OPEN_MPI, mpi, size, binding)]),
        ...(mpi === null ? [] : [openMpi(OPEN_MPI_TCP, mpi, size, [...binding, ...OVER_TCP])]),
        ...(mpi === null || !existsSync(new URL('mpi-openmpi.node', nativeFolder()))
          ? []
          : [cobreOnOpenMpi(mpi, size, binding)]),
        ...(size === 2 ? [postMessage] : []),
      ];
    case 'use':
      return [...copying, ...inSharedMemory, ...(mpi === null ? [] : [openMpi(OPEN_MPI, mpi, size, binding)])];
    case 'oversubscribed':
      return [...copying, tcp, ...(mpi === null ? [] : [openMpi(OPEN_MPI, mpi, size, YIELDING)])];
  }
}

const OVER_TCP = ['--mca', 'pml', 'ob1', '--mca', 'btl', 'tcp,self'];

/** Open MPI's own advice for more ranks than cores. */
const YIELDING = ['--oversubscribe', '--mca', 'mpi_yield_when_idle', '1', '--bind-to', 'none'];

/** A rank on each core; Open MPI would ignore that this process may be confined to some of the machine's cores. */
function bindingFlags(): string[] {
  return ['--oversubscribe', '--bind-to', availableParallelism() < cpus().length ? 'none' : 'core'];
}

function onlyLarge(contender: Contender): Contender {
  return { ...contender, all: false };
}

function cobre(name: string, options: RunRanksOptions, mode: Mode): Contender {
  return {
    name,
    bases: [OPEN_MPI],
    all: true,
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
    all: true,
    async run({ measures, sampling }) {
      const calls = measures.flatMap(({ operation, count }) => [operation, String(count)]);
      const { sampleMs, warmUps, samples } = sampling;
      const args = [sampleMs, warmUps, samples].map(String).concat(calls);
      return numbers(await mpi.runProgram(size, flags, args, TIMEOUT_MS));
    },
  };
}

function cobreOnOpenMpi(mpi: OpenMpi, size: number, flags: readonly string[]): Contender {
  const program = fileURLToPath(new URL('./mpi-rank.js', import.meta.url));
  return {
    name: 'cobre on Open MPI',
    bases: [OPEN_MPI],
    all: true,
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
  all: true,
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
