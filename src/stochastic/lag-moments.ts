import { dayNumber } from '../case/dates.js';
import type { Study } from '../case/study.js';
import { lagPeriodsOf } from './lag-periods.js';
import type { ParEstimate } from './par/estimate-par.js';
import { seasonStd } from './par/model-from-estimate.js';
import { lagDepth, type StageCoefficients, type StageStatistics } from './par/par-model.js';
import type { LagMoments } from './par/precompute-par.js';
import { buildTimeline, lagShares, type Moments, momentsOf } from './timeline.js';

/** A stage stands for a period of its season if it has at least this share of its days. */
const WHOLE = 0.8;

/**
 * How many lag periods before stage 0 the lags of a model reach, at least as many as it has lags: a quarter's lag is three
 * months.
 */
export function pastReach(study: Study, coefficients: StageCoefficients): number {
  const depth = lagDepth(coefficients);
  if (depth === 0 || lagPeriodsOf(study) === null) return depth;
  const none = new Float64Array(0);
  const timeline = buildTimeline(study, depth, { own: none, past: none, preStudy: none });
  const H = study.hydros.length;
  let reach = depth;
  study.stages.forEach((_, t) => {
    const entries = Array.from({ length: H }, (__, h) => t * H + h);
    const annual = entries.some((entry) => coefficients.annual !== null && coefficients.annual.std[entry] !== 0);
    const most = annual ? depth : Math.max(0, ...entries.map((entry) => coefficients.order[entry]));
    for (let l = 1; l <= most; l++) {
      for (const { age } of timeline.lag(t, l)) reach = Math.max(reach, age - t - timeline.passed);
    }
  });
  return reach;
}

/**
 * Mean and standard deviation of each lag, where lags follow the calendar; `undefined` where a lag is just a stage. A lag that
 * is the mean of several inflows (the weeks of a month, the months of a quarter) has the same mean of their means: inflow
 * that was as expected lets the next be as expected. Its standard deviation is not theirs: it is that of its own season, as
 * the history has it or as the case states it for a stage that is such a period, else the mean of theirs.
 * @param estimate of a history that the statistics come from, or `null`
 */
export function lagMomentsOf(
  study: Study,
  depth: number,
  statistics: StageStatistics,
  estimate: ParEstimate | null,
): LagMoments | undefined {
  const periods = lagPeriodsOf(study);
  if (periods === null || depth === 0) return undefined;
  const { preStudyMean, preStudyStd, preStudyStages } = study.inflowModel;
  const mean = momentsOf(study, statistics.mean, statistics.pastMean, preStudyMean);
  const std = momentsOf(study, statistics.std, statistics.pastStd, preStudyStd);
  const timeline = buildTimeline(study, depth, mean);
  const shares = lagShares(study, timeline, depth);
  const seasons = shares.map((lags, t) =>
    lags.map((mixed, l) => (mixed.length === 1 ? null : timeline.season(t, l + 1))),
  );
  const H = study.hydros.length;
  /** Stages that are whole periods of a season, by season. */
  const wholes = new Map<number, number[]>();
  study.stages.forEach(({ season, startDate, endDate }, t) => {
    const { start, end } = periods.own[t];
    const days = Math.min(end, dayNumber(endDate)) - Math.max(start, dayNumber(startDate));
    if (season !== null && days >= WHOLE * (end - start)) wholes.set(season, [...(wholes.get(season) ?? []), t]);
  });
  /** Season of each lag period before the study that statistics are known of. */
  const pastSeasons = Array.from({ length: H === 0 ? 0 : statistics.pastStd.length / H }, (_, k) =>
    timeline.season(0, k + 1),
  );
  const ofSeason = (t: number, h: number, season: number | null): number | null => {
    if (season === null) return null;
    if (estimate !== null) return seasonStd(estimate, season, h);
    const stages = wholes.get(season) ?? [];
    const stage = stages.findLast((each) => each < t) ?? stages[0];
    if (stage !== undefined) return statistics.std[stage * H + h];
    const before = preStudyStages.findIndex((each) => each.season === season);
    if (before >= 0 && !Number.isNaN(std.preStudy[before * H + h])) return std.preStudy[before * H + h];
    const lag = before < 0 ? pastSeasons.indexOf(season) : -1;
    return lag < 0 ? null : statistics.pastStd[lag * H + h];
  };
  const mixed = (moments: Moments, t: number, h: number, l: number) =>
    shares[t][l].reduce((sum, { age, weight }) => sum + weight * timeline.at(moments, t - age, h), 0);
  /** Weeks of a month that have its deviation: that is the month's, to the last bit. */
  const shared = (t: number, h: number, l: number): number | null => {
    const [first, ...others] = shares[t][l].map(({ age }) => timeline.at(std, t - age, h));
    return others.every((each) => each === first) ? first : null;
  };
  return {
    mean: (t, h, l) => mixed(mean, t, h, l),
    std: (t, h, l) => {
      const own = ofSeason(t, h, seasons[t][l]);
      return own ?? shared(t, h, l) ?? mixed(std, t, h, l);
    },
  };
}
