import type { Study } from '../case/study.js';
import { CobreError } from '../errors.js';
import type { LinearMemory } from '../math/linear-memory.js';
import { type SparseRows, sparseRows } from '../math/sparse-rows.js';
import { buildTimeline, lagShares, momentsOf, type Share, type Timeline } from './timeline.js';

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
  /** Lags of stage 0 that the memory begins with, at least `maxOrder`: a quarter's lag is three months before the study. */
  readonly initialLags: number;
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

export function buildInflowModel(study: Study, parameters: InflowParameters): InflowModel {
  const H = study.hydros.length;
  const { maxOrder } = parameters;
  if (maxOrder === 0 || H === 0)
    return { ...parameters, memory: 0, initial: new Float64Array(0), stages: null, lagOfPlace: [], initialLags: 0 };
  const { mean, pastMean } = parameters;
  const moments = momentsOf(study, mean, pastMean, study.inflowModel.preStudyMean);
  const timeline = buildTimeline(study, maxOrder, moments);
  const shares = lagShares(study, timeline, maxOrder);
  let depth = 0;
  let initialLags = maxOrder;
  shares.forEach((lags, t) => {
    lags.forEach((mean, l) => {
      // Only what some plant looks back to is kept.
      if (!anyCoefficient(parameters, H, t, l)) return;
      for (const { age } of mean) {
        depth = Math.max(depth, age);
        initialLags = Math.max(initialLags, age - t - timeline.passed);
      }
    });
  });
  const memory = depth * H;
  checkReturn(study, parameters, shares, timeline);
  if (memory === 0)
    return {
      ...parameters,
      maxOrder: 0,
      memory,
      initial: new Float64Array(0),
      stages: null,
      lagOfPlace: [],
      initialLags: 0,
    };
  const initial = new Float64Array(memory);
  for (let age = 1; age <= depth; age++) {
    for (let h = 0; h < H; h++) initial[(age - 1) * H + h] = timeline.before(h, age);
  }
  const shift = shiftRows(depth, H);
  const stages = shares.map((lags, t) => ({ lag: lagRows(parameters, lags, t, H), ...shift }));
  const lagOfPlace = Array.from({ length: depth }, (_, place) => place + 1 - timeline.passed);
  return { ...parameters, memory, initial, stages, lagOfPlace, initialLags };
}

/**
 * In a cyclic graph the stages of the cycle come again after the last one: what stands before them then has to be of the kind
 * that stood before them the first time, or their lags would be something else.
 * @throws CobreError `NotSupported`
 */
function checkReturn(
  { stages, hydros, cycleStart }: Study,
  parameters: InflowParameters,
  shares: readonly (readonly (readonly Share[])[])[],
  timeline: Timeline,
): void {
  if (cycleStart === null) return;
  const length = stages.length - cycleStart;
  for (let t = cycleStart; t < stages.length; t++) {
    shares[t].forEach((lags, l) => {
      if (!anyCoefficient(parameters, hydros.length, t, l)) return;
      for (const { age } of lags) {
        const first = t - age;
        if (first >= cycleStart) continue;
        const again = cycleStart + ((((first - cycleStart) % length) + length) % length);
        if (alike(timeline.days(first), timeline.days(again))) continue;
        throw new CobreError(
          'NotSupported',
          `lag ${l + 1} of stage ${stages[t].id} would be another period when the stage comes again after stage ${stages[stages.length - 1].id}`,
          {
            file: 'stages.json',
            field: 'policy_graph.transitions',
            value: stages[cycleStart].id,
            suggestion:
              'Begin the study where a season begins, with stages of the kind that the cycle has, or lead back to a later stage.',
          },
        );
      }
    });
  }
}

/** Months differ in length by a tenth; a part of one is none. */
const ALIKE = 0.8;

function alike(a: number | null, b: number | null): boolean {
  return a === null || b === null || Math.min(a, b) >= ALIKE * Math.max(a, b);
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
