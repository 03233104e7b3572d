import { Socket } from 'node:net';
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { encodeFrame } from './frame.js';
import type { ProcessMessage } from './process-message.js';
import { WRITTEN } from './watch-thread.js';

const ALIVE = encodeFrame({ type: 'alive' } satisfies ProcessMessage);

/** A rank's end of the pipe to its parent, in the hands of its watch thread. */
export class UpPipe {
  readonly #socket: Socket;
  readonly #frames: MessagePort;
  readonly #words: Int32Array;

  constructor(fd: number, frames: MessagePort, words: Int32Array, whenGone: () => void) {
    this.#frames = frames;
    this.#words = words;
    this.#socket = new Socket({ fd, readable: false, writable: true });
    this.#socket.on('error', whenGone);
    this.#socket.on('drain', () => this.pump());
  }

  /**
   * Writes what has been handed over as far as the pipe takes it. The rest stays in the port: outside the heap, whose
   * limit is that of the rank, and which a parent that is busy for long would fill.
   */
  pump(): void {
    this.#socket.cork();
    while (!this.#socket.writableNeedDrain) {
      const next = receiveMessageOnPort(this.#frames) as { readonly message: Uint8Array } | undefined;
      if (next === undefined) break;
      this.#socket.write(next.message, this.#count);
    }
    this.#socket.uncork();
  }

  /** Says that this process runs. A parent that has not yet taken what was written before has enough to hear. */
  beat(): void {
    if (this.#socket.writableLength === 0) this.#socket.write(ALIVE);
  }

  readonly #count = (error?: Error | null): void => {
    if (error) return;
    Atomics.add(this.#words, WRITTEN, 1);
    Atomics.notify(this.#words, WRITTEN);
  };
}
