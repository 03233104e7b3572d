/**
 * Kills a rank of a gang over TCP, again and again: another rank, at another moment, in another collective each time.
 *
 *     npm run test:faults [-- times]
 *
 * Fails unless every survivor is told which rank died, in which collective, and within the second.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const SIZE = 3;
const DEFAULT_TIMES = 200;
const MOST_MS = 1_000;
const OPERATIONS = ['barrier', 'allreduce', 'allgatherv', 'broadcast'];

const entry = fileURLToPath(new URL('../comm/programs/spawned-rank.mjs', import.meta.url));
const url = new URL('../comm/programs/tcp-faults.mjs', import.meta.url).href;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function killOne(time) {
  const culprit = time % SIZE;
  const operation = OPERATIONS[time % OPERATIONS.length];
  const args = { act: 'loop', operation, root: (time >> 2) % SIZE, elements: time % 5 === 0 ? 300_000 : 100 };
  const port = await freePort();
  const ranks = Array.from({ length: SIZE }, (_, rank) => {
    const child = fork(entry, [], { serialization: 'advanced' });
    const posted = once(child, 'message');
    child.send({ url, args, config: { coordinator: '127.0.0.1', bindAddr: '127.0.0.1', port, rank, size: SIZE } });
    return { child, posted, exited: once(child, 'exit') };
  });
  const first = await Promise.all(ranks.map(({ posted }) => posted));
  const early = first.find(([message]) => message.type === 'failed');
  if (early) throw new Error(`a rank failed before any was killed: ${early[0].error.message}`);
  const ends = ranks.map(({ child }, rank) => (rank === culprit ? null : once(child, 'message')));
  await new Promise((resolve) => setTimeout(resolve, (time * 7) % 50));
  const died = Date.now();
  ranks[culprit].child.kill('SIGKILL');
  for (const end of ends.filter((each) => each !== null)) {
    const [message] = await end;
    const { error, at } = message.value ?? {};
    const right =
      error?.commKind === 'CollectiveFailed' && error.operation === operation && error.failedRank === culprit;
    if (!right || at - died > MOST_MS) {
      throw new Error(`kill ${time}: rank ${culprit} in ${operation}: ${JSON.stringify(message)}`);
    }
  }
  await Promise.all(ranks.map(({ exited }) => exited));
}

const times = Number(process.argv[2] ?? DEFAULT_TIMES);
for (let time = 0; time < times; time++) await killOne(time);
console.log(`${times} kills: every survivor was told at once.`);
