import { dayNumber } from '../case/dates.js';
import type { Study } from '../case/study.js';
import { LagPeriods, type Period } from './lag-periods.js';

/**
 * Inflow as a linear function of earlier inflow, for H hydros and lags 1 to L:
 * `inflow = base[t * H + h] + sum_l psi[(t * H + h) * L + l - 1] lag_l + sigma[t * H + h] noise`, in m3/s.
 */
export interface InflowParameters {
  readonly maxOrder: number;
  /** Mean inflow of each stage: `mean[t * H + h]`. */
  readonly mean: Float64Array;
  readonly base: Float64Array;
  readonly psi: Float64Array;
  readonly sigma: Float64Array;
}

/** Rows of numbers that are mostly zero: row i holds `value[e]` at `index[e]` for `start[i] <= e < start[i + 1]`. */
export interface SparseRows {
  readonly start: Int32Array;
  readonly index: Int32Array;
  readonly value: Float64Array;
}

/** One stage's part of the memory: see `InflowModel`. */
export interface StageMemory {
  /** By hydro, over the memory. */
  readonly lag: SparseRows;
  /** By memory variable, over the memory before the stage and over the stage's inflows. */
  readonly keep: SparseRows;
  readonly add: SparseRows;
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
  readonly stages: readonly StageMemory[] | null;
}

/** A mean of inflows: `weight` of the one that stands `age` places before the stage. */
interface Share {
  readonly age: number;
  readonly weight: number;
}

export function buildInflowModel(study: Study, parameters: InflowParameters): InflowModel {
  const H = study.hydros.length;
  const { maxOrder } = parameters;
  if (maxOrder === 0 || H === 0) return { ...parameters, memory: 0, initial: new Float64Array(0), stages: null };
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
  if (memory === 0) return { ...parameters, maxOrder: 0, memory, initial: new Float64Array(0), stages: null };
  const initial = new Float64Array(memory);
  for (let age = 1; age <= depth; age++) {
    for (let h = 0; h < H; h++) initial[(age - 1) * H + h] = timeline.before(h, age);
  }
  const shift = shiftRows(depth, H);
  const stages = shares.map((lags, t) => ({ lag: lagRows(parameters, lags, t, H), ...shift }));
  return { ...parameters, memory, initial, stages };
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
  return sparse(hydros, (h, put) => {
    lags.forEach((mean, l) => {
      const coefficient = psi[(t * hydros + h) * maxOrder + l];
      if (coefficient === 0) return;
      for (const { age, weight } of mean) put((age - 1) * hydros + h, coefficient * weight);
    });
  });
}

/** Everything moves back by one place; the stage's own inflow comes first. */
function shiftRows(depth: number, hydros: number): Pick<StageMemory, 'keep' | 'add'> {
  return {
    keep: sparse(depth * hydros, (i, put) => {
      if (i >= hydros) put(i - hydros, 1);
    }),
    add: sparse(depth * hydros, (i, put) => {
      if (i < hydros) put(i, 1);
    }),
  };
}

/** Builds rows of which each column may be put to several times; columns ascend within a row. */
function sparse(rows: number, fill: (row: number, put: (column: number, value: number) => void) => void): SparseRows {
  const start = new Int32Array(rows + 1);
  const index: number[] = [];
  const value: number[] = [];
  for (let row = 0; row < rows; row++) {
    const entries = new Map<number, number>();
    fill(row, (column, amount) => entries.set(column, (entries.get(column) ?? 0) + amount));
    for (const [column, amount] of [...entries].sort((a, b) => a[0] - b[0])) {
      index.push(column);
      value.push(amount);
    }
    start[row + 1] = index.length;
  }
  return { start, index: Int32Array.from(index), value: Float64Array.from(value) };
}

/** Inflows in the order of time: those before the study, then one a stage. */
interface Timeline {
  /** The mean that lag l of stage t is. */
  lag(t: number, l: number): readonly Share[];
  /** Inflow of a hydro that stood `age` places before stage 0 [m3/s]. */
  before(h: number, age: number): number;
}

function buildTimeline(study: Study, parameters: InflowParameters): Timeline {
  const { seasons } = study.inflowModel;
  const periods = seasons === null ? null : new LagPeriods(seasons);
  const own = study.stages.map((stage) => periods?.of(stage) ?? null);
  return periods === null || own.some((period) => period === null)
    ? stageTimeline(study, parameters)
    : calendarTimeline(study, parameters, periods, own as Period[]);
}

/** Without seasons a lag is a stage. */
function stageTimeline(study: Study, { mean }: InflowParameters): Timeline {
  return {
    lag: (_, l) => [{ age: l, weight: 1 }],
    before: (h, age) => study.inflowModel.pastInflows[h].values[age - 1] ?? mean[h],
  };
}

function calendarTimeline(
  study: Study,
  parameters: InflowParameters,
  periods: LagPeriods,
  own: readonly Period[],
): Timeline {
  const { maxOrder, mean } = parameters;
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
  return {
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
      return shares.map(({ age, weight }) => ({ age, weight: weight / days }));
    },
    before: (h, age) => {
      const period = past[age - 1];
      if (period === undefined) return mean[h];
      if (passed && age === 1) return observed(study, h, period) ?? seasonMean(study, parameters, h, period);
      const given = study.inflowModel.pastInflows[h].values[age - 1 - (passed ? 1 : 0)];
      return given ?? fromHistory(study, h, period) ?? seasonMean(study, parameters, h, period);
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

/** Mean of what the history holds of a period, or `null`. */
function fromHistory(study: Study, h: number, period: Period): number | null {
  const { history } = study.inflowModel;
  if (history === null) return null;
  let sum = 0;
  let count = 0;
  for (let row = 0; row < history.hydro.length; row++) {
    if (history.hydro[row] !== h) continue;
    const day = dayNumber(history.date[row]);
    if (day < period.start || day >= period.end) continue;
    sum += history.value[row];
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
