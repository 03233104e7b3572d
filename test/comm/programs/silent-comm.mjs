/** A factory of communicators that know their place and say nothing: for what a run does beside collectives. */

import { initializationFailed } from '#cobre/comm/backend-error';
import { collectiveFailed } from '#cobre/comm/errors';
import { LocalCommunicator } from '#cobre/comm/local/local-communicator';

export async function createCommunicator({ config }) {
  const { rank, size, failing, late } = config;
  if (rank === failing) {
    throw initializationFailed('tcp', 'connect', { message: 'refused', coordinator: 'here:1', errorCode: 111 });
  }
  // A rank that nobody answers waits, as it would for ranks that do not come.
  if (failing !== undefined) await new Promise((resolve) => setTimeout(resolve, 60_000));
  const comm = new LocalCommunicator();
  Object.defineProperties(comm, { rank: { value: rank }, size: { value: size } });
  if (late !== undefined) {
    comm.barrier = () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
      throw collectiveFailed('barrier', `rank ${late} did not arrive within 300 ms`, late);
    };
  }
  return comm;
}
