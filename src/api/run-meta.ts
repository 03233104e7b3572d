import { hostname } from 'node:os';
import type { RunMeta } from '../results/run-meta.js';
import { cobreVersion } from '../results/version.js';
import type { Layout } from './check-options.js';

/** What the results say about the run itself; `completedAt` is now. */
export function runMeta(layout: Layout, caseDirectory: string, startedAt: Date): RunMeta {
  return {
    startedAt: startedAt.toISOString(),
    completedAt: new Date().toISOString(),
    backend: layout.backend,
    worldSize: layout.workers,
    hostname: hostname(),
    cobreVersion,
    caseDirectory,
  };
}
