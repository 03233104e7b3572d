import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { encodeFrame } from './frame.js';
import type { ProcessMessage } from './process-message.js';

/** Words that a rank's own thread and its watch thread share. */
export const STOP_REQUESTED = 0;
/** How many of the frames that were handed over are in the pipe, modulo 2^32. */
export const WRITTEN = 1;
/** 1 while the watch thread has been told to look for frames and has not looked yet. */
export const RUNG = 2;
const WORDS = 3;

/** What the watch thread is given. */
export interface WatchTask {
  readonly words: Int32Array;
  /** Frames to be written, in order. */
  readonly frames: MessagePort;
  readonly leftovers: readonly string[];
  readonly heartbeatMs: number;
}

/**
 * The thread that holds both pipes on behalf of a rank, whose own thread may be in a collective or a loop for hours, as
 * that one sees it. To hand over a frame takes no turn of an event loop and never waits.
 */
export class WatchThread {
  readonly #words = new Int32Array(new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT));
  readonly #frames: MessagePort;
  readonly #worker: Worker;
  #handed = 0;
  #leaving = false;
  #broken = false;
  /** Resolves once the thread listens: from then on it needs nothing that a rank in a tight loop could hold up. */
  readonly ready: Promise<void>;

  constructor({ leftovers, heartbeatMs }: Pick<WatchTask, 'leftovers' | 'heartbeatMs'>) {
    const { port1, port2 } = new MessageChannel();
    this.#frames = port1;
    const workerData: WatchTask = { words: this.#words, frames: port2, leftovers, heartbeatMs };
    const url = new URL('../../../workers/rank-process-watch.js', import.meta.url);
    this.#worker = new Worker(url, { workerData, transferList: [port2] });
    this.#worker.on('error', (error) => {
      this.#broken = true;
      throw error;
    });
    this.ready = new Promise((resolve) => {
      this.#worker.once('message', () => {
        this.#worker.unref();
        resolve();
      });
    });
  }

  get stopRequested(): boolean {
    return Atomics.load(this.#words, STOP_REQUESTED) !== 0;
  }

  /** @throws DOMException `DataCloneError`; nothing is sent then. */
  send(message: ProcessMessage): void {
    const frame = encodeFrame(message);
    this.#frames.postMessage(frame, [frame.buffer as ArrayBuffer]);
    this.#handed = (this.#handed + 1) | 0;
    if (Atomics.exchange(this.#words, RUNG, 1) === 0) this.#worker.postMessage(null);
    if (this.#leaving) this.#flush();
  }

  /** For a process that is about to end: waits for what is under way, and from now on for each message. */
  leave(): void {
    this.#leaving = true;
    this.#flush();
  }

  /** Ends when the parent has gone as well: the thread ends the process then. */
  #flush(): void {
    for (;;) {
      const written = Atomics.load(this.#words, WRITTEN);
      if (written === this.#handed || this.#broken) return;
      Atomics.wait(this.#words, WRITTEN, written);
    }
  }
}
