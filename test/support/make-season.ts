import type { Season } from '#cobre/case/study';

/** A season of which only what a test is about is said. */
export function makeSeason(parts: Pick<Season, 'id' | 'monthStart'> & Partial<Season>): Season {
  return { label: `season ${parts.id}`, dayStart: null, monthEnd: null, dayEnd: null, ...parts };
}
