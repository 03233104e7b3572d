import { dayNumber } from '../case/dates.js';
import type { Study } from '../case/study.js';
import type { LinearMemory } from '../math/linear-memory.js';
import { type SparseRows, sparseRows } from '../math/sparse-rows.js';
import { type LagPeriods, lagPeriodsOf, type Period } from './lag-periods.js';

/**
 * Inflow as a linear function of earlier inflow, for H hydros and lags 1 to L:
 * `inflow = base[t * H + h] + sum_l psi[(t * H + h) * L + l - 1] lag_l + sigma[t * H + h] noise`, in m3/s.
 */
export interface InflowParameters {
  readonly maxOrder: number;
  /** Mean inflow of each stage: `mean[t * H + h]`. */
  readonly mean: Float64Array;
  /** The same of the periods before the study that lags reach: `pastMean[k * H + h]`, the latest first. */
  readonly pastMean: Float64Array;
  readonly base: Float64Array;
  readonly psi: Float64Array;
  readonly sigma: Float64Array;
}

/**
 * What the state must remember of inflow so that every stage knows its lags. The memory holds the inflows of the last
 * stages, latest first, hydro by hydro: `memory[(j - 1) * H + h]` is that of j stages ago, before the study that of the
 * lag periods. Where a stage is a lag period, as in monthly studies, these are the lags themselves. Where a month is made
 * of weeks, or a quarter follows months, a lag is a mean of several of them, weighted by days.
 * Source: Maceira and Damazio (2006) for the recursion; the specification's math/par-inflow-model.md.
 */
export interface InflowModel extends InflowParameters {
  /** Number of memory variables. */
  readonly memory: number;
  /** The memory that stage 0 begins with [m3/s]. */
  readonly initial: Float64Array;
  /** By stage; `null` where nothing is remembered. */
  readonly stages: readonly LinearMemory[] | null;
  /**
   * Which lag of stage 0 each place before the study is, latest first: 1 and on; 0 for the part of stage 0's own period
   * that has passed.
   */
  readonly lagOfPlace: readonly number[];
}

/** The memory that a series begins with whose inflow before it was `lags[h * L + l]` (lag 1 first) instead of the case's. */
export function memoryOfLags(model: InflowModel, hydros: number, lags: Float64Array): Float64Array {
  const memory = model.initial.slice();
  const given = hydros === 0 ? 0 : lags.length / hydros;
  model.lagOfPlace.forEach((lag, place) => {
    // What has passed of a period in progress is nearest to the period before it.
    const l = Math.max(lag, 1);
    if (l > given) return;
    for (let h = 0; h < hydros; h++) memory[place * hydros + h] = lags[h * given + l - 1];
  });
  return memory;
}

/** A mean of inflows: `weight` of the one that stands `age` places before the stage. */
interface Share {
  readonly age: number;
  readonly weight: number;
}

export function buildInflowModel(study: Study, parameters: InflowParameters): InflowModel {
  const H = study.hydros.length;
  const { maxOrder } = parameters;
  if (maxOrder === 0 || H === 0)
    return { ...parameters, memory: 0, initial: new Float64Array(0), stages: null, lagOfPlace: [] };
  const timeline = buildTimeline(study, parameters);
  const shares = study.stages.map((_, t) => Array.from({ length: maxOrder }, (__, l) => timeline.lag(t, l + 1)));
  let depth = 0;
  shares.forEach((lags, t) => {
    lags.forEach((mean, l) => {
      // Only what some plant looks back to is kept.
      if (!anyCoefficient(parameters, H, t, l)) return;
      for (const { age } of mean) depth = Math.max(depth, age);
    });
  });
  const memory = depth * H;
  if (memory === 0)
    return { ...parameters, maxOrder: 0, memory, initial: new Float64Array(0), stages: null, lagOfPlace: [] };
  const initial = new Float64Array(memory);
  for (let age = 1; age <= depth; age++) {
    for (let h = 0; h < H; h++) initial[(age - 1) * H + h] = timeline.before(h, age);
  }
  const shift = shiftRows(depth, H);
  const stages = shares.map((lags, t) => ({ lag: lagRows(parameters, lags, t, H), ...shift }));
  const lagOfPlace = Array.from({ length: depth }, (_, place) => place + 1 - timeline.passed);
  return { ...parameters, memory, initial, stages, lagOfPlace };
}

function anyCoefficient({ psi, maxOrder }: InflowParameters, hydros: number, t: number, l: number): boolean {
  for (let h = 0; h < hydros; h++) if (psi[(t * hydros + h) * maxOrder + l] !== 0) return true;
  return false;
}

function lagRows(
  { psi, maxOrder }: InflowParameters,
  lags: readonly (readonly Share[])[],
  t: number,
  hydros: number,
): SparseRows {
  return sparseRows(hydros, (h, put) => {
    lags.forEach((mean, l) => {
      const coefficient = psi[(t * hydros + h) * maxOrder + l];
      if (coefficient === 0) return;
      for (const { age, weight } of mean) put((age - 1) * hydros + h, coefficient * weight);
    });
  });
}

