import type { Comm } from '../comm/communicator.js';
import { isKnownToAll, onRankZero } from '../comm/exchange-values.js';
import { WorkerError } from '../errors.js';
import type { CommandContext, Output } from './context.js';
import { errorsIn, renderErrors } from './error-report.js';
import type { ExitCode } from './exit-code.js';

const NOWHERE: Output = { write: () => true };

/**
 * Runs a command as one rank of a job. Rank 0 prints what the command prints; the others keep silent, but for an error of
 * their own that rank 0 cannot know.
 * @param command Returns its exit code, and tells what it failed of through `context.onFailure`.
 */
export async function runAsRank(
  context: CommandContext,
  job: Comm,
  command: (own: CommandContext) => Promise<ExitCode>,
): Promise<ExitCode> {
  const first = job.rank === 0;
  let failure: unknown = null;
  const own: CommandContext = {
    ...context,
    ...(first ? {} : { stdout: NOWHERE, stderr: NOWHERE, format: 'human', quiet: true }),
    onFailure: (error) => {
      failure = error;
      // The others wait in a collective: they learn of it now, not when this rank has told. What all know already, rank 0
      // tells first: launchers end a job when one of its processes fails.
      if (!isKnownToAll(error)) job.close();
    },
  };
  const exitCode = await command(own);
  if (!first && isOwn(failure)) {
    const text = renderErrors(errorsIn(failure), context.errStyle);
    context.stderr.write(text.replace(/^(?=.)/gm, `[rank ${job.rank}] `));
  }
  job.close();
  return exitCode;
}

/** Neither what all know, nor that another rank is gone. */
function isOwn(error: unknown): boolean {
  return error !== null && !isKnownToAll(error) && !(error instanceof WorkerError);
}

/** What rank 0 alone has to do, known to all; without other ranks, just done. @throws what it threw, on every rank */
export function onFirst<T>(job: Comm | null, work: () => Promise<T>): Promise<T> {
  return job === null ? work() : onRankZero(job, work);
}

/** Whether any rank was asked to stop. The same on all: they go on, or end, together. */
export function anyStopped(job: Comm | null, signal: AbortSignal): boolean {
  if (job === null) return signal.aborted;
  const any = new Int32Array(1);
  job.allreduce(Int32Array.of(signal.aborted ? 1 : 0), any, 'max');
  return any[0] === 1;
}
