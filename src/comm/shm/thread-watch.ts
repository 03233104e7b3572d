import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import type { Piscina } from 'piscina';

interface Watched {
  readonly thread: Worker;
  exitCode: number | null;
  exited: boolean;
  /** What nobody in the thread caught, if that is why it ended. */
  error: Error | null;
}

/** Notes how the threads of a pool end, and sees to it that all of them have. */
export class ThreadWatch {
  readonly #pool: Piscina;
  readonly #watched = new Map<number, Watched>();

  constructor(pool: Piscina) {
    this.#pool = pool;
    for (const thread of pool.threads) {
      const watched: Watched = { thread, exitCode: null, exited: false, error: null };
      // An ended thread has lost its id.
      this.#watched.set(thread.threadId, watched);
      thread.on('error', (error: Error) => {
        watched.error = error;
      });
      thread.on('exit', (code) => {
        watched.exitCode = code;
        watched.exited = true;
      });
    }
  }

  /** How a thread ended: with an exit code, or with an error that nobody caught. */
  endOf(threadId: number): { readonly exitCode: number | null; readonly error: Error | null } {
    const watched = this.#watched.get(threadId);
    return { exitCode: watched?.error ? null : (watched?.exitCode ?? null), error: watched?.error ?? null };
  }

  /** Ends the pool. Resolves once every thread it ever had is gone. */
  async endAll(): Promise<void> {
    // A thread that failed is on its way out but already off the pool's list. Should it end after the pool has been
    // destroyed, the pool would take this for a loss and start replacements.
    const leaving = [...this.#watched.values()].filter(({ error, exited }) => error !== null && !exited);
    await Promise.all(leaving.map(({ thread }) => once(thread, 'exit')));
    do await this.#pool.destroy();
    while (this.#pool.threads.length > 0);
  }
}
