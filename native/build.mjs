/**
 * Compiles the native module for shared memory between processes, by `npm run build:native`, never by an install.
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
  console.error(`posix-shm is not for ${process.platform}`);
  process.exit(1);
}
try {
  compile({
    compiler: process.env.CC ?? 'cc',
    source: 'posix-shm',
    // Where the C library is older than 2.34, shm_open is in a library of its own.
    libraries: process.platform === 'linux' ? ['-lrt'] : [],
    nodeInclude: values['node-include'],
  });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
