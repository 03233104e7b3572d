import { dayNumber } from '../case/dates.js';
import type { Study } from '../case/study.js';
import { type LagPeriods, lagPeriodsOf, type Period } from './lag-periods.js';
import { meanByDays, type Observation } from './observed-mean.js';

/** A mean of inflows: `weight` of the one that stands `age` places before the stage. */
export interface Share {
  readonly age: number;
  readonly weight: number;
}

/** Inflows in the order of time: those before the study, then one a stage. */
export interface Timeline {
  /** Places before stage 0 that belong to its own period: 0 or 1. */
  readonly passed: number;
  /** The mean that lag l of stage t is. */
  lag(t: number, l: number): readonly Share[];
  /** Season whose mean inflow lag l of stage t is, or `null` where none has those days, or lags are just stages. */
  season(t: number, l: number): number | null;
  /**
   * Days of what stands at a place: a stage at 0 and on, what was before the study below (-1 is the last). `null` where lags
   * are just stages.
   */
  days(position: number): number | null;
  /**
   * One number for each place and hydro, such as its mean inflow: that of the stage, before the study that of the lag period
   * (`past[k * H + h]`, the latest first), beyond these that of the first stage of its season.
   */
  at(moments: Moments, position: number, h: number): number;
  /** Inflow of a hydro that stood `age` places before stage 0 [m3/s]. */
  before(h: number, age: number): number;
}

/** What is known of the inflow of stages (`own[t * H + h]`), and of the lag periods before the study. */
export interface Moments {
  readonly own: Float64Array;
  readonly past: Float64Array;
  /** Of the stages before the study that the case has, in its order; NaN where nothing is known. */
  readonly preStudy: Float64Array;
}

/**
 * One kind of moment of a study. What its inflow model takes for stages before the study (`past`) goes before what the case
 * states (`given`): it is the same where the case states anything, and all there is where the moments were estimated.
 */
export function momentsOf(study: Study, own: Float64Array, past: Float64Array, given: Float64Array): Moments {
  const H = study.hydros.length;
  const preStudy = given.slice();
  study.inflowModel.preStudyStages.forEach(({ id }, i) => {
    const from = (-1 - id) * H;
    if (from < past.length) preStudy.set(past.subarray(from, from + H), i * H);
  });
  return { own, past, preStudy };
}

/** @param lags how many lags a stage may have; `mean` is of its inflow [m3/s] */
export function buildTimeline(study: Study, lags: number, mean: Moments): Timeline {
  const periods = lagPeriodsOf(study);
  return periods === null
    ? stageTimeline(study, mean)
    : calendarTimeline(study, lags, mean, periods.calendar, periods.own);
}

/** The mean that each lag is: `[t][l - 1]`. */
export function lagShares({ stages }: Study, timeline: Timeline, lags: number): (readonly Share[])[][] {
  return stages.map((_, t) => Array.from({ length: lags }, (__, l) => timeline.lag(t, l + 1)));
}

/** Without seasons a lag is a stage. */
function stageTimeline(study: Study, mean: Moments): Timeline {
  const H = study.hydros.length;
  const at = ({ own, past }: Moments, position: number, h: number) =>
    position >= 0 ? own[position * H + h] : (past[(-1 - position) * H + h] ?? own[h]);
  return {
    passed: 0,
    lag: (_, l) => [{ age: l, weight: 1 }],
    season: () => null,
    days: () => null,
    at,
    before: (h, age) => study.inflowModel.pastInflows[h].values[age - 1] ?? at(mean, -age, h),
  };
}

