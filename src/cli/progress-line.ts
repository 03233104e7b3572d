import type { StoppingRule } from '../case/study.js';
import type { ProgressEvent } from '../options.js';
import { NORMAL_QUANTILE_95 } from '../sddp/bounds.js';
import { iterationLimit } from '../sddp/stopping-rules.js';
import { formatClock, formatCost, formatDuration, formatGap } from './format.js';
import { trainingTimeLeft } from './time-left.js';

/** About so many lines tell of a training where nothing may be redrawn. */
const LINES_PER_TRAINING = 10;

/** Lines are due every this many iterations. */
export function linePeriod(rules: readonly StoppingRule[]): number {
  const limit = iterationLimit(rules);
  return limit === null ? LINES_PER_TRAINING : Math.max(1, Math.ceil(limit / LINES_PER_TRAINING));
}

/**
 * Bounds of one iteration: `LB $ 3.052 M  UB $ 3.071 M ± 24.11 k  gap 0.62 %`, ± being half the 95 % interval. Where the
 * mean cost of the paths is no upper bound (`isBound`), or is that of a single path, it is called what it is, and there is
 * no gap.
 */
export function boundsText(event: ProgressEvent, isBound: boolean): string {
  const error = event.upperBoundStdError;
  const name = error === null ? 'last path' : isBound ? 'UB' : 'mean cost';
  const spread = error === null || error === 0 ? '' : ` ± ${formatCost(NORMAL_QUANTILE_95 * error).slice(2)}`;
  const gap = name === 'UB' ? `  gap ${formatGap(event.gap)}` : '';
  return `LB ${formatCost(event.lowerBound)}  ${name} ${formatCost(event.upperBound)}${spread}${gap}`;
}

/** The same, short enough for a terminal of 80 columns beside a bar. */
export function shortBoundsText(event: ProgressEvent, isBound: boolean): string {
  return boundsText(event, isBound).replaceAll('$ ', '').replaceAll('  ', ' ');
}

/** `0:03, ~0:09 left`. */
export function clockText(elapsed: number, left: number | null): string {
  return !left ? formatClock(elapsed) : `${formatClock(elapsed)}, ~${formatClock(left)} left`;
}

/** `3.2 s, ~9.1 s left`; only the first part when nothing is left or there is nothing to judge by. */
export function timeText(elapsed: number, left: number | null): string {
  return !left ? formatDuration(elapsed) : `${formatDuration(elapsed)}, ~${formatDuration(left)} left`;
}

/** Keeps the durations of iterations and tells the time left after each. */
export function trainingClock(rules: readonly StoppingRule[], mode: 'any' | 'all') {
  const times: number[] = [];
  return (event: ProgressEvent): number | null => {
    if (event.iterationTimeMs !== null) times.push(event.iterationTimeMs);
    return trainingTimeLeft(times, event.wallTimeMs, rules, mode, event.iteration ?? times.length);
  };
}
