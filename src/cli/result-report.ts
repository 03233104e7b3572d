import type { StoppingRule } from '../case/study.js';
import { NORMAL_QUANTILE_95 } from '../sddp/bounds.js';
import {
  boundVerdict,
  confidenceHalfWidth,
  costToGoText,
  doubtTexts,
  gapText,
  OTHER_SCENARIOS,
  optimumText,
} from './bound-verdict.js';
import { convergenceChart } from './convergence-chart.js';
import { formatCost, formatCount, formatDuration, formatExact, plural } from './format.js';
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
  const mean = training.comparesWithBound ? 'upper bound, mean cost' : 'mean cost';
  const dots = training.upperBoundStdError === null ? "cost of the iteration's path" : `${mean} of the iteration`;
  const legend = wrapWords(`  ▄ lower bound   • ${dots}   ↑ ↓ off the scale`, width);
  return [...lines, ...chart, ...legend.map((line) => style('dim', line))];
}

function lowerBoundLines(training: NonNullable<RunSummary['training']>, page: Page): string[] {
  return [
    ...row('Lower bound', costText(training.lowerBound, ''), page),
    ...doubtTexts(training.lowerBoundDoubts).flatMap((text) => row('', text, page)),
  ];
}

/** The upper bound by inner approximation, where there is one. */
function optimumLines(training: NonNullable<RunSummary['training']>, page: Page): string[] {
  const { lowerBound, lowerBoundDoubts, deterministicUpperBound: above } = training;
  return above === null ? [] : row('Optimum', optimumText(above, lowerBound, lowerBoundDoubts), page);
}

/** What the mean cost of the last iteration's paths is called. */
function sampleName(training: NonNullable<RunSummary['training']>): string {
  if (training.upperBoundStdError === null) return 'Last path';
  if (training.comparesWithBound) return 'Upper bound';
  return training.riskAverse && !training.cyclic ? 'Expected cost' : 'Mean cost';
}

function sampleLines(training: NonNullable<RunSummary['training']>, page: Page): string[] {
  const { upperBound, upperBoundStdError: error, costToGo } = training;
  const half = error === null || !Number.isFinite(error) ? null : NORMAL_QUANTILE_95 * error;
  const spread = half === null || half === 0 ? '' : ` ± ${formatCost(half)} at 95 %`;
  return [
    ...row(sampleName(training), costText(upperBound, spread), page),
    ...(costToGo === null ? [] : row('', costToGoText(upperBound, costToGo, training.riskAverse), page)),
    ...row('Gap', `${gapText(training)}; ${plural(training.totalCuts, 'cut')}`, page),
  ];
}

function simulationLines({ simulation, training }: RunSummary, page: Page): string[] {
  if (simulation === null) return [];
  const { scenarios, meanCost, stdCost, costToGo } = simulation;
  if (meanCost === null) return row('Simulation', plural(scenarios, 'scenario'), page);
  const lines = row('Simulated', costText(meanCost, ` mean, ${plural(scenarios, 'scenario')}`), page);
  if (costToGo !== null) {
    lines.push(
      ...row('', `${costToGoText(meanCost, costToGo, training?.riskAverse ?? false)}: no verdict on the policy.`, page),
    );
  }
  if (stdCost === null || !Number.isFinite(stdCost) || scenarios < 2) return lines;
  const half = confidenceHalfWidth(stdCost, scenarios);
  const interval = `${formatCost(meanCost - half)} to ${formatCost(meanCost + half)}`;
  return [...lines, ...row('95 % interval', `${interval}; standard deviation ${formatCost(stdCost)}`, page)];
}

function verdictLines({ training, simulation }: RunSummary, page: Page): string[] {
  if (training === null || simulation === null || training.riskAverse || training.cyclic) return [];
  const { scenarios, meanCost, stdCost } = simulation;
  if (meanCost === null) return [];
  // Of a single scenario as well, which nobody may take for better than the bound.
  if (simulation.comparesWithBound === false) return row('', OTHER_SCENARIOS, page);
  if (stdCost === null || !Number.isFinite(stdCost) || scenarios < 2) return [];
  return row('', boundVerdict(training.lowerBound, meanCost, stdCost, scenarios, training.lowerBoundDoubts), page);
}

const SOURCE_CREDIT = 'count what sources generate as minus its curtailment price, so that they may be below 0';

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
  const page: Page = { style, width: Math.min(WIDEST, width) };
  const { training } = summary;
  const lines: string[] = [];
  if (training) lines.push(...headingLines(training, rules, page));
  // What the policy costs comes first, then how far that can be from the best.
  lines.push(...simulationLines(summary, page));
  if (training) lines.push(...lowerBoundLines(training, page));
  lines.push(...verdictLines(summary, page));
  if (training) lines.push(...optimumLines(training, page), ...sampleLines(training, page));
  if (summary.creditsSources) lines.push(...row('Costs', SOURCE_CREDIT, page));
  if (summary.policyDigest) lines.push(...row('Policy', `sha256 ${summary.policyDigest.slice(0, SHORT_DIGEST)}`, page));
  const time = timeText(summary);
  if (time) lines.push(...row('Time', time, page));
  // A path is to be copied: never broken.
  lines.push(...row('Results', shownPath(outputDirectory), { style, width: Number.POSITIVE_INFINITY }));
  return `${lines.join('\n')}\n`;
}
