import type { Comm } from '../comm/communicator.js';
import { CommError } from '../comm/errors.js';
import type { TcpConfig } from '../comm/select/backend-kind.js';
import { createCommunicator } from '../comm/select/create-communicator.js';
import { WorkerError } from '../errors.js';
import type { RunOptions } from '../options.js';
import { cancelled } from './check-options.js';

/**
 * Runs `work` as one rank among others: of the caller's communicator, which stays open, or of a job over TCP that this
 * process joins and leaves again.
 * @throws WorkerError naming the rank that the others waited for in vain, where it is another than this one
 */
export async function asRank<T>(of: Comm | TcpConfig, work: (comm: Comm) => Promise<T>): Promise<T> {
  const given = 'allgatherv' in of;
  const comm = given ? of : await createCommunicator({ type: 'tcp', config: of });
  try {
    return await work(comm);
  } catch (error) {
    throw blamed(error, comm.rank);
  } finally {
    if (!given) comm.close();
  }
}

/** Whether any rank was asked to stop. Collective: the same on all, who go on, or end, together. */
export function anyStopped(comm: Comm, signal: AbortSignal | undefined): boolean {
  const any = new Int32Array(1);
  comm.allreduce(Int32Array.of(signal?.aborted ? 1 : 0), any, 'max');
  return any[0] === 1;
}

/** Ends a run that was cancelled before it began, on whichever rank. Collective. @throws CobreError `Cancelled` */
export function refuseStopped(comm: Comm, { signal }: RunOptions): void {
  if (anyStopped(comm, signal)) throw cancelled(signal?.reason);
}

function blamed(error: unknown, own: number): unknown {
  if (!(error instanceof CommError) || error.details.commKind !== 'CollectiveFailed') return error;
  const { failedRank } = error.details;
  if (failedRank === null || failedRank === own) return error;
  return new WorkerError(failedRank, { message: error.message });
}
