import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection whose bytes the test writes and reads itself, knowing only what the protocol says. */
export class RawPeer {
  readonly socket: Socket;
  #bytes: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  #ended = false;
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#wake();
    });
    const ended = () => {
      this.#ended = true;
      this.#wake();
    };
    socket.on('end', ended);
    socket.on('close', ended);
    socket.on('error', ended);
  }

  /** Connects, and tries again as long as nobody listens. */
  static async reach(port: number): Promise<RawPeer> {
    for (;;) {
      const socket = connect(port, '127.0.0.1');
      try {
        await once(socket, 'connect');
        return new RawPeer(socket);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  write(bytes: Uint8Array | readonly number[]): void {
    this.socket.write(Uint8Array.from(bytes));
  }

  /** Exactly so many bytes; fewer if the other side closes. */
  async read(count: number): Promise<Buffer> {
    while (this.#bytes.length < count && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const taken = this.#bytes.subarray(0, count);
    this.#bytes = this.#bytes.subarray(taken.length);
    return Buffer.from(taken);
  }

  /** What comes until the other side closes. */
  async rest(): Promise<Buffer> {
    return this.read(Number.MAX_SAFE_INTEGER);
  }
}
