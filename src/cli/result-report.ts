import type { StoppingRule } from '../case/study.js';
import { NORMAL_QUANTILE_95 } from '../sddp/bounds.js';
import { convergenceChart } from './convergence-chart.js';
import { formatCost, formatCount, formatDuration, formatExact, formatGap, formatPercent, plural } from './format.js';
import { shownPath } from './shown-path.js';
import type { Style } from './style.js';
import type { RunSummary } from './summary.js';

const SHORT_DIGEST = 12;
const DEFAULT_WIDTH = 80;
const WIDEST = 100;
/** Below this a chart would show nothing. */
const NARROWEST_CHART = 40;

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
    case 'simulation_based': {
      const rule = rules.find((one) => one.type === 'simulation');
      return rule
        ? `bound and policy are stable: ${formatCount(rule.replications)} simulated scenarios moved less than ${formatTolerance(rule.distanceTolerance)}`
        : 'bound and simulated policy are stable';
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
    mean > lowerBound
      ? 'more iterations or more scenarios may help.'
      : beyondChance
        ? 'not by chance!'
        : 'a kind draw; simulate more.';
  return `Mean ${distance}${side} the lower bound: ${advice}`;
}

/** A gap below this many standard errors may be an accident of the sample. */
const NOISY_ERRORS = 2;

/**
 * What the last iteration's paths say about the gap: a percentage only where it stands out from their sampling error.
 */
export function gapText(
  training: Pick<NonNullable<RunSummary['training']>, 'lowerBound' | 'upperBound' | 'upperBoundStdError' | 'paths'>,
): string {
  const { lowerBound, upperBound, paths } = training;
  const error = training.upperBoundStdError ?? Number.NaN;
  const sample = paths === null ? "the last iteration's paths" : plural(paths, 'path');
  const distance = upperBound - lowerBound;
  if (!Number.isFinite(distance)) return '-';
  if (paths === 1 || !Number.isFinite(error)) return 'not to be told from a single path';
  // Paths that all cost the same leave nothing but rounding between the bounds.
  const negligible = distance === 0 || formatGap(Math.abs(distance / lowerBound)) === formatGap(0);
  const noisy = Math.abs(distance) <= NOISY_ERRORS * error;
  const exact = error === 0 || formatGap(error / Math.abs(lowerBound)) === formatGap(0);
  if (noisy && !(negligible && exact)) {
    return `within the sampling error of ${sample}`;
  }
  if (negligible) return `${formatGap(0)} in the last iteration's sample`;
  if (distance < 0) return `none: ${sample} cost less than the lower bound`;
  return `${distanceText(distance, lowerBound)} in the last iteration's sample`;
}

/** A distance from the lower bound relative to its size, which revenue may make that of a negative number; in $ from 0. */
function distanceText(distance: number, lowerBound: number): string {
  return lowerBound === 0 ? formatCost(distance) : formatGap(distance / Math.abs(lowerBound));
}

/** Width of the names before the values, with the spaces around them. */
const NAME_WIDTH = 17;
/** Values get at least this much, however narrow the terminal. */
const LEAST_VALUE_WIDTH = 20;

/** Text in lines no longer than `width`, broken between words; a longer word stands alone. */
export function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const [separator, word] of Array.from(
    text.matchAll(/(\s*)(\S+)/g),
    (match) => [match[1]!, match[2]!] as const,
  )) {
    if (line !== '' && line.length + separator.length + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line += separator + word;
    }
  }
  return [...lines, line];
}

/** How lines are written: in which style, and how wide. */
interface Page {
  readonly style: Style;
  readonly width: number;
}

/** A name and its value, which goes on below itself where it is too long. */
function row(name: string, value: string, { style, width }: Page): string[] {
  const [first, ...rest] = wrapWords(value, Math.max(LEAST_VALUE_WIDTH, width - NAME_WIDTH));
  return [
    `  ${style('dim', name.padEnd(NAME_WIDTH - 4))}  ${first}`,
    ...rest.map((line) => `${' '.repeat(NAME_WIDTH)}${line}`),
  ];
}

/** A cost rounded, with something about it, and to the cent. */
function costText(cost: number, about: string): string {
  return `${formatCost(cost)}${about}   (${formatExact(cost)})`;
}

