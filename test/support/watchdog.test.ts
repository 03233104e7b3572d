import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { runSync, startProcess } from './child.js';
import { runningFolder } from './running-folder.js';
import { Watchdog } from './watchdog.js';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test('the watchdog ends a process of the run that hangs, and no other that has its number by now', async () => {
  const hanging = startProcess('sleep', ['60'], { stdio: 'ignore' });
  // Its parent has ended, so it is nobody's of this run.
  const stranger = Number(runSync('sh', ['-c', 'sleep 60 >/dev/null 2>&1 & echo $!']).stdout);
  const gone = runSync('sh', ['-c', 'echo $$']).stdout.trim();
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  const folder = runningFolder(process.pid);
  const noteOf = (pid: number | string | undefined): string => join(folder, String(pid));
  mkdirSync(folder, { recursive: true });
  for (const pid of [hanging.pid, stranger, gone]) writeFileSync(noteOf(pid), 'some test');

  const ended = once(hanging, 'exit');
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const watchdog = new Watchdog(-1_000);
  watchdog.onTestRunStart();
  vi.advanceTimersByTime(10_000);

  expect((await ended)[1]).toBe('SIGKILL');
  expect(said.mock.calls).toEqual([[expect.stringContaining(`Process ${hanging.pid} hangs: some test`)]]);
  expect([hanging.pid, stranger, gone].filter((pid) => existsSync(noteOf(pid)))).toEqual([]);
  // Throws where there is no such process.
  process.kill(stranger, 'SIGKILL');
  watchdog.onTestRunEnd();
  expect(existsSync(folder)).toBe(false);
});
