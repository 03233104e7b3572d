import { dayNumber } from './dates.js';
import type { Season, SeasonDefinitions } from './study.js';

const MS_PER_DAY = 86_400_000;
const MONTHS = 12;
/** ISO years have 52 or 53 weeks; the 53rd belongs to the season of the 52nd. */
const WEEKS = 52;
const DAYS_BEFORE_MONTH = [0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335];
const DAYS_IN_LEAP_YEAR = 366;
const FEBRUARY_29 = 59;

/**
 * Seasons that follow each other through the year without overlap: `seasons` slots, numbered in the order of the
 * calendar. A point of time is `year * seasons + slot`, so that the season before is the number before, over the turn
 * of the year as well.
 */
export interface SeasonCycle {
  readonly kind: 'monthly' | 'weekly' | 'custom';
  readonly seasons: number;
  /** Season id of each slot, `null` for a month or week without a definition. */
  readonly ids: readonly (number | null)[];
  /** Custom only: first and last day of each slot, counted in a leap year from 0; the last may be before the first. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/**
 * The cycles that the definitions hold, twelve months by default. Custom seasons of several resolutions (months and
 * quarters, say) overlap: each, in the order of its id, joins the first cycle where it has room. A day that ends one
 * season and begins the next counts as no overlap; it belongs to the season that begins.
 */
export function seasonCycles(definitions: SeasonDefinitions | null): SeasonCycle[] {
  if (definitions === null) return [calendarCycle('monthly', [...Array(MONTHS).keys()])];
  if (definitions.cycle === 'custom') return customCycles(definitions.seasons);
  const ids: (number | null)[] = new Array(definitions.cycle === 'monthly' ? MONTHS : WEEKS).fill(null);
  for (const { id, monthStart } of definitions.seasons) {
    const slot = definitions.cycle === 'monthly' ? monthStart - 1 : id;
    if (slot < ids.length) ids[slot] ??= id;
  }
  return [calendarCycle(definitions.cycle, ids)];
}

/** Where a season is, or `null` when no cycle has it. */
export function findSeason(cycles: readonly SeasonCycle[], id: number): { cycle: number; slot: number } | null {
  for (let cycle = 0; cycle < cycles.length; cycle += 1) {
    const slot = cycles[cycle].ids.indexOf(id);
    if (slot >= 0) return { cycle, slot };
  }
  return null;
}

/** Point of time (`year * seasons + slot`) of a day number (1970-01-01 is 0), or -1 when it is in no season. */
export function seasonTime(cycle: SeasonCycle, day: number): number {
  const date = new Date(day * MS_PER_DAY);
  const year = date.getUTCFullYear();
  if (cycle.kind === 'monthly') return year * MONTHS + date.getUTCMonth();
  if (cycle.kind === 'weekly') return weekTime(day);
  const dayOfYear = DAYS_BEFORE_MONTH[date.getUTCMonth()] + date.getUTCDate() - 1;
  const time = customTime(cycle, year, dayOfYear);
  // A season that ends on 28 February ends with the month.
  return time < 0 && dayOfYear === FEBRUARY_29 ? customTime(cycle, year, FEBRUARY_29 - 1) : time;
}

/** Id of the first cycle's season that a day is in, and the year that the season began in; `null` where no cycle has one. */
export function seasonOfDay(cycles: readonly SeasonCycle[], day: number): { id: number; year: number } | null {
  for (const cycle of cycles) {
    const time = seasonTime(cycle, day);
    const id = time < 0 ? null : cycle.ids[slotOf(time, cycle.seasons)];
    if (id !== null) return { id, year: Math.floor(time / cycle.seasons) };
  }
  return null;
}

/** Slot of a point of time. */
export function slotOf(time: number, seasons: number): number {
  return ((time % seasons) + seasons) % seasons;
}

/** Days of the month that a day number lies in. */
export function daysInMonth(day: number): number {
  const date = new Date(day * MS_PER_DAY);
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

function calendarCycle(kind: 'monthly' | 'weekly', ids: readonly (number | null)[]): SeasonCycle {
  return { kind, seasons: ids.length, ids, starts: [], ends: [] };
}

/** An ISO week belongs to the year that its Thursday is in (ISO 8601). 1970-01-01 was a Thursday. */
function weekTime(day: number): number {
  const weekday = (((day + 3) % 7) + 7) % 7;
  const thursday = day - weekday + 3;
  const year = new Date(thursday * MS_PER_DAY).getUTCFullYear();
  const week = Math.floor((thursday - dayNumber(`${String(year).padStart(4, '0')}-01-01`)) / 7);
  return year * WEEKS + Math.min(week, WEEKS - 1);
}

function customTime(cycle: SeasonCycle, year: number, dayOfYear: number): number {
  let time = -1;
  let latest = -DAYS_IN_LEAP_YEAR - 1;
  for (let slot = 0; slot < cycle.seasons; slot += 1) {
    const start = cycle.starts[slot];
    if (!contains(start, cycle.ends[slot], dayOfYear)) continue;
    const begun = start <= dayOfYear ? start : start - DAYS_IN_LEAP_YEAR;
    if (begun <= latest) continue;
    latest = begun;
    time = (start <= dayOfYear ? year : year - 1) * cycle.seasons + slot;
  }
  return time;
}

/** A season that ends on the day that it begins on lasts a year. */
function contains(start: number, end: number, dayOfYear: number): boolean {
  if (start === end) return true;
  return start <= end ? dayOfYear >= start && dayOfYear <= end : dayOfYear >= start || dayOfYear <= end;
}

interface Range {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

function customCycles(seasons: readonly Season[]): SeasonCycle[] {
  const families: Range[][] = [];
  for (const season of [...seasons].sort((a, b) => a.id - b.id)) {
    const lastMonth = season.monthEnd ?? season.monthStart;
    const range: Range = {
      id: season.id,
      start: dayOfLeapYear(season.monthStart, season.dayStart ?? 1),
      end: dayOfLeapYear(lastMonth, season.dayEnd ?? 31),
    };
    const family = families.find((members) => members.every((member) => !overlap(member, range)));
    if (family === undefined) families.push([range]);
    else family.push(range);
  }
  return families.map((family) => {
    family.sort((a, b) => a.start - b.start);
    return {
      kind: 'custom',
      seasons: family.length,
      ids: family.map(({ id }) => id),
      starts: family.map(({ start }) => start),
      ends: family.map(({ end }) => end),
    };
  });
}

/** The last day of the month for a day beyond it. */
function dayOfLeapYear(month: number, day: number): number {
  const next = month === MONTHS ? DAYS_IN_LEAP_YEAR : DAYS_BEFORE_MONTH[month];
  return Math.min(DAYS_BEFORE_MONTH[month - 1] + day, next) - 1;
}

function overlap(a: Range, b: Range): boolean {
  if (a.start === b.start) return true;
  for (let day = 0; day < DAYS_IN_LEAP_YEAR; day += 1) {
    if (day === a.start || day === b.start) continue;
    if (contains(a.start, a.end, day) && contains(b.start, b.end, day)) return true;
  }
  return false;
}
