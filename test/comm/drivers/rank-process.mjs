/**
 * A rank in a process of its own. Takes tasks from the process that started it, one at a time: joins the ranks that the
 * task names, runs a program, sends back how it went.
 */
import { packError } from '#cobre/comm/error-transfer';
import { loadProgram } from '#cobre/comm/load-program';

const joins = {
  shm: async (config) => (await import('#cobre/comm/shm/attach-shm')).attachShm(config),
  tcp: async (config) => (await import('#cobre/comm/tcp/connect-tcp')).connectTcp(config),
};

async function perform({ backend, config, url, args }) {
  const comm = await joins[backend](config);
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
