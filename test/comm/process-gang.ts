import { BackendError } from '#cobre/comm/backend-error';
import { type Join, RankProcess } from './rank-process.js';
import { freshName } from './shm-gang.js';
import { freePort } from './tcp/spawn-ranks.js';

const PORT_ATTEMPTS = 5;

/** Processes that stay for one program after another, since starting them takes longer than most programs. */
export class ProcessGang {
  readonly #ranks: readonly RankProcess[];

  constructor(size: number) {
    this.#ranks = Array.from({ length: size }, (_, rank) => new RankProcess(rank));
  }

  get size(): number {
    return this.#ranks.length;
  }

  get alive(): boolean {
    return this.#ranks.every((rank) => rank.alive);
  }

  overShm<R>(program: string, args: unknown, settings: object, boundMs?: number): Promise<R[]> {
    const name = freshName();
    return this.#run({ backend: 'shm', config: { name, ...settings } }, program, args, boundMs);
  }

  async overTcp<R>(program: string, args: unknown, settings: object, boundMs?: number): Promise<R[]> {
    for (let attempt = 1; ; attempt++) {
      const place = { coordinator: '127.0.0.1', bindAddr: '127.0.0.1', port: await freePort() };
      try {
        return await this.#run<R>({ backend: 'tcp', config: { ...place, ...settings } }, program, args, boundMs);
      } catch (error) {
        // Somebody else took the port in the meantime.
        const taken = error instanceof BackendError && String(error.context.detail).includes('EADDRINUSE');
        if (!taken || attempt === PORT_ATTEMPTS) throw error;
      }
    }
  }

  /** What all ranks returned, or the first error. */
  async #run<R>({ backend, config }: Join, program: string, args: unknown, boundMs?: number): Promise<R[]> {
    const { size } = this;
    const results = await Promise.allSettled(
      this.#ranks.map((rank) =>
        rank.perform({ backend, config: { ...config, rank: rank.rank, size } }, program, args, boundMs),
      ),
    );
    return results.map((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value as R;
    });
  }

  async end(): Promise<void> {
    await Promise.all(this.#ranks.map((rank) => rank.end()));
  }
}
