/**
 * What `npm pack` and `npm publish` do first: builds `dist/` with all features and from nothing, so that no file of an
 * earlier source is in it, and the native modules for the platform it runs on. Modules of other platforms that lie in
 * `native/built` are packed as they are; those for MPI stay out, for they are linked to the library of one machine.
 *
 * Refuses where a native module that must be in the package is missing, has no source any more, or would not load on
 * the systems that Node itself runs on.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { whyNotPortable } from './native/portable.mjs';

/** Without these the package is not complete; for any other platform the modules are built where it is installed. */
const REQUIRED_PLATFORM = 'linux-x64';
/** Built against the MPI of a machine. */
const MPI = 'mpi';

const root = dirname(fileURLToPath(import.meta.url));

function build(script, args = []) {
  const { status } = spawnSync(process.execPath, [join(root, script), ...args], { stdio: ['ignore', 2, 2] });
  if (status !== 0) refuse(`${script} failed`);
}

function refuse(why) {
  console.error(`This package cannot be packed: ${why}.`);
  process.exit(1);
}

rmSync(join(root, 'dist'), { recursive: true, force: true });
build('build.mjs');
build('native/build.mjs');

const modules = readdirSync(join(root, 'native/src'))
  .filter((file) => file.endsWith('.c') && file !== `${MPI}.c`)
  .map((file) => file.replace(/c$/, 'node'));
const built = join(root, 'native/built');
const missing = modules.filter((file) => !existsSync(join(built, REQUIRED_PLATFORM, file)));
if (missing.length > 0) {
  refuse(
    `native/built/${REQUIRED_PLATFORM} lacks ${missing.join(', ')}; run \`npm run build:native\` on ${REQUIRED_PLATFORM}, ` +
      'or copy what it has built there',
  );
}
for (const platform of readdirSync(built)) {
  for (const file of readdirSync(join(built, platform))) {
    const path = join('native/built', platform, file);
    if (!file.endsWith('.node') || file.startsWith(`${MPI}-`)) continue;
    if (!modules.includes(file)) refuse(`${path} has no source in native/src; remove it`);
    if (!platform.startsWith('linux-')) continue;
    const why = whyNotPortable(join(root, path));
    if (why !== null) refuse(`${path} ${why}`);
  }
}
