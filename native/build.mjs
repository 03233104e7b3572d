/**
 * Compiles the native modules into `native/prebuilt/PLATFORM-ARCH/`. Run by `npm run build:native`, never by an install.
 *
 *     node native/build.mjs [module ...]
 *
 * One compiler call a module: Node-API is a C interface that does not change between versions of Node, so there is
 * nothing to configure. The compiler is `$CC`, or `cc`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** What each module needs beside its source of the same name. */
const MODULES = {
  'posix-shm': { platforms: ['linux', 'darwin'], libraries: process.platform === 'linux' ? ['-lrt'] : [] },
};

const DEFINES = ['-D_GNU_SOURCE', '-DNAPI_VERSION=8'];
const FLAGS = ['-std=c11', '-O2', '-fPIC', '-fvisibility=hidden', '-Wall', '-Wextra', ...DEFINES];
// The functions of Node-API are in the program that loads the module.
const LINK = process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared'];

/** Folder that holds `node_api.h`: of the package `node-api-headers`, or what this Node came with. */
function headers() {
  const candidates = [
    process.env.npm_config_nodedir && join(process.env.npm_config_nodedir, 'include', 'node'),
    join(process.execPath, '..', '..', 'include', 'node'),
    join(process.config.variables.node_prefix ?? '', 'include', 'node'),
  ].filter(Boolean);
  try {
    candidates.unshift(createRequire(import.meta.url)('node-api-headers').include_dir);
  } catch {
    // Not installed: the others will do.
  }
  const found = candidates.find((folder) => existsSync(join(folder, 'node_api.h')));
  if (found === undefined) {
    throw new Error(`node_api.h is in none of ${candidates.join(', ')}: npm install --no-save node-api-headers`);
  }
  return found;
}

const requested = process.argv.slice(2);
const output = resolve(here, 'prebuilt', `${process.platform}-${process.arch}`);
mkdirSync(output, { recursive: true });
for (const name of requested.length > 0 ? requested : Object.keys(MODULES)) {
  const module = MODULES[name];
  if (module === undefined) throw new Error(`no native module is called ${name}: ${Object.keys(MODULES).join(', ')}`);
  if (!module.platforms.includes(process.platform)) {
    console.log(`${name}: not for ${process.platform}`);
    continue;
  }
  const target = join(output, `${name}.node`);
  // A process may have the old one mapped: put the new one in its place, do not write into it.
  const fresh = `${target}.${process.pid}`;
  try {
    const source = join(here, 'src', `${name}.c`);
    const args = [...FLAGS, ...LINK, '-I', headers(), '-o', fresh, source, ...module.libraries];
    execFileSync(process.env.CC ?? 'cc', args, { stdio: 'inherit' });
    renameSync(fresh, target);
  } finally {
    rmSync(fresh, { force: true });
  }
  console.log(target);
}
