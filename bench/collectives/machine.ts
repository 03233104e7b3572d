import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism, cpus, release, type } from 'node:os';
import { nativeFolder } from '../../src/comm/native-folder.js';
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
    ['native modules', nativeModules()],
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

/** Those that are there, and so in use. */
function nativeModules(): string {
  const folder = nativeFolder();
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.node')) : [];
  return files.map((file) => file.replace('.node', '')).join(', ') || 'none';
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
