import type { StoppingRule } from '../case/study.js';
import { convergenceChart } from './convergence-chart.js';
import { formatCost, formatCount, formatDuration, formatExact, formatPercent, plural } from './format.js';
import { shownPath } from './shown-path.js';
import type { Style } from './style.js';
import type { RunSummary } from './summary.js';

/** Two-sided 95 % quantile of the normal distribution. */
export const NORMAL_QUANTILE_95 = 1.96;
const SHORT_DIGEST = 12;
const DEFAULT_WIDTH = 80;
const WIDEST = 100;

/** Why training ended, as a clause after "Training ended after N iterations:". */
export function terminationText(reason: string, rules: readonly StoppingRule[] = []): string {
  switch (reason) {
    case 'iteration_limit': {
      const rule = rules.find((one) => one.type === 'iteration_limit');
      return rule ? `the limit of ${formatCount(rule.limit)} was reached` : 'the iteration limit was reached';
    }
    case 'time_limit': {
      const rule = rules.find((one) => one.type === 'time_limit');
      return rule
        ? `the time limit of ${formatDuration(rule.seconds * 1000)} was reached`
        : 'the time limit was reached';
    }
    case 'bound_stalling': {
      const rule = rules.find((one) => one.type === 'bound_stalling');
      return rule
        ? `the lower bound moved less than ${formatTolerance(rule.tolerance)} over ${rule.iterations} iterations`
        : 'the lower bound stalled';
    }
    case 'all_rules':
      return 'all stopping rules hold';
    case 'interrupted':
      return 'it was interrupted';
    default:
      return reason;
  }
}

/** Tolerances are often far below what two decimals of a percent can show. */
function formatTolerance(tolerance: number): string {
  return `${Number((100 * tolerance).toPrecision(3))} %`;
}

/** A mean this many standard errors below a bound is no accident, even for costs with a long tail. */
const BEYOND_CHANCE = 6;

/** Half-width of the 95 % confidence interval of a mean. */
export function confidenceHalfWidth(std: number, count: number): number {
  return (NORMAL_QUANTILE_95 * std) / Math.sqrt(count);
}

/**
 * What the simulated mean says about the policy: a sentence comparing the lower bound with the mean's 95 % interval.
 */
export function boundVerdict(lowerBound: number, mean: number, std: number, count: number): string {
  const half = confidenceHalfWidth(std, count);
  if (Math.abs(mean - lowerBound) <= half || mean === lowerBound) {
    return 'The lower bound lies inside: optimal, as far as this can tell.';
  }
  const side = mean > lowerBound ? 'above' : 'below';
  const distance = lowerBound === 0 ? '' : `${formatPercent(Math.abs((mean - lowerBound) / lowerBound))} `;
  const beyondChance = lowerBound - mean > (BEYOND_CHANCE * std) / Math.sqrt(count);
  const advice =
    mean > lowerBound ? 'more iterations may help.' : beyondChance ? 'not by chance!' : 'a kind draw; simulate more.';
  return `Mean ${distance}${side} the lower bound: ${advice}`;
}

function row(name: string, value: string, style: Style): string {
  return `  ${style('dim', name.padEnd(13))}  ${value}`;
}

function trainingLines(
  training: NonNullable<RunSummary['training']>,
  rules: readonly StoppingRule[],
  style: Style,
  width: number,
): string[] {
  const clause = terminationText(training.terminationReason, rules);
  const lines = [style('bold', `Training ended after ${plural(training.iterations, 'iteration')}: ${clause}.`)];
  const chart = convergenceChart(training.history.lowerBound, training.history.upperBound, { width: width - 2 });
  if (chart.length > 0) {
    lines.push(
      ...chart,
      style('dim', '  ▄ lower bound   • upper bound, mean cost of the iteration   ↑ ↓ off the scale'),
    );
  }
  const error = training.upperBoundStdError;
  const spread = error === null || !Number.isFinite(error) ? '' : ` ± ${formatCost(error)}`;
  lines.push(
    row('Lower bound', `${formatCost(training.lowerBound)}   (${formatExact(training.lowerBound)})`, style),
    row('Upper bound', `${formatCost(training.upperBound)}${spread}   (${formatExact(training.upperBound)})`, style),
    row(
      'Gap',
      `${formatPercent(training.gap)} in the last iteration's sample; ${plural(training.totalCuts, 'cut')}`,
      style,
    ),
  );
  return lines;
}

function simulationLines(
  simulation: NonNullable<RunSummary['simulation']>,
  lowerBound: number | null,
  style: Style,
): string[] {
  const { scenarios, meanCost, stdCost } = simulation;
  if (meanCost === null) return [row('Simulation', plural(scenarios, 'scenario'), style)];
  const std = stdCost ?? Number.NaN;
  const lines = [
    row(
      'Simulated',
      `${formatCost(meanCost)} mean, ${plural(scenarios, 'scenario')}   (${formatExact(meanCost)})`,
      style,
    ),
  ];
  if (Number.isFinite(std) && scenarios > 1) {
    const half = confidenceHalfWidth(std, scenarios);
    const interval = `${formatCost(meanCost - half)} to ${formatCost(meanCost + half)}`;
    lines.push(row('95 % interval', `${interval}; one scenario spreads ± ${formatCost(std)}`, style));
    if (lowerBound !== null) lines.push(row('', boundVerdict(lowerBound, meanCost, std, scenarios), style));
  }
  return lines;
}

function timeText(summary: RunSummary): string {
  const parts: string[] = [];
  const trained = summary.training?.wallTimeMs ?? null;
  const simulated = summary.simulation?.wallTimeMs ?? null;
  if (trained !== null) parts.push(`training ${formatDuration(trained)}`);
  if (simulated !== null) parts.push(`simulation ${formatDuration(simulated)}`);
  const workers = summary.training?.workers ?? null;
  const on = workers === null ? '' : ` on ${plural(workers, 'worker')}`;
  return parts.length > 0 ? `${parts.join(', ')}${on}` : '';
}

/** Results for a person, on one screen of 80 by 24. */
export function renderResults(
  summary: RunSummary,
  outputDirectory: string,
  style: Style,
  { rules = [], width = DEFAULT_WIDTH }: { rules?: readonly StoppingRule[]; width?: number } = {},
): string {
  const lines: string[] = [];
  const { training, simulation } = summary;
  if (training) lines.push(...trainingLines(training, rules, style, Math.min(WIDEST, Math.max(40, width))));
  if (simulation) lines.push(...simulationLines(simulation, training?.lowerBound ?? null, style));
  if (summary.policyDigest) lines.push(row('Policy', `sha256 ${summary.policyDigest.slice(0, SHORT_DIGEST)}`, style));
  const time = timeText(summary);
  if (time) lines.push(row('Time', time, style));
  lines.push(row('Results', shownPath(outputDirectory), style));
  return `${lines.join('\n')}\n`;
}
