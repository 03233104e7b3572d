#!/usr/bin/env node
import { availableParallelism } from 'node:os';
import { Staging } from '../results/staging.js';
import type { Environment } from './context.js';
import { findPackage } from './package-root.js';
import { runCli } from './program.js';
import { realLibrary } from './real-library.js';

const outputClosed = new AbortController();

// A reader that left (`| head`) is no error: stop what is running, say nothing.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  outputClosed.abort();
});
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const { root, version } = findPackage(import.meta.url);
const environment: Environment = {
  library: realLibrary,
  version,
  cores: availableParallelism(),
  packageRoot: root,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  signals: process,
  exitNow: (code) => {
    Staging.discardAll();
    process.exit(code);
  },
  outputClosed: outputClosed.signal,
};

// Not process.exit(): what is still in the pipes has to go out.
process.exitCode = await runCli(process.argv.slice(2), environment);
