import { Worker } from 'node:worker_threads';
import type { SchemaElement } from 'hyparquet';

const ENTRY = new URL('../../../workers/parquet-reader.js', import.meta.url);

/** What the thread is asked: to take a file, or for a column of the file that it took last. */
export type ParquetRequest = { readonly open: ArrayBuffer } | { readonly column: string };
/** What it answers. */
export type ParquetReply = { readonly value: unknown } | { readonly failure: string };

/** What a file says of itself. */
interface ParquetHead {
  readonly rows: number;
  /** The table itself, then its columns. */
  readonly schema: readonly SchemaElement[];
}

/** An answer that takes longer than this, and the time its size allows, will never come [ms]. */
const PATIENCE_MS = 10_000;
/** A tenth of what the decoder does on a slow machine, or less. */
const BYTES_PER_MS = 1_000;
const ROWS_PER_MS = 50;
/** How long the thread stays for the next file [ms]. */
const IDLE_MS = 1_000;
/** A file that asks for more is damaged: this is twice what `MAX_ROWS` rows take [MiB]. */
const HEAP_MIB = 4_096;

/**
 * Reads Parquet files in a thread of its own, one at a time. A damaged file may keep the decoder busy for ever or make
 * it ask for all memory; that ends the thread and is an error of the file, and the caller goes on.
 */
export class ParquetThread {
  readonly #patienceMs: number;
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(patienceMs = PATIENCE_MS) {
    this.#patienceMs = patienceMs;
  }

  /**
   * Calls `use` with the file's head and a function that reads a column. `buffer` is moved to the thread.
   * @throws whatever keeps the file from being read, or `use` throws.
   */
  read<R>(
    buffer: ArrayBuffer,
    use: (head: ParquetHead, column: (name: string) => Promise<unknown[]>) => Promise<R> | R,
  ): Promise<R> {
    const turn = this.#turn.then(async () => {
      const bytes = buffer.byteLength;
      const head = (await this.#ask({ open: buffer }, bytes / BYTES_PER_MS, [buffer])) as ParquetHead;
      const column = (name: string) =>
        this.#ask({ column: name }, bytes / BYTES_PER_MS + head.rows / ROWS_PER_MS) as Promise<unknown[]>;
      return use(head, column);
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  #ask(request: ParquetRequest, allowanceMs: number, transfer: ArrayBuffer[] = []): Promise<unknown> {
    clearTimeout(this.#idle);
    this.#worker ??= this.#start();
    const worker = this.#worker;
    worker.ref();
    return new Promise((resolve, reject) => {
      let verdict: NodeJS.Immediate | undefined;
      const settle = (lost: boolean, end: () => void): void => {
        clearTimeout(deadline);
        clearImmediate(verdict);
        // Not all listeners: by some of its own the worker knows when to hold on to its port.
        worker.off('error', lose).off('exit', exited).off('message', hear);
        if (lost) this.#end();
        else this.#rest();
        end();
      };
      const lose = (reason: unknown): void => settle(true, () => reject(reason));
      const exited = (): void => lose(new Error('the thread that read it has ended'));
      const hear = (reply: ParquetReply): void =>
        settle(false, () => ('failure' in reply ? reject(new Error(reply.failure)) : resolve(reply.value)));
      const limitMs = this.#patienceMs + allowanceMs;
      const late = `decoding it did not end within ${Math.round(limitMs / 1000)} s`;
      // An answer that is there already is heard first: this thread itself may have been busy for all that time.
      const deadline = setTimeout(() => {
        verdict = setImmediate(() => lose(new Error(late)));
      }, limitMs);
      worker.on('error', lose).on('exit', exited).on('message', hear);
      worker.postMessage(request, transfer);
    });
  }

  #start(): Worker {
    const worker = new Worker(ENTRY, {
      // Flags of the program may be none for a file: `--input-type` of `node --eval` is refused there.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
    });
    // It may come to its end while nothing is asked of it: that concerns nobody, and the next file has another one.
    worker.on('error', () => {});
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = undefined;
    });
    return worker;
  }

  /** Keeps the thread for a while, without keeping the process. */
  #rest(): void {
    this.#worker?.unref();
    this.#idle = setTimeout(() => this.#end(), IDLE_MS).unref();
  }

  #end(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    void worker?.terminate();
  }
}
