import type { Worker } from 'node:worker_threads';

/** Threads of this process that have not ended, and a look at each as it starts. */
export class ThreadCount implements Disposable {
  readonly alive = new Set<Worker>();
  readonly #onWorker = (worker: Worker): void => {
    this.alive.add(worker);
    worker.once('exit', () => this.alive.delete(worker));
  };

  constructor() {
    process.on('worker', this.#onWorker);
  }

  [Symbol.dispose](): void {
    process.off('worker', this.#onWorker);
  }
}
