import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { posixShmIsBuilt } from '#cobre/comm/shm/posix-shm';
import type { ShmConfig } from '#cobre/comm/shm/shm-config';
import type { ForkOptions } from '../support/child.js';
import { RankProcess } from './rank-process.js';

/** `null` where processes can share memory, else why this is not tested here. */
export const WHY_NOT = posixShmIsBuilt() ? null : 'the native module is not built: npm run build:native';

export type AttachOptions = Partial<Omit<ShmConfig, 'name'>>;

export function freshName(): string {
  return `/cobre_test_${process.pid}_${randomBytes(6).toString('hex')}`;
}

/** Names of segments that exist now and look like a test's; none where the system does not list them. */
export function segmentNames(): string[] {
  try {
    return readdirSync('/dev/shm').filter((name) => name.startsWith(`cobre_test_${process.pid}_`));
  } catch {
    return [];
  }
}

/** One rank of a gang that shares a segment: a process that performs tasks. */
export class ShmRank extends RankProcess {
  readonly #config: ShmConfig;

  constructor(name: string, rank: number, size: number, options: ForkOptions = {}) {
    super(rank, options);
    this.#config = { name, rank, size };
  }

  /** Attaches and runs a program. */
  attach(program: string, args?: unknown, options: AttachOptions = {}, name = this.#config.name): Promise<unknown> {
    return this.perform({ backend: 'shm', config: { ...this.#config, ...options, name } }, program, args);
  }
}

/** Processes that are the ranks 0..size-1 of one gang. */
export class ShmGang implements AsyncDisposable {
  readonly name = freshName();
  readonly ranks: readonly ShmRank[];

  constructor(size: number) {
    this.ranks = Array.from({ length: size }, (_, rank) => new ShmRank(this.name, rank, size));
  }

  /** What became of each rank. */
  perform(program: string, args?: unknown, options?: AttachOptions): Promise<PromiseSettledResult<unknown>[]> {
    return Promise.allSettled(this.ranks.map((rank) => rank.attach(program, args, options)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.ranks.map((rank) => rank.end()));
  }
}