function headingLines(
  training: NonNullable<RunSummary['training']>,
  rules: readonly StoppingRule[],
  { style, width }: Page,
): string[] {
  const clause = terminationText(training.terminationReason, rules);
  const before = training.iterationsBefore ?? 0;
  const resumed = before > 0 ? `, resumed after ${formatCount(before)}` : '';
  const heading = `Training ended after ${plural(training.iterations, 'iteration')}${resumed}: ${clause}.`;
  const lines = wrapWords(heading, width).map((line) => style('bold', line));
  if (width < NARROWEST_CHART) return lines;
  const chart = convergenceChart(training.history.lowerBound, training.history.upperBound, { width: width - 2 });
  if (chart.length === 0) return lines;
  const dots = training.riskAverse ? 'mean cost' : 'upper bound, mean cost';
  const legend = wrapWords(`  ▄ lower bound   • ${dots} of the iteration   ↑ ↓ off the scale`, width);
  return [...lines, ...chart, ...legend.map((line) => style('dim', line))];
}

function lowerBoundLines(training: NonNullable<RunSummary['training']>, page: Page): string[] {
  return row('Lower bound', costText(training.lowerBound, ''), page);
}

/** The upper bound by inner approximation, where there is one. */
function optimumLines(training: NonNullable<RunSummary['training']>, page: Page): string[] {
  const { lowerBound, deterministicUpperBound: above } = training;
  if (above === null) return [];
  const distance = `, ${distanceText(above - lowerBound, lowerBound)} above the lower bound`;
  return row('Optimum', `at most ${formatCost(above)} for certain${distance}`, page);
}

function sampleLines(training: NonNullable<RunSummary['training']>, page: Page): string[] {
  const error = training.upperBoundStdError;
  const spread = error === null || training.paths === 1 || !Number.isFinite(error) ? '' : ` ± ${formatCost(error)}`;
  if (training.riskAverse) {
    return [
      ...row('Expected cost', costText(training.upperBound, spread), page),
      ...row('Gap', `${NO_GAP_UNDER_RISK}; ${plural(training.totalCuts, 'cut')}`, page),
    ];
  }
  return [
    ...row('Upper bound', costText(training.upperBound, spread), page),
    ...row('Gap', `${gapText(training)}; ${plural(training.totalCuts, 'cut')}`, page),
  ];
}

function simulationLines(simulation: NonNullable<RunSummary['simulation']>, page: Page): string[] {
  const { scenarios, meanCost, stdCost } = simulation;
  if (meanCost === null) return row('Simulation', plural(scenarios, 'scenario'), page);
  const lines = row('Simulated', costText(meanCost, ` mean, ${plural(scenarios, 'scenario')}`), page);
  if (stdCost === null || !Number.isFinite(stdCost) || scenarios < 2) return lines;
  const half = confidenceHalfWidth(stdCost, scenarios);
  const interval = `${formatCost(meanCost - half)} to ${formatCost(meanCost + half)}`;
  return [...lines, ...row('95 % interval', `${interval}; one scenario spreads ± ${formatCost(stdCost)}`, page)];
}

function verdictLines(lowerBound: number, simulation: NonNullable<RunSummary['simulation']>, page: Page): string[] {
  const { scenarios, meanCost, stdCost } = simulation;
  if (meanCost === null || stdCost === null || !Number.isFinite(stdCost) || scenarios < 2) return [];
  if (simulation.comparesWithBound === false) return row('', OTHER_SCENARIOS, page);
  return row('', boundVerdict(lowerBound, meanCost, stdCost, scenarios), page);
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

/** What stands where the mean would be compared with the lower bound. */
const OTHER_SCENARIOS =
  'Not to be compared with the lower bound: the scenarios are not those that the policy was trained on.';

/** What stands where the gap would: the two numbers are of different things. */
const NO_GAP_UNDER_RISK = 'none: the lower bound is of the risk-adjusted cost, sampled costs are not';

/** Results for a person, on one screen of 80 by 24. */
export function renderResults(
  summary: RunSummary,
  outputDirectory: string,
  style: Style,
  { rules = [], width = DEFAULT_WIDTH }: { rules?: readonly StoppingRule[]; width?: number } = {},
): string {
  const page: Page = { style, width: Math.min(WIDEST, width) };
  const { training, simulation } = summary;
  const lines: string[] = [];
  if (training) lines.push(...headingLines(training, rules, page));
  // What the policy costs comes first, then how far that can be from the best.
  if (simulation) lines.push(...simulationLines(simulation, page));
  if (training) lines.push(...lowerBoundLines(training, page));
  if (training && simulation && !training.riskAverse)
    lines.push(...verdictLines(training.lowerBound, simulation, page));
  if (training) lines.push(...optimumLines(training, page), ...sampleLines(training, page));
  if (summary.policyDigest) lines.push(...row('Policy', `sha256 ${summary.policyDigest.slice(0, SHORT_DIGEST)}`, page));
  const time = timeText(summary);
  if (time) lines.push(...row('Time', time, page));
  // A path is to be copied: never broken.
  lines.push(...row('Results', shownPath(outputDirectory), { style, width: Number.POSITIVE_INFINITY }));
  return `${lines.join('\n')}\n`;
}
