import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { startProcess } from '../support/child.js';
import { Aftermath } from './aftermath.js';

const GRACE_MS = 100;

// It reads /proc; elsewhere the sweeps of faults see what ranks are told, and no more.
test.runIf(process.platform === 'linux')(
  'what dying ranks leave behind is seen, and so is that it has gone',
  async () => {
    const aftermath = new Aftermath();
    const left = async () => aftermath.expectNothingLeft(GRACE_MS).then(() => '', String);
    // Tests that run beside this one have names in shared memory, some of them for a while with nobody behind.
    await expect.poll(left, { timeout: 10_000 }).toBe('');

    // Not a child of this process by the time somebody looks.
    const shell = startProcess('sh', ['-c', 'sleep 30 & echo $!'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [pid] = (await once(shell.stdout!, 'data')) as [Buffer];
    if (shell.exitCode === null) await once(shell, 'exit');
    expect(await left()).toMatch(/sleep/);
    process.kill(Number(pid), 'SIGKILL');
    await expect.poll(left, { timeout: 10_000 }).toBe('');

    const name = `cobre_test_${process.pid}_left`;
    writeFileSync(`/dev/shm/${name}`, '');
    expect(await left()).toContain(name);
    rmSync(`/dev/shm/${name}`);
    await expect.poll(left, { timeout: 10_000 }).toBe('');

    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as { port: number }).port, '127.0.0.1');
    await once(socket, 'connect');
    expect(await left()).toMatch(/sockets/);
    socket.destroy();
    server.close();
    await expect.poll(left, { timeout: 10_000 }).toBe('');
  },
);
