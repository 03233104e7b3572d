import { StringDecoder } from 'node:string_decoder';

/** Puts a prefix before each line of a stream that comes in pieces, and never mixes halves of lines. */
export class LinePrefix {
  readonly #prefix: string;
  readonly #write: (text: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  #partial = '';

  constructor(prefix: string, write: (text: string) => void) {
    this.#prefix = prefix;
    this.#write = write;
  }

  push(chunk: Uint8Array | string): void {
    const text = typeof chunk === 'string' ? chunk : this.#decoder.write(chunk as Buffer);
    const lines = (this.#partial + text).split('\n');
    this.#partial = lines.pop() as string;
    if (lines.length > 0) this.#write(lines.map((line) => `${this.#prefix}${line}\n`).join(''));
  }

  /** Ends the last line, should it lack its end. */
  end(): void {
    this.push(this.#decoder.end());
    if (this.#partial !== '') this.push('\n');
  }
}

/** `[rank 1] `, before whatever rank 1 prints. */
export function rankPrefix(rank: number): string {
  return `[rank ${rank}] `;
}
