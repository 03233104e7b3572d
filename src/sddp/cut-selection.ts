import type { CutSettings } from '../case/study.js';
import type { CutArrays } from '../lp/cut-rows.js';

/** The cuts of one stage's cost-to-go, as far as a selection looks at them. */
interface SelectableCuts extends CutArrays {
  /** Slots in the stage problem, ascending. */
  readonly slots: Int32Array;
  /** By slot: one-based iteration that made the cut; 0 for cuts that the training began with. */
  readonly iteration: Int32Array;
}

/** Trial points that the stage ended at, in the order of their iterations. */
export interface TrialPoints {
  readonly count: number;
  readonly iteration: Int32Array;
  /** `[point * states + s]` */
  readonly states: Float64Array;
}

/** What the trial points say about each of `slots`, by its position there. */
interface Activity {
  /** Trial points at which the cut is active, and the last iteration of one of them (that which made it, if later). */
  readonly points: Int32Array;
  readonly last: Int32Array;
  /** 1 where the cut lies more than epsilon below the highest at every point. */
  readonly dominated: Uint8Array;
}

/** What a selection says about a cut: it stays, the method takes it out, or the limit of active cuts does. */
export const VERDICT = { kept: 0, dropped: 1, evicted: 2 } as const;

/**
 * The verdict on each of a stage problem's cuts after `iteration`, by position in `slots`. Out go those that the method
 * does not keep, then, while there are more than the limit allows, those that were active longest ago, less often, and
 * made first. Cuts of this iteration stay. A function of the cuts and the trial points alone, so that every rank, and a
 * resumed training, decides the same.
 *
 * Sources: de Matos, Philpott and Finardi (2015), Improving the performance of stochastic dual dynamic programming
 * (level 1: what is highest at a visited state stays); Guigues and Bandarra (2019), Single cut and multicut SDDP with cut
 * selection, on methods that keep less; the memory in iterations is that of the case format.
 */
export function verdicts(
  settings: CutSettings,
  cuts: SelectableCuts,
  points: TrialPoints,
  states: number,
  iteration: number,
): Uint8Array {
  const { selection, activityTolerance, maxActivePerStage } = settings;
  const { slots } = cuts;
  const checked = selection !== null && iteration % selection.checkFrequency === 0;
  const excess = maxActivePerStage === null ? 0 : slots.length - maxActivePerStage;
  const dropped = new Uint8Array(slots.length);
  if (slots.length === 0 || points.count === 0 || !(checked || excess > 0)) return dropped;

  const epsilon = selection?.method === 'domination' ? selection.epsilon : 0;
  const activity = activityOf(cuts, points, states, activityTolerance, epsilon);
  const isOld = (k: number) => cuts.iteration[slots[k]] < iteration;
  if (checked)
    for (let k = 0; k < slots.length; k++) if (isOld(k)) dropped[k] = goes(selection, activity, k, iteration);

  let left = excess - dropped.reduce((sum, each) => sum + each, 0);
  if (left > 0) {
    const order = Array.from(slots.keys()).filter((k) => dropped[k] === VERDICT.kept && isOld(k));
    order.sort((a, b) => activity.last[a] - activity.last[b] || activity.points[a] - activity.points[b] || a - b);
    for (const k of order) {
      if (left-- <= 0) break;
      dropped[k] = VERDICT.evicted;
    }
  }
  return dropped;
}

function goes(
  selection: NonNullable<CutSettings['selection']>,
  { points, last, dominated }: Activity,
  k: number,
  iteration: number,
): 0 | 1 {
  switch (selection.method) {
    case 'level1':
      return points[k] <= selection.threshold ? 1 : 0;
    case 'lml1':
      return iteration - last[k] > selection.memoryWindow ? 1 : 0;
    case 'domination':
      return dominated[k] === 1 ? 1 : 0;
  }
}

function activityOf(
  { slots, intercept, gradient, opening, iteration }: SelectableCuts,
  points: TrialPoints,
  states: number,
  tolerance: number,
  epsilon: number,
): Activity {
  const n = slots.length;
  const activity: Activity = {
    points: new Int32Array(n),
    last: Int32Array.from(slots, (slot) => iteration[slot]),
    dominated: new Uint8Array(n).fill(1),
  };
  const values = new Float64Array(n);
  // Cuts of different openings bound different things: only those of one are compared.
  const group = Int32Array.from(slots, (slot) => 1 + (opening?.[slot] ?? -1));
  const highest = new Float64Array(1 + group.reduce((most, each) => Math.max(most, each), 0));
  for (let p = 0; p < points.count; p++) {
    const at = p * states;
    highest.fill(Number.NEGATIVE_INFINITY);
    for (let k = 0; k < n; k++) {
      const from = slots[k] * states;
      let value = intercept[slots[k]];
      for (let s = 0; s < states; s++) value += gradient[from + s] * points.states[at + s];
      values[k] = value;
      if (value > highest[group[k]]) highest[group[k]] = value;
    }
    for (let k = 0; k < n; k++) {
      const top = highest[group[k]];
      if (values[k] >= top - epsilon) activity.dominated[k] = 0;
      if (values[k] < top - tolerance) continue;
      activity.points[k]++;
      if (points.iteration[p] > activity.last[k]) activity.last[k] = points.iteration[p];
    }
  }
  return activity;
}