function calendarTimeline(
  study: Study,
  lags: number,
  mean: Moments,
  periods: LagPeriods,
  own: readonly Period[],
): Timeline {
  const H = study.hydros.length;
  const stages = study.stages.map((stage) => ({ start: dayNumber(stage.startDate), end: dayNumber(stage.endDate) }));
  const first = own[0];
  /** What lies before stage 0, latest first: what of its own period has passed, then the lag periods before that. */
  const past: Period[] = [];
  const passed = first.start < stages[0].start;
  if (passed) past.push({ start: first.start, end: stages[0].start, season: first.season });
  const lagPeriods: Period[] = [];
  // As far back as any stage may look: lags of the longest kind, counted in the shortest.
  const furthest = Math.min(...own.map((period) => back(periods, period, lags).start));
  for (let period = periods.before(first); lagPeriods.length < lags || period.end > furthest; ) {
    lagPeriods.push(period);
    period = periods.before(period);
  }
  past.push(...lagPeriods);
  const datesAt = (position: number) => (position >= 0 ? stages[position] : past[-1 - position]);
  const { preStudyStages } = study.inflowModel;
  /** Of a stage of which the case has the number and no season: it is the lag period of this number. */
  const ofUndeclared = ({ preStudy }: Moments, lag: number, h: number): number | undefined => {
    const i = preStudyStages.findIndex(({ id, season }) => id === -1 - lag && season === null);
    return i < 0 || Number.isNaN(preStudy[i * H + h]) ? undefined : preStudy[i * H + h];
  };
  /** Of the first stage of a season, of stages before the study first; else of a lag that is one; else of stage 0. */
  const ofSeason = ({ own: stage, past: lag, preStudy }: Moments, h: number, season: number | null): number => {
    if (season === null) return stage[h];
    const before = preStudyStages.findIndex((each) => each.season === season);
    if (before >= 0 && !Number.isNaN(preStudy[before * H + h])) return preStudy[before * H + h];
    const t = study.stages.findIndex((each) => each.season === season);
    if (t >= 0) return stage[t * H + h];
    const k = lagPeriods.findIndex((each) => each.season === season);
    return (k < 0 ? undefined : lag[k * H + h]) ?? stage[h];
  };
  const at = (moments: Moments, position: number, h: number): number => {
    if (position >= 0) return moments.own[position * H + h];
    const lag = -1 - position - (passed ? 1 : 0);
    const known = lag < 0 ? undefined : (moments.past[lag * H + h] ?? ofUndeclared(moments, lag, h));
    return known ?? ofSeason(moments, h, past[-1 - position]?.season ?? null);
  };
  let byHydro: Observation[][] | null = null;
  const history = (h: number): readonly Observation[] => {
    byHydro ??= historyByHydro(study);
    return byHydro[h];
  };
  return {
    passed: passed ? 1 : 0,
    lag: (t, l) => {
      const period = back(periods, own[t], l);
      const shares: Share[] = [];
      let days = 0;
      for (let position = t - 1; position >= -past.length; position--) {
        const { start, end } = datesAt(position);
        const overlap = Math.min(end, period.end) - Math.max(start, period.start);
        if (overlap <= 0) continue;
        shares.push({ age: t - position, weight: overlap });
        days += overlap;
      }
      // Where the stages leave out the period, those before it are as near as it gets.
      if (days === 0) return [{ age: l, weight: 1 }];
      return shares.map(({ age, weight }) => ({ age, weight: weight / days }));
    },
    season: (t, l) => back(periods, own[t], l).season,
    days: (position) => {
      const { start, end } = datesAt(position);
      return end - start;
    },
    at,
    before: (h, age) => {
      const period = past[age - 1];
      // What the inflow model takes for the mean there, which its base was made with: a lag of which nothing is known tells
      // nothing then.
      const expected = () => at(mean, -age, h);
      if (period === undefined) return expected();
      if (passed && age === 1) return observed(study, h, period) ?? expected();
      const given = study.inflowModel.pastInflows[h].values[age - 1 - (passed ? 1 : 0)];
      return given ?? meanOf(history(h), period) ?? expected();
    },
  };
}

function back(periods: LagPeriods, period: Period, lags: number): Period {
  let at = period;
  for (let l = 0; l < lags; l++) at = periods.before(at);
  return at;
}

/** Mean of the observations that lie in a period, weighted by days; `null` without any. */
function observed(study: Study, h: number, period: Period): number | null {
  let sum = 0;
  let days = 0;
  for (const { hydro, startDate, endDate, value } of study.inflowModel.recentObservations) {
    if (hydro !== h) continue;
    const overlap = Math.min(dayNumber(endDate), period.end) - Math.max(dayNumber(startDate), period.start);
    if (overlap <= 0) continue;
    sum += overlap * value;
    days += overlap;
  }
  return days === 0 ? null : sum / days;
}

/** The history of each hydro in the order of time: large cases have 100,000 of them, and places for each plant. */
function historyByHydro({ hydros, inflowModel: { history } }: Study): Observation[][] {
  const byHydro: Observation[][] = hydros.map(() => []);
  history?.hydro.forEach((h, row) => {
    byHydro[h].push({ day: dayNumber(history.date[row]), value: history.value[row] });
  });
  for (const observations of byHydro) observations.sort((a, b) => a.day - b.day);
  return byHydro;
}

/** Mean of the observations of a period, weighted by days, or `null`. */
function meanOf(observations: readonly Observation[], { start, end }: Period): number | null {
  const rows = observations.flatMap(({ day }, row) => (start <= day && day < end ? [row] : []));
  return rows.length === 0 ? null : meanByDays(observations, rows);
}
