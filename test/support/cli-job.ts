import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { FLAVOURS, type Flavour, launchEnvironment, launcherOf, MPI } from '../comm/mpi/job.js';
import { freshName, WHY_NOT } from '../comm/shm-gang.js';
import { freePort } from '../comm/tcp/spawn-ranks.js';
import { type ChildProcess, startProcess } from './child.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
/** The program that package.json names. */
export const BINARY = join(root, manifest.bin.cobre);
const RECORDER = new URL('record-exit.mjs', import.meta.url).href;
/** Under a launcher each rank leaves its process number and what it prints in files: launchers mix the streams. */
const AS_RANK =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's.
  'r=${OMPI_COMM_WORLD_RANK:-$PMI_RANK}; echo $$ >"$RECORD/$r.pid"; exec "$0" "$@" >"$RECORD/$r.out" 2>"$RECORD/$r.err"';

type Env = Readonly<Record<string, string>>;

/** What a rank has come to. */
export interface RankEnd {
  readonly stdout: string;
  readonly stderr: string;
  /** `null`: it was ended by a signal. */
  readonly code: number | null;
}

/** Processes of one `cobre` command each, which are the ranks of one job. */
export interface Job {
  /** The process of a rank, once it has been started. */
  pid(rank: number): Promise<number>;
  /** What Ctrl-C at a terminal does: the launcher gets it, or every rank. */
  interrupt(): void;
  /** What a rank has printed until now. */
  printed(rank: number): string;
  /** Once all have ended, and the launcher where there is one. */
  readonly ended: Promise<{ readonly ranks: readonly RankEnd[]; readonly launcher: number | null }>;
}

/** A way to start a command as the ranks of a job. */
export interface JobKind {
  readonly name: string;
  /** What results say of it. */
  readonly backend: 'shm' | 'tcp' | 'mpi';
  /** `null` where it is there. */
  readonly whyNot: string | null;
  /** Whether ranks find each other, and end, by a launcher that ends all of them when one has failed. */
  readonly launched: boolean;
  /** @param folder an empty one, for what the ranks print */
  start(args: readonly string[], size: number, folder: string, env?: Env): Promise<Job>;
}

/** Ranks that this process starts one by one. */
function startRanks(args: readonly string[], folder: string, environments: readonly Env[]): Job {
  const children = environments.map((env, rank) => {
    const [out, err] = ['out', 'err'].map((stream) => openSync(join(folder, `${rank}.${stream}`), 'w'));
    const child = startProcess(process.execPath, [BINARY, ...args], {
      env: { ...launchEnvironment(), ...env },
      stdio: ['ignore', out, err],
    });
    for (const descriptor of [out, err]) closeSync(descriptor);
    return child;
  });
  const codes = Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as number | null));
  return {
    pid: async (rank) => children[rank].pid as number,
    interrupt: () => {
      for (const child of children) child.kill('SIGINT');
    },
    printed: (rank) => recorded(folder, rank, 'out'),
    ended: codes.then((all) => ({ ranks: all.map((code, rank) => rankEnd(folder, rank, code)), launcher: null })),
  };
}

function startLaunched(flavour: Flavour, args: readonly string[], size: number, folder: string, env: Env): Job {
  const command = [process.execPath, '--import', RECORDER, BINARY, ...args];
  const launcher: ChildProcess = startProcess(launcherOf(flavour), ['-n', `${size}`, 'sh', '-c', AS_RANK, ...command], {
    env: { ...launchEnvironment(), ...env, RECORD: folder },
    stdio: 'ignore',
  });
  return {
    pid: async (rank) => {
      for (;;) {
        const pid = Number(recorded(folder, rank, 'pid'));
        if (pid > 0) return pid;
        await delay(5);
      }
    },
    interrupt: () => void launcher.kill('SIGINT'),
    printed: (rank) => recorded(folder, rank, 'out'),
    ended: once(launcher, 'exit').then(([status]) => ({
      launcher: status as number | null,
      ranks: Array.from({ length: size }, (_, rank) => {
        const code = recorded(folder, rank, 'code');
        return rankEnd(folder, rank, code === '' ? null : Number(code));
      }),
    })),
  };
}

function recorded(folder: string, rank: number, what: string): string {
  try {
    return readFileSync(join(folder, `${rank}.${what}`), 'utf8');
  } catch {
    return '';
  }
}

function rankEnd(folder: string, rank: number, code: number | null): RankEnd {
  return { code, stdout: recorded(folder, rank, 'out'), stderr: recorded(folder, rank, 'err') };
}

const numbers = (size: number): number[] => Array.from({ length: size }, (_, rank) => rank);

/** Variables that make processes the ranks of a job in shared memory. */
export function shmPlaces(size: number): Env[] {
  const COBRE_SHM_NAME = freshName();
  return numbers(size).map((rank) => ({ COBRE_SHM_NAME, COBRE_SHM_RANK: `${rank}`, COBRE_SHM_SIZE: `${size}` }));
}

/** Variables that make processes the ranks of a job over TCP on this machine. */
export async function tcpPlaces(size: number): Promise<Env[]> {
  const COBRE_TCP_PORT = String(await freePort());
  const shared = { COBRE_TCP_COORDINATOR: '127.0.0.1', COBRE_TCP_PORT, COBRE_TCP_SIZE: `${size}` };
  return numbers(size).map((rank) => ({ ...shared, COBRE_TCP_RANK: `${rank}` }));
}

const underMpi = (flavour: Flavour): JobKind => {
  const found = MPI[flavour];
  return {
    name: `mpiexec of ${flavour}`,
    backend: 'mpi',
    whyNot: 'missing' in found ? found.missing : null,
    launched: true,
    start: async (args, size, folder, env = {}) => startLaunched(flavour, args, size, folder, env),
  };
};

export const JOB_KINDS: readonly JobKind[] = [
  {
    name: 'COBRE_SHM_*',
    backend: 'shm',
    whyNot: WHY_NOT,
    launched: false,
    start: async (args, size, folder, more = {}) =>
      startRanks(
        args,
        folder,
        shmPlaces(size).map((place) => ({ ...place, ...more })),
      ),
  },
  {
    name: 'COBRE_TCP_*',
    backend: 'tcp',
    whyNot: null,
    launched: false,
    start: async (args, size, folder, more = {}) =>
      startRanks(
        args,
        folder,
        (await tcpPlaces(size)).map((place) => ({ ...place, ...more })),
      ),
  },
  ...FLAVOURS.map(underMpi),
];
