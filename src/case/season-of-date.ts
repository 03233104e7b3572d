import { isoDate } from './dates.js';
import type { SeasonDefinitions } from './study.js';

/** Weeks that seasons number; the 53rd of a long year counts as the 52nd. */
const WEEKS = 52;

/**
 * The season (id) that a day (counted from 1970-01-01) belongs to, or `null` for none; the first by id where several
 * hold it. The end of a custom season does not belong to it.
 */
export function seasonOfDay({ cycle, seasons }: SeasonDefinitions, day: number): number | null {
  const date = isoDate(day);
  const month = Number(date.slice(5, 7));
  if (cycle === 'monthly') return seasons.find((season) => season.monthStart === month)?.id ?? null;
  if (cycle === 'weekly') {
    const week = Math.min(isoWeek(day), WEEKS) - 1;
    return seasons.find((season) => season.id === week)?.id ?? null;
  }
  const here = month * 100 + Number(date.slice(8, 10));
  const found = seasons.find((season) => {
    const start = season.monthStart * 100 + (season.dayStart ?? 1);
    const end = (season.monthEnd ?? season.monthStart) * 100 + (season.dayEnd ?? 32);
    return start < end ? here >= start && here < end : here >= start || here < end;
  });
  return found?.id ?? null;
}

/** Number of a day's week by ISO 8601: weeks begin on Monday and belong to the year of their Thursday. */
function isoWeek(day: number): number {
  // 1970-01-01 was a Thursday.
  const sinceMonday = (((day + 3) % 7) + 7) % 7;
  const thursday = day - sinceMonday + 3;
  const year = isoDate(thursday).slice(0, 4);
  const newYear = Date.parse(`${year}-01-01T00:00:00Z`) / 86_400_000;
  return Math.floor((thursday - newYear) / 7) + 1;
}
