import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

const REPOSITORY = new URL('../../', import.meta.url);
const PARTS = ['dist/src/comm', 'dist/src/errors.js', 'dist/workers', 'test/comm/programs'];

const made: string[] = [];
// Not when this process ends: vitest ends it by a signal.
afterAll(() => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true });
});

/**
 * Makes a package as it is when nobody has built the native modules: the library's ranks and the rank programs of the
 * tests. Returns its folder, which goes after the last test of the file.
 */
export function packageWithoutNative(): string {
  const root = mkdtempSync(join(tmpdir(), 'cobre-without-native-'));
  made.push(root);
  const imports = { '#cobre/*': './dist/src/*.js' };
  writeFileSync(join(root, 'package.json'), JSON.stringify({ type: 'module', imports }));
  for (const part of PARTS) cpSync(fileURLToPath(new URL(part, REPOSITORY)), join(root, part), { recursive: true });
  return root;
}
