import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const REPOSITORY = new URL('../../', import.meta.url);
const PARTS = ['dist/src/comm', 'dist/src/errors.js', 'dist/workers', 'test/comm/programs'];

/**
 * Makes a package as it is when nobody has built the native modules: the library's ranks and the rank programs of the
 * tests. Returns its folder, which goes when this process does.
 */
export function packageWithoutNative(): string {
  const root = mkdtempSync(join(tmpdir(), 'cobre-without-native-'));
  process.once('exit', () => rmSync(root, { recursive: true, force: true }));
  const imports = { '#cobre/*': './dist/src/*.js' };
  writeFileSync(join(root, 'package.json'), JSON.stringify({ type: 'module', imports }));
  for (const part of PARTS) cpSync(fileURLToPath(new URL(part, REPOSITORY)), join(root, part), { recursive: true });
  return root;
}
