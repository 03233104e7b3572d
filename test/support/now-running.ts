import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { runningFolder } from './running-folder.js';

/**
 * In each process that runs tests: notes what it is at in a file of its own, at once, so that the watchdog can tell
 * even when the process never comes back from it.
 */
const folder = runningFolder(process.ppid);
const file = join(folder, String(process.pid));
const note = (what: string): void => writeFileSync(file, what);

mkdirSync(folder, { recursive: true });
note('before the first test');
beforeEach(({ task }) => note(`${task.file.name} > ${task.name}`));
afterEach(({ task }) => note(`after ${task.file.name} > ${task.name}`));
