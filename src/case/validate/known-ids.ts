import type { ParsedCase } from '../parsed-case.js';
import type { Report } from './report.js';

/**
 * Identifiers known to the case. `undefined` when their file is broken or names one twice, where the other entry may
 * have been meant to have the id that is missed.
 */
export interface KnownIds {
  readonly what: string;
  readonly ids: ReadonlySet<number>;
}

/** Most ids that a suggestion lists. */
const LISTED_IDS = 10;

export type Known = ReturnType<typeof knownIds>;

/** The identifiers of everything that a case can refer to. */
export function knownIds(data: ParsedCase) {
  return {
    buses: known('bus', data.buses?.buses),
    lines: known('line', data.lines?.lines),
    hydros: known('hydro', data.hydros?.hydros),
    thermals: known('thermal', data.thermals?.thermals),
    sources: known(
      'non-controllable source',
      listOf(data.sources, (file) => file.non_controllable_sources),
    ),
    pumps: known(
      'pumping station',
      listOf(data.pumps, (file) => file.pumping_stations),
    ),
    contracts: known(
      'contract',
      listOf(data.contracts, (file) => file.contracts),
    ),
    constraints: known(
      'generic constraint',
      listOf(data.genericConstraints, (file) => file.constraints),
    ),
    stages: known('stage', data.stages?.stages),
    allStages: known('stage', data.stages && [...data.stages.stages, ...data.stages.pre_study_stages]),
    seasons: known('season', data.stages?.season_definitions?.seasons),
  };
}

/** The list of an optional file: empty without the file, `undefined` if it is broken. */
function listOf<F, T>(file: F | null | undefined, list: (file: F) => T[]): T[] | undefined {
  if (file === null) return [];
  return file === undefined ? undefined : list(file);
}

function known(what: string, entries: readonly { id: number }[] | undefined): KnownIds | undefined {
  if (entries === undefined) return undefined;
  const ids = new Set(entries.map((entry) => entry.id));
  return ids.size === entries.length ? { what, ids } : undefined;
}

/** Reports a reference to something that does not exist; `place` is what refers to it. */
export function reportMissing(
  report: Report,
  target: KnownIds,
  value: number,
  at: { readonly file: string; readonly field: string; readonly place: string; readonly row?: number },
): void {
  const { file, field, place, row } = at;
  report.error('MissingReference', `${place} refers to ${target.what} ${value}, which does not exist`, {
    file,
    field,
    value,
    ...(row === undefined ? {} : { context: { row } }),
    suggestion: listIds(target),
  });
}

export function listIds({ what, ids }: KnownIds): string {
  if (ids.size === 0) return `There is no ${what} at all.`;
  const first = [...ids].slice(0, LISTED_IDS).join(', ');
  return `Known ids of this kind (${what}): ${first}${ids.size > LISTED_IDS ? ', ...' : ''}.`;
}
