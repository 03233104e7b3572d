import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createCommunicator } from 'cobre/comm';

/**
 * Runs a rank program if its file is what Node was started with: on the backend that the environment selects
 * (COBRE_COMM_BACKEND, mpiexec, ...), one rank alone if it selects none. Does nothing where `runRanks` imported it.
 */
export async function runStandalone(url, program) {
  const started = process.argv[1];
  if (started === undefined || realpathSync(started) !== fileURLToPath(url)) return;
  const comm = await createCommunicator();
  await program(comm);
  comm.close();
}
