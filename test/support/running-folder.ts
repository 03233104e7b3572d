import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where the processes of a test run say what they are at: one file each, named by process id. */
export function runningFolder(runner: number): string {
  return join(tmpdir(), `cobre-tests-${runner}`);
}
