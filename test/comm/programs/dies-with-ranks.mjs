/** Run as a process of its own and killed: its ranks must not live on. */
import { runProcesses } from '#cobre/comm/process/run-processes';

const [file] = process.argv.slice(2);
await runProcesses(
  new URL('./processes.mjs', import.meta.url).href,
  { size: 1, args: { act: 'touches', file }, onMessage: (_rank, pid) => console.log(pid) },
  {
    commModule: new URL('./silent-comm.mjs', import.meta.url).href,
    kinds: [{ type: 'tcp', config: { coordinator: 'x', rank: 0, size: 1 } }],
    leftovers: [file],
  },
);
