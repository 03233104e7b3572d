import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { WorkerError } from '../../errors.js';
import { LinePrefix, rankPrefix } from '../line-prefix.js';
import { FrameReader } from './frame.js';
import { everyTick } from './loop-ticks.js';
import type { ProcessMessage } from './process-message.js';
import { DOWN_FD, UP_FD } from './rank-start.js';
import { type Patience, SilenceCount } from './silence.js';

/** How long a program that listens for SIGTERM has before SIGKILL ends its process [ms]. */
const KILL_GRACE_MS = 300;
/**
 * What a process wrote is in its pipes when it ends. If nothing more comes through for so many ticks, and the pipes do
 * not end all the same, then a child of its own holds them.
 */
const DRAIN_TICKS = 4;
const DRAIN_TICK_MS = 50;
/** How long posts are handed out before everything else in this process has its turn, be there more of them or not [ms]. */
const TURN_MS = 10;

interface RankProcessOptions {
  readonly rank: number;
  readonly entry: string;
  readonly flags: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly prefixOutput: boolean;
  readonly patience: Patience;
  /** Posts come in order, each when the caller is done with the one before; whatever else comes does not wait for them. */
  readonly take: (message: ProcessMessage) => void;
  /** The rank wrote into the pipe what is no message. */
  readonly garbled: (error: Error) => void;
}

/** Starts a process for one rank. It waits to be told what to do. */
export async function startRankProcess(options: RankProcessOptions): Promise<RankProcess> {
  const { rank, entry, flags, env, prefixOutput } = options;
  const output = prefixOutput ? 'pipe' : 'inherit';
  const child = spawn(process.execPath, [...flags, entry], { env, stdio: ['ignore', output, output, 'pipe', 'pipe'] });
  if (child.pid === undefined) {
    const [cause] = (await once(child, 'error')) as [Error];
    throw new WorkerError(rank, { inner: cause, message: `could not be started: ${cause.message}` });
  }
  return new RankProcess(child, options);
}

/** A process that runs one rank, from its start to the last byte it wrote. */
export class RankProcess {
  readonly #child: ChildProcess;
  readonly #endedAt: Promise<bigint>;
  #timer: NodeJS.Timeout | undefined;
  #endedByParent = false;
  readonly #silence: SilenceCount;
  #quietTicks = 0;
  readonly #take: (message: ProcessMessage) => void;
  /** Posts that nobody has taken yet. */
  #posts: ProcessMessage[] = [];
  #isHandingOut = false;
  /** Resolves once all posts that have come are taken. */
  #handedOut: Promise<void> = Promise.resolve();
  /** Resolves once the process is gone and everything it sent and printed has been read. */
  readonly read: Promise<void>;
  /** Resolves once its posts have been taken as well. */
  readonly closed: Promise<void>;

  constructor(child: ChildProcess, { rank, prefixOutput, patience, take, garbled }: RankProcessOptions) {
    this.#child = child;
    this.#silence = new SilenceCount(patience);
    this.#take = take;
    const reader = new FrameReader((message) => {
      if ((message as ProcessMessage).type === 'post') this.#posts.push(message as ProcessMessage);
      else take(message as ProcessMessage);
    });
    this.#up.on('data', (chunk: Buffer) => {
      this.#silence.heard();
      this.#quietTicks = 0;
      try {
        reader.push(chunk);
      } catch (error) {
        garbled(error as Error);
      }
      if (!this.#isHandingOut) this.#handedOut = this.#handOut();
    });
    // A rank that ends while it is written to is no error of its own.
    for (const stream of [this.#up, this.#down]) stream.on('error', () => {});
    if (prefixOutput) {
      prefixLines(child.stdout as Readable, process.stdout, rank);
      prefixLines(child.stderr as Readable, process.stderr, rank);
    }
    this.#endedAt = this.#whenEnded();
    this.read = this.#whenRead();
    this.closed = this.#whenClosed();
  }

  get #up(): Readable {
    return this.#child.stdio[UP_FD] as Readable;
  }

  get #down(): Writable {
    return this.#child.stdio[DOWN_FD] as Writable;
  }

  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  get signal(): string | null {
    return this.#child.signalCode;
  }

  /** True if the process was running when it was told to end. */
  get endedByParent(): boolean {
    return this.#endedByParent;
  }

  get endedAt(): Promise<bigint> {
    return this.#endedAt;
  }

  send(bytes: Uint8Array): void {
    this.#down.write(bytes);
  }

  /** @returns why the process must be taken for lost, if so. */
  tick(): string | null {
    return this.#endedByParent || !this.#isRunning() ? null : this.#silence.tick();
  }

  /** Ends the process: by SIGTERM, for a program that listens for it, then by SIGKILL, which also ends one that is stopped. */
  end(): void {
    if (this.#endedByParent || !this.#isRunning()) return;
    this.#endedByParent = true;
    this.#child.kill('SIGTERM');
    this.#timer = setTimeout(() => this.#child.kill('SIGKILL'), KILL_GRACE_MS);
  }

  #isRunning(): boolean {
    return this.#child.pid !== undefined && this.exitCode === null && this.signal === null;
  }

  async #whenEnded(): Promise<bigint> {
    await once(this.#child, 'exit');
    clearTimeout(this.#timer);
    return process.hrtime.bigint();
  }

  /** Takes turns with the event loop: a caller who is slow with messages still wants his timers and signals. */
  async #handOut(): Promise<void> {
    this.#isHandingOut = true;
    let end = performance.now() + TURN_MS;
    while (this.#posts.length > 0) {
      const posts = this.#posts;
      this.#posts = [];
      for (const post of posts) {
        this.#take(post);
        if (performance.now() < end) continue;
        await setImmediate();
        end = performance.now() + TURN_MS;
      }
    }
    this.#isHandingOut = false;
  }

  async #whenClosed(): Promise<void> {
    await this.read;
    await this.#handedOut;
  }

  async #whenRead(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#child.once('close', () => resolve()));
    await this.#endedAt;
    this.#quietTicks = 0;
    const stopTicks = everyTick(DRAIN_TICK_MS, () => {
      if (++this.#quietTicks < DRAIN_TICKS) return;
      for (const stream of this.#child.stdio) stream?.destroy();
    });
    await closed;
    stopTicks();
  }
}

function prefixLines(from: Readable, to: NodeJS.WriteStream, rank: number): void {
  const lines = new LinePrefix(rankPrefix(rank), (text) => to.write(text));
  from.on('data', (chunk: Buffer) => lines.push(chunk));
  from.once('close', () => lines.end());
}
