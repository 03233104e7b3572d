/** Run as a process of its own: it ends when nothing keeps it alive. */
import { runRanks } from '#cobre/comm/index';

const program = new URL('./faults.mjs', import.meta.url);
const size = 2;
await runRanks(program, { size, args: { act: 'echo', value: 1 } });
const failure = await runRanks(program, { size, args: { act: 'exit', culprit: 1, code: 3 } }).catch((error) => error);
await runRanks(program, { size, args: { act: 'prints' } });
console.log(`rank ${failure.rank} exited with ${failure.exitCode}`);