/** Everything moves back by one place; the stage's own inflow comes first. */
function shiftRows(depth: number, hydros: number): Pick<LinearMemory, 'keep' | 'add'> {
  return {
    keep: sparseRows(depth * hydros, (i, put) => {
      if (i >= hydros) put(i - hydros, 1);
    }),
    add: sparseRows(depth * hydros, (i, put) => {
      if (i < hydros) put(i, 1);
    }),
  };
}

/** Inflows in the order of time: those before the study, then one a stage. */
interface Timeline {
  /** Places before stage 0 that belong to its own period: 0 or 1. */
  readonly passed: number;
  /** The mean that lag l of stage t is. */
  lag(t: number, l: number): readonly Share[];
  /** Inflow of a hydro that stood `age` places before stage 0 [m3/s]. */
  before(h: number, age: number): number;
}

function buildTimeline(study: Study, parameters: InflowParameters): Timeline {
  const periods = lagPeriodsOf(study);
  return periods === null
    ? stageTimeline(study, parameters)
    : calendarTimeline(study, parameters, periods.calendar, periods.own);
}

/** Without seasons a lag is a stage. */
function stageTimeline(study: Study, { mean, pastMean }: InflowParameters): Timeline {
  const H = study.hydros.length;
  return {
    passed: 0,
    lag: (_, l) => [{ age: l, weight: 1 }],
    before: (h, age) => study.inflowModel.pastInflows[h].values[age - 1] ?? pastMean[(age - 1) * H + h] ?? mean[h],
  };
}

function calendarTimeline(
  study: Study,
  parameters: InflowParameters,
  periods: LagPeriods,
  own: readonly Period[],
): Timeline {
  const { maxOrder, mean, pastMean } = parameters;
  const H = study.hydros.length;
  const stages = study.stages.map((stage) => ({ start: dayNumber(stage.startDate), end: dayNumber(stage.endDate) }));
  const first = own[0];
  /** What lies before stage 0, latest first: what of its own period has passed, then the lag periods before that. */
  const past: Period[] = [];
  const passed = first.start < stages[0].start;
  if (passed) past.push({ start: first.start, end: stages[0].start, season: first.season });
  const lagPeriods: Period[] = [];
  // As far back as any stage may look: lags of the longest kind, counted in the shortest.
  const furthest = Math.min(...own.map((period) => back(periods, period, maxOrder).start));
  for (let period = periods.before(first); lagPeriods.length < maxOrder || period.end > furthest; ) {
    lagPeriods.push(period);
    period = periods.before(period);
  }
  past.push(...lagPeriods);
  const at = (position: number) => (position >= 0 ? stages[position] : past[-1 - position]);
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
        const { start, end } = at(position);
        const overlap = Math.min(end, period.end) - Math.max(start, period.start);
        if (overlap <= 0) continue;
        shares.push({ age: t - position, weight: overlap });
        days += overlap;
      }
      // Where the stages leave out the period, those before it are as near as it gets.
      if (days === 0) return [{ age: l, weight: 1 }];
      return shares.map(({ age, weight }) => ({ age, weight: weight / days }));
    },
    before: (h, age) => {
      const period = past[age - 1];
      if (period === undefined) return mean[h];
      if (passed && age === 1) return observed(study, h, period) ?? seasonMean(study, parameters, h, period);
      const lag = age - 1 - (passed ? 1 : 0);
      const given = study.inflowModel.pastInflows[h].values[lag];
      // What the inflow model takes for the mean there, which its base was made with: a lag of which nothing is known tells
      // nothing then.
      const expected = pastMean[lag * H + h] ?? seasonMean(study, parameters, h, period);
      return given ?? meanOf(history(h), period) ?? expected;
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

interface Observation {
  readonly day: number;
  readonly value: number;
}

/** The history of each hydro in the order of its rows: large cases have 100,000 of them, and places for each plant. */
function historyByHydro({ hydros, inflowModel: { history } }: Study): Observation[][] {
  const byHydro: Observation[][] = hydros.map(() => []);
  history?.hydro.forEach((h, row) => {
    byHydro[h].push({ day: dayNumber(history.date[row]), value: history.value[row] });
  });
  return byHydro;
}

/** Mean of the observations of a period, or `null`. */
function meanOf(observations: readonly Observation[], { start, end }: Period): number | null {
  let sum = 0;
  let count = 0;
  for (const { day, value } of observations) {
    if (day < start || day >= end) continue;
    sum += value;
    count++;
  }
  return count === 0 ? null : sum / count;
}

/** Mean of the first stage of the period's season, of stages before the study first; of stage 0 where there is none. */
function seasonMean(study: Study, { mean }: InflowParameters, h: number, period: Period): number {
  const { preStudyStages, preStudyMean } = study.inflowModel;
  const H = study.hydros.length;
  if (period.season !== null) {
    const before = preStudyStages.findIndex(({ season }) => season === period.season);
    if (before >= 0 && !Number.isNaN(preStudyMean[before * H + h])) return preStudyMean[before * H + h];
    const t = study.stages.findIndex(({ season }) => season === period.season);
    if (t >= 0) return mean[t * H + h];
  }
  return mean[h];
}
