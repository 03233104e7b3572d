/** What the builds of the native modules have in common. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** Where modules of this platform are put, and looked for. */
export const BUILT = join(here, 'built', `${process.platform}-${process.arch}`);

const DEFINES = ['-D_GNU_SOURCE', '-DNAPI_VERSION=8'];
const FLAGS = ['-std=c11', '-O2', '-fPIC', '-fvisibility=hidden', '-Wall', '-Wextra', ...DEFINES];
// The functions of Node-API are in the program that loads the module. Beside those it asks for the C library alone, as far
// as that is up to us: the compiler's own library is linked in.
const LINK =
  process.platform === 'darwin'
    ? ['-bundle', '-undefined', 'dynamic_lookup']
    : ['-shared', '-static-libgcc', '-Wl,--strip-all'];

/** Folder that holds `node_api.h`: `given`, of the package `node-api-headers`, or what this Node came with. */
function headers(given) {
  const candidates = [
    given,
    fromPackage(),
    process.env.npm_config_nodedir && join(process.env.npm_config_nodedir, 'include', 'node'),
    join(process.execPath, '..', '..', 'include', 'node'),
    join(process.config.variables.node_prefix ?? '', 'include', 'node'),
    '/usr/include/node',
  ].filter(Boolean);
  const found = candidates.find((folder) => existsSync(join(folder, 'node_api.h')));
  if (found !== undefined) return found;
  throw new Error(
    `Node's headers (node_api.h) are in none of ${candidates.join(', ')}: name their folder with --node-include, ` +
      'or npm install --no-save node-api-headers',
  );
}

function fromPackage() {
  try {
    return createRequire(import.meta.url)('node-api-headers').include_dir;
  } catch {
    return undefined;
  }
}

/**
 * Compiles `src/SOURCE.c` into `built/PLATFORM-ARCH/NAME.node`. One compiler call: Node-API is a C interface that does
 * not change between versions of Node, so there is nothing to configure.
 */
export function compile({ compiler, source, name = source, libraries = [], nodeInclude }) {
  const target = join(BUILT, `${name}.node`);
  // A process may have the old one mapped: put the new one in its place, do not write into it.
  const fresh = `${target}.${process.pid}`;
  const input = join(here, 'src', `${source}.c`);
  mkdirSync(BUILT, { recursive: true });
  try {
    execFileSync(compiler, [...FLAGS, ...LINK, '-I', headers(nodeInclude), '-o', fresh, input, ...libraries], {
      stdio: 'inherit',
    });
    renameSync(fresh, target);
  } finally {
    rmSync(fresh, { force: true });
  }
  console.log(`${relative(dirname(here), target)} (${compiler})`);
}
