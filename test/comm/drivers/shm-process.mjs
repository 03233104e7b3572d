/**
 * A rank in a process of its own. Takes tasks from the process that started it, one at a time: attaches to the segment
 * that the environment or the task names, runs a program, sends back how it went.
 */
import { packError } from '#cobre/comm/error-transfer';
import { loadProgram } from '#cobre/comm/load-program';
import { attachShm } from '#cobre/comm/shm/attach-shm';

const { COBRE_SHM_NAME, COBRE_SHM_RANK, COBRE_SHM_SIZE } = process.env;

async function perform({ name = COBRE_SHM_NAME, url, args, options }) {
  const comm = await attachShm({ name, rank: Number(COBRE_SHM_RANK), size: Number(COBRE_SHM_SIZE), ...options });
  try {
    const program = await loadProgram(url);
    const context = { post: (message) => process.send({ type: 'post', message }), stopRequested: false };
    // A copy, for what lies in shared memory ends with the communicator.
    return structuredClone(await program(comm, args, context));
  } finally {
    comm.close();
  }
}

process.on('message', (task) => {
  perform(task).then(
    (value) => process.send({ type: 'returned', value }),
    (error) => process.send({ type: 'failed', error: packError(error) }),
  );
});
// Whoever started this process is gone.
process.on('disconnect', () => process.exit(0));
