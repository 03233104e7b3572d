import { seasonCycles } from '../../case/season-calendar.js';
import type { SeasonDefinitions } from '../../case/study.js';
import type { SeasonStage } from './estimate-par.js';
import type { Finding } from './finding.js';
import type { ParModel } from './par-model.js';
import { type PrecomputedPar, precomputePar } from './precompute-par.js';
import { cycleSpectralRadius } from './stationarity.js';

const STAGES = 'stages.json';
const STATISTICS = 'scenarios/inflow_seasonal_stats.parquet';
const COEFFICIENTS = 'scenarios/inflow_ar_coefficients.parquet';
/** Below this share of the variance left to the noise a model explains too much to be true. */
const LOW_VARIANCE = 0.01;

export interface ParCheck {
  /** What makes the model unusable. */
  readonly faults: readonly Finding[];
  /** What makes it doubtful. */
  readonly warnings: readonly Finding[];
}

/**
 * Checks a model, given or fitted. Faults: a number that is not finite, a negative standard deviation, a ratio outside
 * (0, 1], lags without a standard deviation or without a season. Warnings: noise with less than 1 % of the variance, a
 * cycle of seasons in which a shock does not die away; where the study does not have all of its seasons, of its stages instead.
 * @param par the model in physical units; made here where lags are stages
 */
export function checkPar(
  model: ParModel,
  hydroIds: readonly number[],
  stages: readonly SeasonStage[],
  definitions: SeasonDefinitions | null,
  par?: PrecomputedPar,
): ParCheck {
  const faults: Finding[] = [];
  const warnings: Finding[] = [];
  stages.forEach((stage, t) => {
    hydroIds.forEach((id, h) => {
      checkEntry(model, t * hydroIds.length + h, `hydro_id ${id}, stage_id ${stage.id}`, stage, faults, warnings);
    });
  });
  // A season that is missing leaves the numbers as they are.
  if (faults.every(({ file }) => file === STAGES))
    checkStationarity(model, hydroIds, stages, definitions, par ?? precomputePar(model), warnings);
  return { faults, warnings };
}

function checkEntry(
  model: ParModel,
  entry: number,
  where: string,
  stage: SeasonStage,
  faults: Finding[],
  warnings: Finding[],
): void {
  const mean = model.mean[entry];
  const std = model.std[entry];
  const order = model.order[entry];
  const ratio = model.residualStdRatio[entry];
  const annual = model.annual !== null && model.annual.std[entry] !== 0;
  if (!Number.isFinite(mean)) faults.push(notFinite(STATISTICS, `${where}, mean_m3s`, mean));
  if (!(std >= 0) || !Number.isFinite(std)) {
    faults.push({
      file: STATISTICS,
      field: `${where}, std_m3s`,
      value: std,
      message: `the standard deviation ${std} is not a number from 0 on`,
      suggestion: 'Give a number of at least 0.',
    });
  }
  for (let l = 0; l < order; l += 1) {
    const value = model.coefficients[entry * model.maxOrder + l];
    if (!Number.isFinite(value)) faults.push(notFinite(COEFFICIENTS, `${where}, lag ${l + 1}`, value));
  }
  if (!(ratio > 0 && ratio <= 1)) {
    faults.push({
      file: COEFFICIENTS,
      field: `${where}, residual_std_ratio`,
      value: ratio,
      message: `the ratio ${ratio} of the noise's standard deviation to the inflow's is not above 0 and at most 1`,
      suggestion: 'Give the square root of the share of the variance that the lags leave unexplained.',
    });
  } else if (ratio * ratio < LOW_VARIANCE) {
    warnings.push({
      file: COEFFICIENTS,
      field: `${where}, residual_std_ratio`,
      value: ratio,
      message: `the lags explain all but ${ratio * ratio} of the variance: the model may be fitted too closely`,
      suggestion: 'Lower the order, or use a longer history.',
    });
  }
  if (order === 0 && !annual) return;
  if (order > 0 && std === 0) {
    faults.push({
      file: STATISTICS,
      field: `${where}, std_m3s`,
      value: 0,
      message: `the model has lags (order ${order}), but its standard deviation is 0`,
      suggestion: 'Give a standard deviation above 0, or no coefficients.',
    });
  }
  if (stage.season === null) {
    faults.push({
      file: STAGES,
      field: `stage_id ${stage.id}, season_id`,
      value: null,
      message: 'the inflow model has lags at a stage without a season',
      suggestion: 'Give the stage a season_id.',
    });
  }
}

function checkStationarity(
  model: ParModel,
  hydroIds: readonly number[],
  stages: readonly SeasonStage[],
  definitions: SeasonDefinitions | null,
  par: PrecomputedPar,
  warnings: Finding[],
): void {
  let judged = false;
  for (const ids of cyclesOfIds(stages, definitions)) {
    // The last stage of each season: its lags lie in the study if any do.
    const stageOf = ids.map((id) => (id === null ? -1 : stages.findLastIndex(({ season }) => season === id)));
    if (ids.length === 0 || stageOf.includes(-1)) continue;
    judged = true;
    hydroIds.forEach((id, h) => {
      const radius = cycleSpectralRadius(
        stageOf.map((t) => {
          const entry = t * par.hydros + h;
          return par.psi.subarray(entry * par.maxOrder, entry * par.maxOrder + par.order[entry]);
        }),
      );
      if (radius < 1) return;
      warnings.push({
        file: COEFFICIENTS,
        field: `hydro_id ${id}`,
        value: radius,
        message: `a shock to the inflow of hydro ${id} does not die away: it is ${Number(radius.toPrecision(3))} times itself after a year`,
        suggestion: LOWER,
      });
    });
  }
  if (!judged) checkGrowth(model, hydroIds, stages.length, warnings);
}

const LOWER = 'Lower the coefficients or the order; estimation.max_coefficient_magnitude bounds fitted ones.';

/**
 * Where stages have no seasons, or the study does not have all of them: the stages as they follow each other, as if they
 * came again and again. Coefficients are standardised, so that a season of greater deviation than the one before is no growth.
 */
function checkGrowth(model: ParModel, hydroIds: readonly number[], stages: number, warnings: Finding[]): void {
  hydroIds.forEach((id, h) => {
    const radius = cycleSpectralRadius(
      Array.from({ length: stages }, (_, t) => {
        const entry = t * hydroIds.length + h;
        const first = entry * model.maxOrder;
        return model.coefficients.subarray(first, first + model.order[entry]);
      }),
    );
    if (radius < 1) return;
    const grown = `${Number(radius.toPrecision(3))} times itself after the ${stages} stages of the study`;
    warnings.push({
      file: COEFFICIENTS,
      field: 'coefficient',
      value: radius,
      message: `a shock to the inflow of hydro ${id} does not die away: it is ${grown}`,
      suggestion: LOWER,
    });
  });
}

/** Season ids in the order of the year; without definitions those in use, in the order of their numbers. */
function cyclesOfIds(
  stages: readonly SeasonStage[],
  definitions: SeasonDefinitions | null,
): readonly (readonly (number | null)[])[] {
  if (definitions !== null) return seasonCycles(definitions).map(({ ids }) => ids);
  const used = new Set(stages.flatMap(({ season }) => (season === null ? [] : [season])));
  return [[...used].sort((a, b) => a - b)];
}

function notFinite(file: string, field: string, value: number): Finding {
  return { file, field, value: String(value), message: `${field} is no finite number`, suggestion: 'Give a number.' };
}
