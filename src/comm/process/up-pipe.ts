import { Socket } from 'node:net';
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { WRITTEN } from './watch-thread.js';

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

  readonly #count = (error?: Error | null): void => {
    if (error) return;
    Atomics.add(this.#words, WRITTEN, 1);
    Atomics.notify(this.#words, WRITTEN);
  };
}
