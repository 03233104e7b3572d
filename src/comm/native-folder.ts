import { isAbsolute, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the native modules of this platform are: those that came with the package, or were built here in their place. */
export function nativeFolder(): URL {
  return new URL(`../../../native/built/${process.platform}-${process.arch}/`, import.meta.url);
}

/**
 * The command that builds native modules, as it can be typed in the current folder: npm's scripts are there in the
 * package's own repository, but not where it is installed.
 */
export function buildCommand(script: 'build.mjs' | 'build-mpi.mjs'): string {
  const path = fileURLToPath(new URL(`../../../native/${script}`, import.meta.url));
  const below = relative(process.cwd(), path);
  const shown = below.startsWith('..') || isAbsolute(below) ? path : below;
  return `node ${/[^\w@%+:,./\\-]/.test(shown) ? JSON.stringify(shown) : shown}`;
}
