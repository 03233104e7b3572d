/** Run as a process of its own: prints the processes of its ranks, then what they returned. */
import { runProcesses } from '#cobre/comm/process/run-processes';

const [args, patience] = process.argv.slice(2).map((text) => JSON.parse(text));
const results = await runProcesses(
  new URL('./posts.mjs', import.meta.url).href,
  { size: 2, args, onMessage: (_rank, { pid }) => console.log(pid) },
  {
    commModule: new URL('./silent-comm.mjs', import.meta.url).href,
    kinds: [0, 1].map((rank) => ({ type: 'tcp', config: { coordinator: 'x', rank, size: 2 } })),
    leftovers: [],
  },
  patience,
);
console.log(JSON.stringify(results));
