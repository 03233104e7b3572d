import { anyStopped } from '../api/rank.js';
import type { Comm } from '../comm/communicator.js';
import { isKnownToAll, onRankZero } from '../comm/exchange-values.js';
import { CobreError, WorkerError } from '../errors.js';
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
  try {
    const exitCode = await command(own);
    if (!first && isOurs(failure, job.rank)) {
      const text = renderErrors(errorsIn(failure), context.errStyle);
      context.stderr.write(text.replace(/^(?=.)/gm, `[rank ${job.rank}] `));
    }
    return exitCode;
  } finally {
    job.close();
  }
}

/**
 * Whether it is this rank's to tell of an error: one of its own, neither what all know nor that another rank is gone. Of
 * rank 0 that is gone its neighbour tells, where nobody else would.
 */
function isOurs(error: unknown, rank: number): boolean {
  if (error instanceof WorkerError) return error.rank === 0 && rank === 1;
  // What all ranks find wrong with the same policy.
  const shared = error instanceof CobreError && error.kind === 'PolicyMismatch';
  return error !== null && !shared && !isKnownToAll(error);
}

/** What rank 0 alone has to do, known to all; without other ranks, just done. @throws what it threw, on every rank */
export function onFirst<T>(job: Comm | null, work: () => Promise<T>): Promise<T> {
  return job === null ? work() : onRankZero(job, work);
}

/** Whether the run, or any rank of it, was asked to stop. Collective where there are ranks. */
export function isStopped(job: Comm | null, signal: AbortSignal): boolean {
  return job === null ? signal.aborted : anyStopped(job, signal);
}
