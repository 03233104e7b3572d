import { badConfiguration, missingConfiguration } from '../backend-error.js';
import type { ShmConfig, TcpConfig } from './backend-kind.js';

export type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_TCP_PORT = 29_500;
const DEFAULT_BIND_ADDR = '0.0.0.0';
const DEFAULT_CONNECT_TIMEOUT_MS = 30_000;
const DEFAULT_TCP_TIMEOUT_SECS = 60;

const MAX_PORT = 65_535;
/** More ranks than a header of 32 bits can number do not occur. */
const MAX_SIZE = 2 ** 31 - 1;
/** Largest delay of a timer [ms]. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;
/** NAME_MAX of Linux file systems: a segment is a file there. */
const MAX_SHM_NAME = 255;

const TCP_EXAMPLE = `COBRE_TCP_COORDINATOR=host COBRE_TCP_PORT=${DEFAULT_TCP_PORT} COBRE_TCP_RANK=0 COBRE_TCP_SIZE=4`;
const SHM_EXAMPLE = 'COBRE_SHM_NAME=/cobre_job COBRE_SHM_RANK=0 COBRE_SHM_SIZE=4';

/** An empty variable is one that is not set: `COBRE_TCP_PORT= cobre run` clears it. */
export function isSet(env: Environment, name: string): boolean {
  return (env[name] ?? '') !== '';
}

/**
 * The settings of the TCP backend, with defaults filled in.
 * @throws BackendError `MissingConfiguration` naming what is missing, or the variable whose value cannot be.
 */
export function tcpConfigFromEnv(env: Environment): TcpConfig {
  requireVariables('tcp', env, ['COBRE_TCP_COORDINATOR', 'COBRE_TCP_RANK', 'COBRE_TCP_SIZE'], TCP_EXAMPLE);
  const read = reader('tcp', env);
  const { host, port: ownPort } = splitAddress(env.COBRE_TCP_COORDINATOR as string);
  const port = read.whole('COBRE_TCP_PORT', 1, MAX_PORT, ownPort ?? DEFAULT_TCP_PORT);
  if (ownPort !== null && port !== ownPort) {
    throw badConfiguration(
      'tcp',
      'COBRE_TCP_PORT',
      String(port),
      `${ownPort}, as in COBRE_TCP_COORDINATOR, or not set`,
    );
  }
  const size = read.whole('COBRE_TCP_SIZE', 1, MAX_SIZE);
  const timeoutSecs = read.positive('COBRE_TCP_TIMEOUT_SECS', MAX_TIMEOUT_MS / 1000, DEFAULT_TCP_TIMEOUT_SECS);
  return {
    coordinator: host,
    port,
    rank: read.whole('COBRE_TCP_RANK', 0, size - 1),
    size,
    bindAddr: isSet(env, 'COBRE_TCP_BIND_ADDR') ? (env.COBRE_TCP_BIND_ADDR as string) : DEFAULT_BIND_ADDR,
    connectTimeoutMs: read.whole('COBRE_TCP_CONNECT_TIMEOUT_MS', 1, MAX_TIMEOUT_MS, DEFAULT_CONNECT_TIMEOUT_MS),
    timeoutMs: Math.ceil(timeoutSecs * 1000),
    ...(isSet(env, 'COBRE_TCP_TOKEN') ? { token: env.COBRE_TCP_TOKEN as string } : {}),
  };
}

/**
 * The settings of the shared memory backend.
 * @throws BackendError `MissingConfiguration` naming what is missing, or the variable whose value cannot be.
 */
export function shmConfigFromEnv(env: Environment): ShmConfig {
  requireVariables('shm', env, ['COBRE_SHM_NAME', 'COBRE_SHM_RANK', 'COBRE_SHM_SIZE'], SHM_EXAMPLE);
  const read = reader('shm', env);
  const given = env.COBRE_SHM_NAME as string;
  // The slash may be left out, as shm_open of most systems allows.
  const name = given.startsWith('/') ? given : `/${given}`;
  if (!/^\/[^/\0]+$/.test(name) || name === '/.' || name === '/..' || Buffer.byteLength(name) > MAX_SHM_NAME) {
    throw badConfiguration('shm', 'COBRE_SHM_NAME', given, 'a slash and up to 254 other characters');
  }
  const size = read.whole('COBRE_SHM_SIZE', 1, MAX_SIZE);
  return { name, rank: read.whole('COBRE_SHM_RANK', 0, size - 1), size };
}

function requireVariables(backend: string, env: Environment, names: readonly string[], example: string): void {
  const missing = names.filter((name) => !isSet(env, name));
  if (missing.length > 0) throw missingConfiguration(backend, missing, example);
}

function reader(backend: string, env: Environment) {
  const value = (name: string, fits: (number: number) => boolean, allowed: string, fallback?: number): number => {
    if (!isSet(env, name) && fallback !== undefined) return fallback;
    const text = env[name] as string;
    // `Number` alone would take '0x10', ' 5 ' and '1e3'.
    const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (!fits(number)) throw badConfiguration(backend, name, text, allowed);
    return number;
  };
  return {
    whole: (name: string, from: number, to: number, fallback?: number): number =>
      value(
        name,
        (n) => Number.isInteger(n) && n >= from && n <= to,
        from === to ? String(from) : `a whole number from ${from} to ${to}`,
        fallback,
      ),
    positive: (name: string, to: number, fallback: number): number =>
      value(name, (n) => n > 0 && n <= to, `a number above 0, at most ${to}`, fallback),
  };
}

/** `host`, `host:port`, `[v6]`, `[v6]:port`, or an IPv6 address as it is. */
function splitAddress(text: string): { readonly host: string; readonly port: number | null } {
  const match = /^(?:\[([^\]]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/.exec(text);
  const port = match?.[3] === undefined ? null : Number(match[3]);
  const host = match?.[1] ?? match?.[2] ?? (/^[\da-f:.%]*:[\da-f:.%]*:[\w:.%]*$/i.test(text) ? text : undefined);
  if (host === undefined || (port !== null && (port < 1 || port > MAX_PORT))) {
    throw badConfiguration('tcp', 'COBRE_TCP_COORDINATOR', text, 'a host name or address, with or without :port');
  }
  return { host, port };
}
