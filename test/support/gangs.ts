import type { RunOptions } from '#cobre/options';
import { WHY_NOT } from '../comm/shm-gang.js';

/** A way to run on several ranks, as options of `train` and `simulate`. */
export interface GangKind {
  readonly name: string;
  readonly options: Pick<RunOptions, 'backend' | 'startMethod'>;
  /** What `WorkerInfo.backend` says. */
  readonly backend: 'shm' | 'tcp';
  readonly processes: boolean;
}

const THREADS: GangKind = { name: 'threads', options: {}, backend: 'shm', processes: false };
const PROCESSES: GangKind = {
  name: 'processes in shared memory',
  options: { backend: 'shm', startMethod: 'spawn' },
  backend: 'shm',
  processes: true,
};
const TCP: GangKind = { name: 'processes over TCP', options: { backend: 'tcp' }, backend: 'tcp', processes: true };

if (WHY_NOT !== null && process.env.CI === 'true') throw new Error(WHY_NOT);

/** Those that there are here. In CI all of them must be. */
export const GANGS: readonly GangKind[] = [THREADS, ...(WHY_NOT === null ? [PROCESSES] : []), TCP];
export const PROCESS_GANGS: readonly GangKind[] = GANGS.filter(({ processes }) => processes);
