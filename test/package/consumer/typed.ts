import type { RunOptions } from 'cobre';
import { type Comm, CommError, createCommunicator, type RankProgram, runRanks } from 'cobre/comm';
import { initMpi } from 'cobre/comm/mpi';

const program: RankProgram<number, number> = (comm: Comm, args) => {
  const total = new Float64Array(1);
  comm.allreduce(new Float64Array([args]), total, 'sum');
  return total[0] ?? Number.NaN;
};
export default program;

export async function totals(): Promise<number[]> {
  const url = new URL('typed.js', import.meta.url);
  return runRanks<number, number>(url, { size: 2, backend: 'shm', startMethod: 'spawn', args: 20 });
}

export async function name(): Promise<string | number> {
  const comm = await createCommunicator({ type: 'local' });
  // @ts-expect-error There is no such operator.
  comm.allreduce(new Float64Array(1), new Float64Array(1), 'average');
  const error: unknown = null;
  if (error instanceof CommError) return error.commKind;
  return (await initMpi()).libraryName;
}

export type Options = RunOptions;
