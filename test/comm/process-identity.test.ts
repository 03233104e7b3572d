import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { ownIdentity, processHasEnded } from '#cobre/comm/shm/process-identity';
import { startProcess } from '../support/child.js';

const own = ownIdentity();

describe('a process', () => {
  test('that runs has not ended', () => {
    expect(processHasEnded(own)).toBe(false);
  });

  test('that is gone has ended', async () => {
    const child = startProcess(process.execPath, ['--version'], { stdio: 'ignore' });
    await once(child, 'exit');
    expect(processHasEnded({ ...own, pid: child.pid as number, start: 0 })).toBe(true);
  });

  test.runIf(process.platform === 'linux')('whose number another one has now has ended', () => {
    expect(own.start).not.toBe(0);
    expect(processHasEnded({ ...own, start: own.start - 1 })).toBe(true);
  });

  test.runIf(process.platform === 'linux')('that nobody has reaped yet has ended', async () => {
    // The shell starts a process and then becomes one that knows nothing of children.
    const shell = startProcess('sh', ['-c', 'sleep 0 & echo $!; exec sleep 30'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = (await once(shell.stdout!, 'data')) as [Buffer];
    const zombie = { ...own, pid: Number(line), start: 0 };
    await expect.poll(() => processHasEnded(zombie), { timeout: 10_000 }).toBe(true);
    // The number is still taken: asking for the process alone would not tell.
    expect(process.kill(zombie.pid, 0)).toBe(true);
    shell.kill();
    await once(shell, 'exit');
  });

  test.runIf(process.platform === 'linux')('whose number is counted elsewhere is not judged', () => {
    expect(processHasEnded({ pid: 2 ** 22 + 1, start: 0, namespace: own.namespace })).toBe(true);
    expect(processHasEnded({ pid: 2 ** 22 + 1, start: 0, namespace: own.namespace + 1 })).toBe(false);
  });
});
