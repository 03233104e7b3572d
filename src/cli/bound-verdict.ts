import { NORMAL_QUANTILE_95 } from '../sddp/bounds.js';
import type { BoundDoubt } from '../sddp/comparable.js';
import { formatCost, formatGap, formatPercent, plural } from './format.js';
import type { RunSummary } from './summary.js';

/** Of normal means 1 in 700 lies so many standard errors below a bound; costs of a long tail do so more often. */
const HARDLY_CHANCE = 3;
/** A mean this many standard errors below a bound is no accident, even for costs with a long tail. */
const BEYOND_CHANCE = 6;

/** A mean known to this share of itself is known well enough for a word about the policy: planners call 1 % a small gap. */
const NARROW = 0.01;

/**
 * Costs this near to each other, relative to their size, are equal: stage problems are solved to 1e-7, and a bound and a
 * mean add up different ones of them.
 */
const ROUNDING = 1e-6;

/** A gap below this many standard errors may be an accident of the sample. */
const NOISY_ERRORS = 2;

/** Half-width of the 95 % confidence interval of a mean. */
export function confidenceHalfWidth(std: number, count: number): number {
  return (NORMAL_QUANTILE_95 * std) / Math.sqrt(count);
}

/** What there is to doubt about a lower bound, in the words of the report. */
const DOUBTS: Readonly<Record<BoundDoubt, { readonly about: string; readonly cause: string }>> = {
  truncation_with_memory: {
    about: 'An estimate, no bound: inflow that depends on earlier inflow is cut off at 0.',
    cause: 'the bound is an estimate, as inflow with memory is cut off at 0',
  },
  foreign_cuts: {
    about: 'It holds only if the cuts that the training began with do: they were made for another problem.',
    cause: 'the cuts of another problem that the training began with do not hold here',
  },
};

/** What is said below a lower bound that there is something to doubt about. */
export function doubtTexts(doubts: readonly BoundDoubt[]): string[] {
  return doubts.map((doubt) => DOUBTS[doubt].about);
}

/** Why a mean may lie below a lower bound where chance does not explain it. */
function causesOf(doubts: readonly BoundDoubt[]): string {
  return doubts.length > 0
    ? `${doubts.map((doubt) => DOUBTS[doubt].cause).join(', or ')}.`
    : 'the solver may have left stage problems short of their optimum (training/solver tells of its retries).';
}

/**
 * What the simulated mean says about the policy: a sentence comparing the lower bound with the mean's 95 % interval.
 * @param doubts about the lower bound
 */
export function boundVerdict(
  lowerBound: number,
  mean: number,
  std: number,
  count: number,
  doubts: readonly BoundDoubt[] = [],
): string {
  const ifItHolds = doubts.length > 0 ? ', if the bound holds' : '';
  const half = confidenceHalfWidth(std, count);
  const distance = Math.abs(mean - lowerBound);
  if (Math.max(distance, half) <= ROUNDING * Math.max(Math.abs(mean), Math.abs(lowerBound))) {
    return `The lower bound is equal: optimal${ifItHolds}.`;
  }
  if (distance <= half) {
    const width = `± ${mean === 0 ? formatCost(half) : formatPercent(half / Math.abs(mean))}`;
    return half <= NARROW * Math.abs(mean)
      ? `The lower bound lies inside: optimal, as far as ${width} can tell${ifItHolds}.`
      : `The lower bound lies inside, but ${width} is wide: the two cannot be told apart. More scenarios would narrow it.`;
  }
  const side = mean > lowerBound ? 'above' : 'below';
  const share = lowerBound === 0 ? '' : `${formatPercent(Math.abs(distance / lowerBound))} `;
  const told = `Mean ${share}${side} the lower bound`;
  if (mean > lowerBound) return `${told}: more iterations or more scenarios may help.`;
  const error = std / Math.sqrt(count);
  if (distance > BEYOND_CHANCE * error) return `${told}, which chance does not explain: ${causesOf(doubts)}`;
  if (distance <= HARDLY_CHANCE * error) return `${told}: a kind draw; simulate more.`;
  return doubts.length > 0
    ? `${told}, which chance hardly explains: ${causesOf(doubts)}`
    : `${told}, which chance hardly explains, unless costs have a long tail that these scenarios missed: simulate more.`;
}

/** What stands where the mean would be compared with the lower bound. */
export const OTHER_SCENARIOS =
  'Not to be compared with the lower bound, which is of other scenarios, or of plants with other heads.';

/** What stands where the gap would: the two numbers are of different things. */
const NO_GAP_UNDER_RISK = 'none: the lower bound is of the risk-adjusted cost, sampled costs are not';
const NO_GAP_WITHOUT_END = 'none: paths end with the cost-to-go of the policy that they are to judge';
const NO_GAP_OF_OTHERS = "none: the paths' scenarios are not those of the lower bound";

/** What of a mean cost the policy itself says. */
export function costToGoText(cost: number, costToGo: number, riskAverse: boolean): string {
  const share = costToGo / cost;
  const percent = share >= 0 && share <= 1 ? ` (${formatPercent(share)})` : '';
  const measure = riskAverse ? ', which is risk-adjusted' : '';
  return `${formatCost(costToGo)} of it${percent} is the policy's own cost-to-go after the last stage${measure}`;
}

type Sampled = Pick<
  NonNullable<RunSummary['training']>,
  'lowerBound' | 'upperBound' | 'upperBoundStdError' | 'paths' | 'riskAverse' | 'cyclic' | 'comparesWithBound'
>;

/**
 * What the last iteration's paths say about the gap: a percentage only where it stands out from their sampling error.
 */
export function gapText(training: Sampled): string {
  if (training.riskAverse) return NO_GAP_UNDER_RISK;
  if (training.cyclic) return NO_GAP_WITHOUT_END;
  if (!training.comparesWithBound) return NO_GAP_OF_OTHERS;
  const { lowerBound, upperBound, paths, upperBoundStdError: error } = training;
  const sample = paths === null ? "the last iteration's paths" : plural(paths, 'path');
  const distance = upperBound - lowerBound;
  if (!Number.isFinite(distance)) return '-';
  if (error === null || !Number.isFinite(error)) return 'not to be told from a single path';
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

/** What an upper bound by inner approximation says of the optimum. */
export function optimumText(above: number, lowerBound: number, doubts: readonly BoundDoubt[]): string {
  const distance = above - lowerBound;
  if (distance < -ROUNDING * Math.max(Math.abs(above), Math.abs(lowerBound))) {
    const otherwise = doubts.length > 0 ? ', or the lower bound does not hold' : '';
    return (
      `not told: the upper bound of ${formatCost(above)} lies ${distanceText(-distance, lowerBound)} below the lower bound, so that one of ` +
      `them is wrong. A Lipschitz constant is too small (lipschitz.fallback_value, or scale_factor)${otherwise}.`
    );
  }
  // It rests on the same convexity as the cuts.
  const certain = doubts.includes('truncation_with_memory') ? ', which is an estimate too' : ' for certain';
  return `at most ${formatCost(above)}${certain}, ${distanceText(Math.max(0, distance), lowerBound)} above the lower bound`;
}

/** A distance from the lower bound relative to its size, which revenue may make that of a negative number; in $ from 0. */
export function distanceText(distance: number, lowerBound: number): string {
  return lowerBound === 0 ? formatCost(distance) : formatGap(distance / Math.abs(lowerBound));
}
