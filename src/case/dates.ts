const MS_PER_DAY = 86_400_000;

/** Day number of an ISO date (`YYYY-MM-DD`), counted from 1970-01-01 in the proleptic Gregorian calendar. */
export function dayNumber(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / MS_PER_DAY;
}

/** Days from one ISO date to another; negative if the second is earlier. */
export function daysBetween(start: string, end: string): number {
  return dayNumber(end) - dayNumber(start);
}

/** The ISO date of a day number; the inverse of {@link dayNumber}. */
export function isoDate(day: number): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
}
