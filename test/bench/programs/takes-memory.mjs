import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Takes so many MiB for a while, then has a process of its own do so for each further argument. */
const [mebibytes, ...others] = process.argv.slice(2);
if (mebibytes === 'fail') process.exit(1);
const taken = Buffer.alloc(Number(mebibytes) * 2 ** 20, 1);
await sleep(200);
for (const each of others) spawnSync(process.execPath, [fileURLToPath(import.meta.url), each]);
// Until here it has to be kept.
taken.fill(0);
