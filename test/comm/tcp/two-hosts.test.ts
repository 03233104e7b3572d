import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startProcess } from '../../support/child.js';
import { type Host, placeOn, twoHosts, WHY_NO_HOSTS } from '../../support/hosts.js';
import { within } from '../../support/within.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const BOUNDED = { timeout: 30_000 };

/** The shell blocks of docs/engine.md for the two machines. */
function documented(): string[] {
  const text = readFileSync(new URL('../../../docs/engine.md', import.meta.url), 'utf8');
  return ['first', 'second'].map((which) => {
    const block = new RegExp(`\`\`\`sh\\n(# on the ${which} machine[^]*?)\`\`\``).exec(text);
    return block?.[1] ?? expect.fail(`there are no commands for the ${which} machine`);
  });
}

describe.skipIf(WHY_NO_HOSTS !== null)(
  `ranks on two hosts${WHY_NO_HOSTS === null ? '' : ` (${WHY_NO_HOSTS})`}`,
  BOUNDED,
  () => {
    let hosts: Host[];

    beforeAll(async () => {
      hosts = await twoHosts();
    });
    afterAll(async () => {
      for (const host of hosts.reverse()) await host.end();
    });

    test('find each other by the commands in the documentation', async () => {
      const printed = await Promise.all(documented().map((script, i) => hosts[i].sh(script)));
      expect(printed).toEqual(
        [0, 1].map((rank) => expect.stringMatching(`^rank ${rank} of 2: .* pi = 3\\.141592654\\n$`)),
      );
    });

    test('know that they are on two', async () => {
      const script = 'node examples/spmd/split-local.mjs';
      const printed = await Promise.all(hosts.map((host, rank) => host.sh(script, placeOn(rank))));
      expect(printed).toEqual(
        [0, 1].map((rank) => expect.stringContaining(`rank ${rank} of 2: rank 0 of 1 here, 2 machine`)),
      );
    });

    // What one machine cannot show: no process ends, and no connection is closed.
    test('give each other up when the cable is pulled', async () => {
      const program = `
      import { createCommunicator } from 'cobre/comm';
      const comm = await createCommunicator();
      let meetings = 0;
      let start = Date.now();
      try {
        for (;;) {
          comm.barrier();
          start = Date.now();
          if (++meetings === 100 && comm.rank === 1) console.log('met');
        }
      } catch ({ commKind, message, details }) {
        console.log(JSON.stringify({ commKind, message, ...details, ms: Date.now() - start }));
      }
      comm.close();
    `;
      const ranks = hosts.map((host, rank) => {
        const [command, ...args] = [...host.enter, process.execPath, '--input-type=module', '-e', program];
        const env = { ...process.env, ...placeOn(rank, { COBRE_TCP_TIMEOUT_SECS: '2' }) };
        return startProcess(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
      });
      const outputs = ranks.map(async ({ stdout }) => {
        const chunks: Buffer[] = [];
        for await (const chunk of stdout!) chunks.push(chunk);
        return Buffer.concat(chunks).toString().trim().split('\n').at(-1) as string;
      });
      await once(ranks[1].stdout!, 'data');
      await hosts[0].sh('ip link set left down');
      const errors = (await Promise.all(outputs)).map((line) => JSON.parse(line));
      for (const [rank, error] of errors.entries()) {
        expect(error).toMatchObject({ commKind: 'CollectiveFailed', failedRank: 1 - rank });
        expect(error.ms).toBeGreaterThan(1_900);
        expect(error.ms).toBeLessThan(within(3_500));
      }
    });
  },
);
