/**
 * Compiles the native modules for shared memory between processes and for sockets, by `npm run build:native`, never by
 * an install.
 *
 *     npm run build:native
 *     npm run build:native -- --node-include /usr/include/node
 *
 * Needs a C compiler (`$CC`, or `cc`) and Node's headers, which come with Node.
 */
import { parseArgs } from 'node:util';
import { compile } from './compile.mjs';

const PLATFORMS = ['linux', 'darwin'];

const { values } = parseArgs({ options: { 'node-include': { type: 'string' } } });
if (!PLATFORMS.includes(process.platform)) {
  console.error(`the native modules are not for ${process.platform}`);
  process.exit(1);
}
const MODULES = [
  // Where the C library is older than 2.34, shm_open is in a library of its own.
  { source: 'posix-shm', libraries: process.platform === 'linux' ? ['-lrt'] : [] },
  { source: 'sockets' },
];
try {
  for (const module of MODULES) {
    compile({ compiler: process.env.CC ?? 'cc', nodeInclude: values['node-include'], ...module });
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
