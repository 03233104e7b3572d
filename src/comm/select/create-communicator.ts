import { CobreError } from '../../errors.js';
import { type BackendChoice, backendNotAvailable, initializationFailed, invalidBackend } from '../backend-error.js';
import type { Comm } from '../communicator.js';
import { autoDetect } from './auto-detect.js';
import type { BackendKind, BackendName, Feature, ShmConfig, TcpConfig } from './backend-kind.js';
import { OPTIONAL_BACKENDS } from './backend-kind.js';
import { type Environment, isSet, shmConfigFromEnv, tcpConfigFromEnv } from './environment.js';
import { availableBackends, buildFeatures } from './features.js';
import { BACKEND_LOADERS, type BackendLoaders } from './loaders.js';

/** Settings of a communicator that no variable has. */
interface CommunicatorDefaults {
  /** How long a rank waits in a collective, over `shm` and `mpi`, where a rank that dies is noticed anyway. Default 60 000 ms. */
  readonly timeoutMs?: number;
  /** Upper limit of the shared memory of `shm` in bytes. Default 1 GiB. */
  readonly maxSharedBytes?: number;
}

/** What a choice is made from. */
interface SelectionContext {
  readonly defaults?: CommunicatorDefaults;
  readonly env: Environment;
  readonly features: readonly Feature[];
  readonly loaders: BackendLoaders;
}

/**
 * A communicator on the backend that the environment names, or on the one that the program asks for.
 *
 * Without an argument `COBRE_COMM_BACKEND` decides (`auto` unless set), and the settings come from `COBRE_TCP_*` or
 * `COBRE_SHM_*`. With one the environment has no say; only `auto` looks at what it tells about a launcher. The
 * backend's code is loaded here and nowhere else.
 *
 * @param defaults Settings where neither the environment nor `kind` gives them.
 * @throws BackendError for a backend that is unknown, not in this build, lacks settings, or does not start.
 */
export async function createCommunicator(kind?: BackendKind, defaults: CommunicatorDefaults = {}): Promise<Comm> {
  const context = { env: process.env, features: buildFeatures(), loaders: BACKEND_LOADERS, defaults };
  return selectCommunicator(context, kind);
}

/** `createCommunicator` with its surroundings as an argument. */
export async function selectCommunicator(context: SelectionContext, kind?: BackendKind): Promise<Comm> {
  return kind === undefined ? fromEnvironment(context) : fromProgram(context, kind);
}

async function fromEnvironment(context: SelectionContext): Promise<Comm> {
  const { env, features } = context;
  const requested = isSet(env, 'COBRE_COMM_BACKEND') ? (env.COBRE_COMM_BACKEND as string) : 'auto';
  const name = chooseBackend('COBRE_COMM_BACKEND', requested, features, env);
  return startFromEnvironment(context, name);
}

async function fromProgram(context: SelectionContext, kind: BackendKind): Promise<Comm> {
  const asked = typeof kind === 'string' ? { type: kind } : kind;
  const requested = typeof asked === 'object' && asked !== null ? String(asked.type) : String(asked);
  const name = chooseBackend('backend', requested, context.features, context.env);
  if (requested === 'auto') return startFromEnvironment(context, name);
  const config = (asked as { config?: TcpConfig | ShmConfig }).config;
  if (name === 'tcp' || name === 'shm') checkPlace(name, config);
  return start(context, name, config);
}

/**
 * The backend that `requested` stands for in this build.
 * @param setting Where it was requested, for the error.
 */
export function chooseBackend(
  setting: string,
  requested: string,
  features: readonly Feature[],
  env: Environment,
): BackendName {
  const available = availableBackends(features);
  if (requested === 'auto') return autoDetect(available, env);
  const found = available.find((name) => name === requested);
  if (found !== undefined) return found;
  const choice: BackendChoice = { setting, requested, available, features };
  const known = (OPTIONAL_BACKENDS as readonly string[]).includes(requested);
  throw known ? backendNotAvailable(choice) : invalidBackend(choice);
}

function startFromEnvironment(context: SelectionContext, name: BackendName): Promise<Comm> {
  const { env, defaults = {} } = context;
  if (name === 'tcp') return start(context, name, tcpConfigFromEnv(env));
  if (name === 'shm') return start(context, name, { ...defaults, ...shmConfigFromEnv(env) });
  const { timeoutMs } = defaults;
  return start(context, name, name === 'mpi' && timeoutMs !== undefined ? { timeoutMs } : undefined);
}

/** What a backend was doing when it failed in a way that it has no words for. */
const OPERATIONS: Readonly<Record<BackendName, string>> = {
  mpi: 'initialize',
  tcp: 'connect',
  shm: 'attach',
  local: 'start',
};

async function start(context: SelectionContext, name: BackendName, config: unknown): Promise<Comm> {
  try {
    return await (context.loaders[name] as (config: unknown) => Promise<Comm>)(config);
  } catch (error) {
    if (error instanceof CobreError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw initializationFailed(name, OPERATIONS[name], { message, cause: error });
  }
}

/** What every backend with ranks of its own needs, checked before its code is loaded. */
function checkPlace(name: string, config: TcpConfig | ShmConfig | undefined): void {
  if (typeof config !== 'object' || config === null) {
    throw invalid(name, 'config', config, `pass { type: '${name}', config: { rank, size, ... } }`);
  }
  const { rank, size } = config;
  if (!Number.isSafeInteger(size) || size < 1) {
    throw invalid(name, 'config.size', size, 'pass a whole number of ranks, 1 or more');
  }
  if (!Number.isSafeInteger(rank) || rank < 0 || rank >= size) {
    throw invalid(name, 'config.rank', rank, `pass a whole number from 0 to ${size - 1}`);
  }
}

function invalid(name: string, field: string, value: unknown, suggestion: string): CobreError {
  return new CobreError(
    'InvalidArgument',
    `createCommunicator: ${field} of backend '${name}' cannot be ${String(value)}`,
    { field, value, suggestion },
  );
}
