/** One rank as a process of its own: connects as it is told, runs a program, and sends back what came of it. */
import { packError } from '#cobre/comm/error-transfer';
import { loadProgram } from '#cobre/comm/load-program';
import { connectTcp } from '#cobre/comm/tcp/connect-tcp';

process.once('message', async ({ url, config, args }) => {
  let end;
  try {
    const comm = await connectTcp(config);
    try {
      const program = await loadProgram(url);
      const context = { post: (message) => process.send({ type: 'post', message }), stopRequested: false };
      end = { type: 'returned', value: await program(comm, args, context) };
    } finally {
      comm.close();
    }
  } catch (error) {
    end = { type: 'failed', error: packError(error) };
  }
  process.send(end, () => process.disconnect());
});
