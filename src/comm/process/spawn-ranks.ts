import { constants } from 'node:os';
import { BackendError } from '../backend-error.js';
import type { RunRanksOptions } from '../rank-program.js';
import { planGang } from './gang-plan.js';
import { runProcesses } from './run-processes.js';

/** How often a run may find that somebody else has taken its port since it was seen free. */
const PORT_ATTEMPTS = 3;

/** Runs a program as ranks on fresh processes that talk over `backend`. */
export async function spawnRanks(
  url: string,
  options: RunRanksOptions,
  backend: 'shm' | 'tcp' | 'local',
): Promise<unknown[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await runProcesses(url, options, await planGang(backend, options));
    } catch (error) {
      // No rank has begun: none is past connecting while rank 0 cannot listen.
      if (attempt === PORT_ATTEMPTS || !isPortTaken(error)) throw error;
    }
  }
}

function isPortTaken(error: unknown): boolean {
  return error instanceof BackendError && error.context.error_code === constants.errno.EADDRINUSE;
}
