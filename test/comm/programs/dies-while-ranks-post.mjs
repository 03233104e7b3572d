/** Run as a process of its own and killed: takes one message of its rank and then nothing more. */
import { writeSync } from 'node:fs';
import { runProcesses } from '#cobre/comm/process/run-processes';

const [count, bytes] = process.argv.slice(2).map(Number);
const STDOUT = 1;
await runProcesses(
  new URL('./posts.mjs', import.meta.url).href,
  {
    size: 1,
    args: { act: 'returns', count, bytes },
    onMessage: (_rank, { pid }) => {
      writeSync(STDOUT, String(pid));
      for (;;);
    },
  },
  {
    commModule: new URL('./silent-comm.mjs', import.meta.url).href,
    kinds: [{ type: 'tcp', config: { coordinator: 'x', rank: 0, size: 1 } }],
    leftovers: [],
  },
);
