import { findSeason, slotOf } from '../../case/season-calendar.js';
import type { CycleEstimate, ParEstimate, SeasonStage } from './estimate-par.js';
import type { SeasonFit, SeriesFit } from './fit-seasons.js';
import type { StageBefore } from './model-from-tables.js';
import type { StageCoefficients, StageStatistics } from './par-model.js';
import { annualSeries } from './seasonal-statistics.js';

/**
 * The fitted statistics of each stage's season. Stages before the study have the season that they state
 * (`preStudyStages`), else the one as many seasons before that of stage 0.
 * @param depth how many stages before the study, see `lagDepth`.
 */
export function statisticsFromEstimate(
  estimate: ParEstimate,
  stages: readonly SeasonStage[],
  preStudyStages: readonly StageBefore[],
  depth: number,
): StageStatistics {
  const hydros = estimate.hydroIds.length;
  const mean = new Float64Array(stages.length * hydros);
  const std = new Float64Array(stages.length * hydros);
  const pastMean = new Float64Array(depth * hydros);
  const pastStd = new Float64Array(depth * hydros);
  stages.forEach((stage, t) => {
    const place = placeOf(estimate, stage.season);
    if (place !== null) fill(place.own, place.slot, mean, std, t * hydros);
  });
  const first = stages.length > 0 ? placeOf(estimate, stages[0].season) : null;
  for (let k = 0; k < depth; k += 1) {
    const stated = placeOf(estimate, preStudyStages.find(({ id }) => id === -1 - k)?.season ?? null);
    const place = stated ?? (first && { own: first.own, slot: slotOf(first.slot - 1 - k, first.own.cycle.seasons) });
    if (place !== null) fill(place.own, place.slot, pastMean, pastStd, k * hydros);
  }
  return { stages: stages.length, hydros, mean, std, pastMean, pastStd };
}

/** The fitted coefficients of each stage's season. */
export function coefficientsFromEstimate(estimate: ParEstimate, stages: readonly SeasonStage[]): StageCoefficients {
  const hydros = estimate.hydroIds.length;
  const entries = stages.length * hydros;
  const fits: (SeasonFit | null)[] = stages.flatMap((stage) => {
    const place = placeOf(estimate, stage.season);
    return Array.from({ length: hydros }, (_, h) => place?.own.fits[h].fits[place.slot] ?? null);
  });
  const maxOrder = fits.reduce((most, fit) => Math.max(most, fit?.coefficients.length ?? 0), 0);
  const order = new Int32Array(entries);
  const coefficients = new Float64Array(entries * maxOrder);
  const residualStdRatio = new Float64Array(entries).fill(1);
  const annual = {
    coefficient: new Float64Array(entries),
    mean: new Float64Array(entries),
    std: new Float64Array(entries),
  };
  fits.forEach((fit, entry) => {
    if (fit === null) return;
    order[entry] = fit.coefficients.length;
    coefficients.set(fit.coefficients, entry * maxOrder);
    residualStdRatio[entry] = fit.residualStdRatio;
    annual.coefficient[entry] = fit.annual?.coefficient ?? 0;
    annual.mean[entry] = fit.annual?.mean ?? 0;
    annual.std[entry] = fit.annual?.std ?? 0;
  });
  const hasAnnual = fits.some((fit) => fit !== null && fit.annual !== null);
  return {
    stages: stages.length,
    hydros,
    order,
    maxOrder,
    coefficients,
    residualStdRatio,
    annual: hasAnnual ? annual : null,
  };
}

/**
 * The estimate with given coefficients in place of the fitted ones, for the residuals of a model whose coefficients are
 * the user's: those of the first stage of each season. Seasons that no stage has keep no coefficients.
 */
export function withCoefficients(
  estimate: ParEstimate,
  coefficients: StageCoefficients,
  stages: readonly SeasonStage[],
): ParEstimate {
  const cycles = estimate.cycles.map((own): CycleEstimate => {
    const stageOfSlot = own.cycle.ids.map((id) => (id === null ? -1 : stages.findIndex(({ season }) => season === id)));
    const fits = own.fits.map(
      (fit, h): SeriesFit => ({
        ...fit,
        fits: stageOfSlot.map((t) => givenFit(coefficients, t, h)),
        reductions: [],
        annual: coefficients.annual === null ? null : (fit.annual ?? annualSeries(own.series[h])),
      }),
    );
    return { ...own, fits };
  });
  return { ...estimate, cycles };
}

function givenFit(
  { hydros, order, maxOrder, coefficients, residualStdRatio, annual }: StageCoefficients,
  t: number,
  h: number,
): SeasonFit {
  if (t < 0) return { coefficients: new Float64Array(), residualStdRatio: 1, annual: null };
  const entry = t * hydros + h;
  return {
    coefficients: coefficients.slice(entry * maxOrder, entry * maxOrder + order[entry]),
    residualStdRatio: residualStdRatio[entry],
    annual:
      annual === null || annual.std[entry] === 0
        ? null
        : { coefficient: annual.coefficient[entry], mean: annual.mean[entry], std: annual.std[entry] },
  };
}

/** Fitted standard deviation of a season's inflow [m3/s], or `null` for a season that no cycle has. */
export function seasonStd(estimate: ParEstimate, season: number, h: number): number | null {
  const place = placeOf(estimate, season);
  return place === null ? null : place.own.fits[h].statistics.std[place.slot];
}

function placeOf(estimate: ParEstimate, season: number | null): { own: CycleEstimate; slot: number } | null {
  if (season === null) return null;
  const cycles = estimate.cycles.map((own) => own.cycle);
  const found = findSeason(cycles, season);
  return found && { own: estimate.cycles[found.cycle], slot: found.slot };
}

function fill(own: CycleEstimate, slot: number, mean: Float64Array, std: Float64Array, at: number): void {
  own.fits.forEach((fit, h) => {
    mean[at + h] = fit.statistics.mean[slot];
    std[at + h] = fit.statistics.std[slot];
  });
}
