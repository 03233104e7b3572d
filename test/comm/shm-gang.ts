import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ErrorParcel, unpackError } from '#cobre/comm/error-transfer';
import { posixShmIsBuilt } from '#cobre/comm/shm/posix-shm';
import type { ShmConfig } from '#cobre/comm/shm/shm-config';
import { programUrl } from './program-url.js';

/** `null` where processes can share memory, else why this is not tested here. */
export const WHY_NOT = posixShmIsBuilt() ? null : 'the native module is not built: npm run build:native';

export type AttachOptions = Partial<Omit<ShmConfig, 'name'>>;

type Answer =
  | { readonly type: 'post'; readonly message: unknown }
  | { readonly type: 'returned'; readonly value: unknown }
  | { readonly type: 'failed'; readonly error: ErrorParcel };

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

/** One rank of a gang: a process that performs tasks. */
export class RankProcess {
  readonly child: ChildProcess;
  onPost: (message: unknown) => void = () => {};

  constructor(name: string, rank: number, size: number, options: ForkOptions = {}) {
    this.child = fork(fileURLToPath(new URL('./drivers/shm-process.mjs', import.meta.url)), {
      serialization: 'advanced',
      env: { ...process.env, COBRE_SHM_NAME: name, COBRE_SHM_RANK: `${rank}`, COBRE_SHM_SIZE: `${size}` },
      ...options,
    });
    // A test that fails must not be kept alive by its ranks; they end when it does.
    this.child.unref();
    this.child.channel?.unref();
  }

  /** Attaches and runs a program. Rejects with the rank's own error, or with how the process ended. */
  perform(program: string, args?: unknown, options: AttachOptions = {}, name?: string): Promise<unknown> {
    const { child } = this;
    return new Promise((resolve, reject) => {
      child.channel?.ref();
      const settle = (action: () => void): void => {
        child.off('message', onAnswer);
        child.off('exit', onExit);
        child.channel?.unref();
        action();
      };
      const onExit = (code: number | null, signal: string | null): void =>
        settle(() => reject(new Error(`ended with ${signal ?? code}`)));
      const onAnswer = (answer: Answer): void => {
        if (answer.type === 'post') this.onPost(answer.message);
        else if (answer.type === 'returned') settle(() => resolve(answer.value));
        else settle(() => reject(unpackError(answer.error)));
      };
      child.on('message', onAnswer);
      child.on('exit', onExit);
      child.send({ url: programUrl(program).href, args, options, ...(name === undefined ? {} : { name }) });
    });
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!this.alive) return;
    const gone = once(this.child, 'exit');
    this.child.ref();
    this.child.kill(signal);
    await gone;
  }
}

/** Processes that are the ranks 0..size-1 of one gang. */
export class ShmGang implements AsyncDisposable {
  readonly name = freshName();
  readonly ranks: readonly RankProcess[];

  constructor(size: number) {
    this.ranks = Array.from({ length: size }, (_, rank) => new RankProcess(this.name, rank, size));
  }

  /** What became of each rank. */
  perform(program: string, args?: unknown, options?: AttachOptions): Promise<PromiseSettledResult<unknown>[]> {
    return Promise.allSettled(this.ranks.map((rank) => rank.perform(program, args, options)));
  }

  /** What all ranks returned, or the first error. */
  async run<R>(program: string, args?: unknown, options?: AttachOptions): Promise<R[]> {
    const results = await this.perform(program, args, options);
    return results.map((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value as R;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.ranks.map((rank) => rank.end()));
  }
}
