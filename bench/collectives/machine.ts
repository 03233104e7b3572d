import { availableParallelism, cpus, release, type } from 'node:os';

/** Where and with what a report was made, as the rows of a table. */
export function describeMachine(openMpiVersion: string | undefined): readonly (readonly [string, string])[] {
  return [
    ['processor', cpus()[0].model.trim()],
    ['cores', `${availableParallelism()} used of ${cpus().length}`],
    ['system', `${type()} ${release()}, ${process.arch}`],
    ['Node', process.versions.node],
    ['Open MPI', openMpiVersion ?? 'not installed'],
    ['date', new Date().toISOString().slice(0, 10)],
  ];
}
