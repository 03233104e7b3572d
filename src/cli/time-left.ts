import type { StoppingRule } from '../case/study.js';

/** Iterations looked back on: long enough to smooth, short enough to follow growing problems. */
const WINDOW = 20;

/**
 * Time until training ends at the latest [ms], or `null` while there is nothing to judge by. Iterations get slower as
 * cuts accumulate, about linearly, so a line is fitted through the latest times and summed over those to come.
 *
 * @param times duration of each iteration so far [ms]
 * @param elapsed since training began [ms]
 * @param done iterations so far, where those before a resumption are more than there are times of
 */
export function trainingTimeLeft(
  times: readonly number[],
  elapsed: number,
  rules: readonly StoppingRule[],
  mode: 'any' | 'all',
  done = times.length,
): number | null {
  const bounds: (number | null)[] = rules.map((rule) => {
    if (rule.type === 'iteration_limit') return iterationsTimeLeft(times, rule.limit - done);
    if (rule.type === 'time_limit') return Math.max(0, rule.seconds * 1000 - elapsed);
    return null;
  });
  const known = bounds.filter((bound) => bound !== null);
  if (mode === 'all') return known.length === rules.length && known.length > 0 ? Math.max(...known) : null;
  return known.length > 0 ? Math.min(...known) : null;
}

/** Expected duration of the next `count` iterations [ms]; `null` before the first is done. */
export function iterationsTimeLeft(times: readonly number[], count: number): number | null {
  if (count <= 0) return 0;
  if (times.length === 0) return null;
  const recent = times.slice(-WINDOW);
  const n = recent.length;
  const mean = recent.reduce((sum, time) => sum + time, 0) / n;
  const middle = (n - 1) / 2;
  let covariance = 0;
  let variance = 0;
  for (let i = 0; i < n; i++) {
    covariance += (i - middle) * (recent[i]! - mean);
    variance += (i - middle) ** 2;
  }
  // A falling line would promise negative times: problems with more cuts do not get faster.
  const slope = variance > 0 ? Math.max(0, covariance / variance) : 0;
  const averageAhead = mean + slope * (n - middle + (count - 1) / 2);
  return count * averageAhead;
}

/** Expected time for the rest of a simulation [ms], whose scenarios cost the same on average. */
export function simulationTimeLeft(complete: number, total: number, elapsed: number): number | null {
  if (complete <= 0) return null;
  return Math.max(0, ((total - complete) * elapsed) / complete);
}
