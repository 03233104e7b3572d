import { availableParallelism, cpus, release, type } from 'node:os';
import type { OtherLoad } from './other-load.js';

/** Where and with what a report was made: labels and values. */
export function describeMachine(
  openMpiVersion: string | undefined,
  load: OtherLoad | null,
): readonly (readonly [string, string])[] {
  return [
    ['processor', cpus()[0].model.trim()],
    ['cores', `${availableParallelism()} used of ${cpus().length}`],
    ['system', `${type()} ${release()}, ${process.arch}`],
    ['Node', process.versions.node],
    ['Open MPI', openMpiVersion ?? 'not installed'],
    ['date', new Date().toISOString().slice(0, 10)],
    [
      'disturbance',
      load === null
        ? 'not known'
        : `other programs had ${percent(load.share)} of the cores' time, the host took ${percent(load.stolen)}`,
    ],
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
