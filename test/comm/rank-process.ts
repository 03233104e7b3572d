import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type ErrorParcel, unpackError } from '#cobre/comm/error-transfer';
import { type ChildProcess, type ForkOptions, startFork } from '../support/child.js';
import { programUrl } from './program-url.js';

const DRIVER = fileURLToPath(new URL('./drivers/rank-process.mjs', import.meta.url));
/** Above what any program of the tests takes, and above the 60 s after which a rank gives up by itself. */
const PROGRAM_BOUND_MS = 100_000;

type Answer =
  | { readonly type: 'post'; readonly message: unknown }
  | { readonly type: 'returned'; readonly value: unknown }
  | { readonly type: 'failed'; readonly error: ErrorParcel };

/** How a rank joins the others: the backend, and its settings. */
export interface Join {
  readonly backend: 'shm' | 'tcp';
  readonly config: object;
}

/** One rank of a gang: a process that performs tasks. */
export class RankProcess {
  readonly child: ChildProcess;
  readonly rank: number;
  onPost: (message: unknown) => void = () => {};

  constructor(rank: number, options: ForkOptions = {}) {
    this.rank = rank;
    this.child = startFork(DRIVER, [], { serialization: 'advanced', boundMs: Number.POSITIVE_INFINITY, ...options });
    // A test that fails must not be kept alive by its ranks; they end when it does.
    this.child.unref();
    this.child.channel?.unref();
  }

  /**
   * Joins the others and runs a program. Rejects with the rank's own error, or with how the process ended; one that does
   * neither in time is killed, for it would take the time of every later test as well.
   */
  perform(join: Join, program: string, args?: unknown, boundMs = PROGRAM_BOUND_MS): Promise<unknown> {
    const { child } = this;
    return new Promise((resolve, reject) => {
      child.channel?.ref();
      const settle = (action: () => void): void => {
        clearTimeout(timer);
        child.off('message', onAnswer);
        child.off('exit', onExit);
        child.channel?.unref();
        action();
      };
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        const who = `rank ${this.rank} (${join.backend}, process ${child.pid})`;
        settle(() => reject(new Error(`${who} did not end ${program} within ${boundMs} ms and was killed`)));
      }, boundMs);
      const onExit = (code: number | null, signal: string | null): void =>
        settle(() => reject(new Error(`ended with ${signal ?? code}`)));
      const onAnswer = (answer: Answer): void => {
        if (answer.type === 'post') this.onPost(answer.message);
        else if (answer.type === 'returned') settle(() => resolve(answer.value));
        else settle(() => reject(unpackError(answer.error)));
      };
      child.on('message', onAnswer);
      child.on('exit', onExit);
      if (!this.alive) return onExit(child.exitCode, child.signalCode);
      child.send({ ...join, url: programUrl(program).href, args });
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
