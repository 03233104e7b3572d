/**
 * Compiles the native modules for ranks on one machine, by `npm run build:native`, never by an install. In an
 * installed package, which has none of npm's scripts, by its path:
 *
 *     npm run build:native
 *     npm run build:native -- --node-include /usr/include/node
 *     node node_modules/cobre/native/build.mjs
 *
 * Needs a C compiler (`$CC`, or `cc`) and Node's headers, which come with Node.
 */
import { parseArgs } from 'node:util';
import { compile } from './compile.mjs';

const PLATFORMS = ['linux', 'darwin'];

const MODULES = [{ source: 'posix-shm' }, { source: 'peer-copy' }];

const { values } = parseArgs({ options: { 'node-include': { type: 'string' } } });
if (!PLATFORMS.includes(process.platform)) {
  console.error(`the native modules are not for ${process.platform}`);
  process.exit(1);
}
try {
  for (const module of MODULES) {
    compile({ compiler: process.env.CC ?? 'cc', ...module, nodeInclude: values['node-include'] });
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
