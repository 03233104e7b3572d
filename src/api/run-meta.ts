import { hostname } from 'node:os';
import type { RunMeta, Topology } from '../results/run-meta.js';
import { cobreVersion } from '../results/version.js';

/** What the results say about the run itself; `completedAt` is now. */
export function runMeta(topology: Topology, caseDirectory: string, startedAt: Date): RunMeta {
  return {
    startedAt: startedAt.toISOString(),
    completedAt: new Date().toISOString(),
    topology,
    hostname: hostname(),
    cobreVersion,
    caseDirectory,
  };
}
