import type { ErrorRecord } from '../errors.js';
import type { CommandContext } from './context.js';
import { ExitCode } from './exit-code.js';

/** The response of every command with `--output-format json` or `json-lines`. */
export interface Envelope {
  readonly $schema: 'urn:cobre:response:v1';
  readonly command: string | null;
  /** Exactly then `errors` is empty and `exit_code` 0. */
  readonly success: boolean;
  readonly exit_code: number;
  readonly cobre_version: string;
  readonly errors: readonly ErrorRecord[];
  readonly warnings: readonly ErrorRecord[];
  readonly data: unknown;
  readonly summary: unknown;
}

export interface Response {
  readonly command: string | null;
  readonly exitCode: number;
  readonly errors?: readonly ErrorRecord[];
  readonly warnings?: readonly ErrorRecord[];
  readonly data?: unknown;
  readonly summary?: unknown;
}

export function envelope(version: string, response: Response): Envelope {
  return {
    $schema: 'urn:cobre:response:v1',
    command: response.command,
    success: response.exitCode === ExitCode.success,
    exit_code: response.exitCode,
    cobre_version: version,
    errors: response.errors ?? [],
    warnings: response.warnings ?? [],
    data: response.data ?? null,
    summary: response.summary ?? null,
  };
}

/** Writes the envelope in the chosen form. A stream of lines ends with its `result` line. */
export function writeEnvelope(context: CommandContext, response: Response): void {
  const body = envelope(context.version, response);
  const text =
    context.format === 'json-lines' && response.command === 'run'
      ? JSON.stringify({ type: 'result', ...body })
      : JSON.stringify(body, null, context.format === 'json' ? 2 : 0);
  context.stdout.write(`${text}\n`);
}
