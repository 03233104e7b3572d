import type { Comm } from '../comm/communicator.js';
import { launchedSize } from '../comm/mpi/detect-launch.js';
import { chooseBackend, selectCommunicator } from '../comm/select/create-communicator.js';
import { type Environment, isSet } from '../comm/select/environment.js';
import { buildFeatures } from '../comm/select/features.js';
import { BACKEND_LOADERS } from '../comm/select/loaders.js';
import { CobreError } from '../errors.js';
import { LONGEST_WAIT_MS } from './check-options.js';
import { SHARED_BYTES } from './run-gang.js';

/**
 * Joins the job that a launcher or the variables of the environment make this process a rank of; `null` where there is
 * none, and the process is on its own.
 * @throws BackendError for a backend that is unknown, not in this build, lacks settings, or does not start
 */
export async function joinJob(env: Environment): Promise<Comm | null> {
  const features = buildFeatures();
  const requested = isSet(env, 'COBRE_COMM_BACKEND') ? (env.COBRE_COMM_BACKEND as string) : 'auto';
  if (chooseBackend('COBRE_COMM_BACKEND', requested, features, env) === 'local') return null;
  return selectCommunicator({
    env,
    features,
    loaders: BACKEND_LOADERS,
    defaults: { timeoutMs: LONGEST_WAIT_MS, maxSharedBytes: SHARED_BYTES },
  });
}

/**
 * Refuses to start ranks where this process is one of several already: each of those would start its own.
 * @param option what asked for ranks, as it is called
 * @throws CobreError `IncompatibleSettings`
 */
export function refuseJob(env: Environment, option: string): void {
  const said = placeIn(env);
  if (said === null) return;
  throw new CobreError('IncompatibleSettings', `${said}, so it cannot start ranks of its own`, {
    field: option,
    suggestion: `Leave out ${option}, or unset what makes this process a rank.`,
    context: { setting: option },
  });
}

function placeIn(env: Environment): string | null {
  const requested = isSet(env, 'COBRE_COMM_BACKEND') ? env.COBRE_COMM_BACKEND : 'auto';
  if (requested === 'local') return null;
  if (requested !== 'auto') return `COBRE_COMM_BACKEND=${requested} makes this process a rank`;
  const launched = launchedSize(env) ?? 1;
  if (launched > 1) return `the launcher has started ${launched} ranks, of which this process is one`;
  for (const backend of ['TCP', 'SHM']) {
    const name = `COBRE_${backend}_RANK`;
    if (isSet(env, name)) return `${name} makes this process a rank`;
  }
  return null;
}
