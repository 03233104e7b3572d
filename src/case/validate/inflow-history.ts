import { CASE_TABLES } from '../case-tables.js';
import type { ParsedCase } from '../parsed-case.js';
import { buildSeasons } from '../resolve/inflow-model.js';
import { seasonCycles, seasonOfDay } from '../season-calendar.js';
import type { SeasonDefinitions } from '../study.js';
import type { Report } from './report.js';

const HISTORY = CASE_TABLES.inflowHistory.file;
/** Most groups that a warning lists. */
const LISTED = 5;

/** What the history must hold for statistics or coefficients to be estimated from it. */
export function checkInflowHistory(data: ParsedCase, report: Report): void {
  const { inflowHistory, inflowStats, coefficients, stages, hydros } = data;
  if (!inflowHistory?.rows || inflowStats === undefined || coefficients === undefined) return;
  if (inflowStats?.rows && coefficients?.rows) return;
  const { hydro_id } = inflowHistory.columns;
  const observed = new Set(hydro_id);
  for (const { id } of hydros?.hydros ?? []) {
    if (observed.has(id)) continue;
    report.error('CoverageMismatch', `${HISTORY} has no row of hydro ${id}, whose inflow model is to be estimated`, {
      file: HISTORY,
      field: 'hydro_id',
      value: id,
      suggestion: `Add observations with hydro_id ${id}, or bring statistics and coefficients for all hydros.`,
    });
  }
  if (!stages) return;
  const seasons = buildSeasons(stages);
  if (seasons === null) {
    report.error('IncompatibleSettings', `season_definitions is missing, but ${HISTORY} is to be estimated from`, {
      file: 'stages.json',
      field: 'season_definitions',
      suggestion: 'Define the seasons, so that observations can be told apart by them.',
    });
    return;
  }
  if (report.clean('stages.json')) checkSeasons(report, inflowHistory.columns, seasons);
}

/** Observations by hydro and season: not finer than seasons, and none of a season missing within. */
function checkSeasons(
  report: Report,
  { hydro_id, date }: { readonly hydro_id: Float64Array; readonly date: Float64Array },
  seasons: SeasonDefinitions,
): void {
  // Seasons that others cover are filled by adding those up: see d30 of the public examples.
  const cycles = seasonCycles(seasons);
  const reached = new Set<number>();
  const counts = new Map<string, number>();
  const yearsOf = new Map<number, Set<number>>();
  for (let row = 0; row < hydro_id.length; row++) {
    const season = seasonOfDay(cycles, date[row]);
    if (season === null) continue;
    const { id, year } = season;
    reached.add(id);
    const years = yearsOf.get(hydro_id[row]);
    if (years === undefined) yearsOf.set(hydro_id[row], new Set([year]));
    else years.add(year);
    add(counts, `hydro ${hydro_id[row]} in season ${id} of ${year}`);
  }
  const finer = [...counts].filter(([, count]) => count > 1).map(([group]) => group);
  warnOfGroups(
    report,
    finer,
    'there is more than one observation, so that their mean is taken',
    'Give one observation a season and year.',
  );
  for (const [hydro, years] of [...yearsOf].sort(([a], [b]) => a - b)) {
    const [first, last] = [Math.min(...years), Math.max(...years)];
    for (const year of [...years].sort((a, b) => a - b)) {
      // A history may begin and end in the middle of a year.
      if (year === first || year === last) continue;
      const missing = [...reached].filter((season) => !counts.has(`hydro ${hydro} in season ${season} of ${year}`));
      if (missing.length === 0) continue;
      const message = `${HISTORY} has no row of hydro ${hydro} for ${missing.length === 1 ? 'season' : 'seasons'} ${missing.join(', ')} of ${year}`;
      report.error('CoverageMismatch', message, {
        file: HISTORY,
        field: 'hydro_id',
        value: hydro,
        context: { year, missingSeasons: missing },
        suggestion: 'Observe every season of a year; longer periods cannot be told apart by season.',
      });
      break;
    }
  }
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function warnOfGroups(report: Report, groups: readonly string[], what: string, suggestion: string): void {
  if (groups.length === 0) return;
  const more = groups.length > LISTED ? ` and ${groups.length - LISTED} more` : '';
  report.warn('CoverageMismatch', `${what} of ${groups.slice(0, LISTED).join(', ')}${more}`, {
    file: HISTORY,
    field: 'date',
    suggestion,
  });
}
