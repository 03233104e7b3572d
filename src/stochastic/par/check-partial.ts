import type { SeasonStage } from './estimate-par.js';
import type { Finding } from './finding.js';
import type { StageStatistics } from './par-model.js';

const STATISTICS = 'scenarios/inflow_seasonal_stats.parquet';
/** Ratios of consecutive standard deviations that differ by more than this factor tell different years. */
const DIVERGENCE = 2;
const TINY = 1e-12;

/**
 * Warnings for a model with given statistics (`given`) and coefficients fitted under others (`fitted`): ratios of the
 * standard deviations of consecutive seasons that differ by more than 2, since the lags are scaled with them; and last
 * inflows before the study (`lastInflow[h]`, m3/s, NaN where none is given) that are nearer to the fitted mean of stage
 * 0 than to the given one.
 */
export function checkPartialEstimation(
  given: StageStatistics,
  fitted: StageStatistics,
  hydroIds: readonly number[],
  stages: readonly SeasonStage[],
  lastInflow: ArrayLike<number>,
): Finding[] {
  const warnings: Finding[] = [];
  const seasons = [...new Set(stages.flatMap(({ season }) => (season === null ? [] : [season])))].sort((a, b) => a - b);
  const stageOf = seasons.map((id) => stages.findIndex(({ season }) => season === id));
  hydroIds.forEach((id, h) => {
    if (seasons.length > 1) for (let i = 0; i < seasons.length; i += 1) checkRatio(i, id, h);
    checkScale(id, h);
  });
  return warnings;

  function checkRatio(i: number, id: number, h: number): void {
    const next = (i + 1) % seasons.length;
    const a = stageOf[i] * hydroIds.length + h;
    const b = stageOf[next] * hydroIds.length + h;
    if (given.std[b] < TINY || fitted.std[b] < TINY) return;
    const ours = given.std[a] / given.std[b];
    const theirs = fitted.std[a] / fitted.std[b];
    if (ours < TINY || theirs < TINY) return;
    const divergence = Math.max(ours / theirs, theirs / ours);
    if (!(divergence > DIVERGENCE)) return;
    warnings.push({
      file: STATISTICS,
      field: `hydro_id ${id}, seasons ${seasons[i]} and ${seasons[next]}`,
      value: ours,
      message: `the standard deviations of hydro ${id} in seasons ${seasons[i]} and ${seasons[next]} have the ratio ${ours}, in the history ${theirs}`,
      suggestion: 'Check the standard deviations against the history: the fitted lags are scaled with them.',
    });
  }

  function checkScale(id: number, h: number): void {
    const last = lastInflow[h];
    if (stages.length === 0 || Number.isNaN(last)) return;
    if (!(Math.abs(last - fitted.mean[h]) < Math.abs(last - given.mean[h]))) return;
    warnings.push({
      file: 'initial_conditions.json',
      field: `past_inflows, hydro_id ${id}`,
      value: last,
      message: `the last inflow of hydro ${id} (${last}) is nearer to the mean of its history (${fitted.mean[h]}) than to the given one (${given.mean[h]})`,
      suggestion: 'Check that past_inflows and the given statistics are of the same scale.',
    });
  }
}
