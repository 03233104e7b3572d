import type { Comm } from '../comm/communicator.js';
import { CommError } from '../comm/errors.js';
import type { TcpConfig } from '../comm/select/backend-kind.js';
import { createCommunicator } from '../comm/select/create-communicator.js';
import { WorkerError } from '../errors.js';

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

function blamed(error: unknown, own: number): unknown {
  if (!(error instanceof CommError) || error.details.commKind !== 'CollectiveFailed') return error;
  const { failedRank } = error.details;
  if (failedRank === null || failedRank === own) return error;
  return new WorkerError(failedRank, { message: error.message });
}
