import { hostname } from 'node:os';
import type { Comm } from '../comm/communicator.js';
import { gatherValues } from '../comm/exchange-values.js';
import type { WorkerInfo } from '../options.js';
import type { Topology } from '../results/run-meta.js';
import type { Layout } from './check-options.js';

/** Where the ranks of a run are that the caller has started by itself. */
export function gangTopology(layout: Layout): Topology {
  const gang = layout.type === 'gang' ? layout : null;
  const size = gang?.workers ?? 1;
  return {
    backend: gang?.backend ?? 'local',
    worldSize: size,
    startMethod: gang?.startMethod ?? null,
    hosts: [{ hostname: hostname(), ranks: Array.from({ length: size }, (_, rank) => rank) }],
    mpi: null,
  };
}

/** Where the ranks of a communicator are, and how long each took. Collective. */
export function gatherTopology(
  comm: Comm,
  wallTimeMs: number,
): { readonly topology: Topology; readonly workers: readonly WorkerInfo[] | null } {
  const ranks = gatherValues(comm, { hostname: hostname(), wallTimeMs });
  const hosts = new Map<string, number[]>();
  ranks.forEach((rank, r) => {
    hosts.set(rank.hostname, [...(hosts.get(rank.hostname) ?? []), r]);
  });
  const { backend, size } = comm;
  return {
    topology: {
      backend,
      worldSize: size,
      startMethod: null,
      hosts: [...hosts].map(([name, numbers]) => ({ hostname: name, ranks: numbers })),
      mpi: isMpi(comm) ? { library: comm.libraryName, standard: `MPI ${comm.standardVersion}` } : null,
    },
    workers: size === 1 ? null : ranks.map((rank, r) => ({ rank: r, wallTimeMs: rank.wallTimeMs, backend })),
  };
}

function isMpi(comm: Comm): comm is Comm & { readonly libraryName: string; readonly standardVersion: string } {
  return comm.backend === 'mpi' && 'libraryName' in comm;
}
