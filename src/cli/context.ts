import type { Library } from './library.js';
import type { Style } from './style.js';

/** A text stream, as far as commands need one. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Where interrupts come from: `process`, or an event emitter in tests. */
export interface SignalSource {
  on(name: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(name: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

/** Everything a command takes from outside, so that it can run on a fake of each. */
export interface Environment {
  readonly library: Library;
  readonly version: string;
  /** Threads that the machine can run at a time. */
  readonly cores: number;
  /** Directory that holds `package.json` and `examples/`. */
  readonly packageRoot: string;
  /** Data only. */
  readonly stdout: Output;
  /** Progress, warnings and errors. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signals: SignalSource;
  /** Ends the process without waiting for anything: the second interrupt. */
  readonly exitNow: (code: number) => void;
  /** Aborts when nobody reads stdout any more. */
  readonly outputClosed: AbortSignal;
}

export const OUTPUT_FORMATS = ['human', 'json', 'json-lines'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** What a command gets: the environment and the options common to all commands. */
export interface CommandContext extends Environment {
  readonly format: OutputFormat;
  readonly quiet: boolean;
  /** Colours for stdout and stderr; the identity where they are not wanted. */
  readonly outStyle: Style;
  readonly errStyle: Style;
  /** Told of what a command failed of, before it says anything. */
  readonly onFailure?: (error: unknown) => void;
}
