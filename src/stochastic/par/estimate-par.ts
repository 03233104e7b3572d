import { dayNumber } from '../../case/dates.js';
import { findSeason, type SeasonCycle, seasonCycles, seasonTime } from '../../case/season-calendar.js';
import type { SeasonDefinitions } from '../../case/study.js';
import { CobreError } from '../../errors.js';
import type { Finding } from './finding.js';
import { type FitOptions, fitSeasons, type OrderSelection, type SeriesFit } from './fit-seasons.js';
import { type InflowHistory, type SeasonalSeries, seasonalSeries } from './inflow-history.js';

const HISTORY = 'scenarios/inflow_history.parquet';
const STAGES = 'stages.json';

/** What the estimation needs of a stage; a `Stage` of the study is one. Ids of pre-study stages are negative. */
export interface SeasonStage {
  readonly id: number;
  /** ISO dates; the end is exclusive. */
  readonly startDate: string;
  readonly endDate: string;
  readonly season: number | null;
}

interface EstimationInput {
  readonly history: InflowHistory;
  /** Ids of the hydros in the order of their index h. */
  readonly hydroIds: readonly number[];
  /** Stages of the study, in order. */
  readonly stages: readonly SeasonStage[];
  readonly definitions: SeasonDefinitions | null;
  readonly options: EstimationOptions;
}

export interface EstimationOptions extends FitOptions {
  /** Fewer observations of a season than this are warned of. */
  readonly minObservationsPerSeason: number;
}

/** Models of all hydros on one cycle of seasons: `fits[h].fits[slot]`, from `series[h]`. */
export interface CycleEstimate {
  readonly cycle: SeasonCycle;
  readonly series: readonly SeasonalSeries[];
  readonly fits: readonly SeriesFit[];
}

/** Everything that the history tells. Cycles that no stage refers to are left out. */
export interface ParEstimate {
  readonly hydroIds: readonly number[];
  readonly cycles: readonly CycleEstimate[];
  readonly warnings: readonly Finding[];
}

/** Section `estimation` of config.json, as it stands there. `fixed` is an old name of `pacf`. */
interface EstimationSection {
  readonly max_order: number;
  readonly order_selection: 'pacf' | 'pacf_annual' | 'fixed';
  readonly min_observations_per_season: number;
  readonly max_coefficient_magnitude?: number | null | undefined;
}

/** The options that the section sets, and a warning where it uses the old name. */
export function estimationOptions(section: EstimationSection): { options: EstimationOptions; warnings: Finding[] } {
  const old = section.order_selection === 'fixed';
  const orderSelection: OrderSelection = section.order_selection === 'fixed' ? 'pacf' : section.order_selection;
  return {
    options: {
      maxOrder: section.max_order,
      orderSelection,
      minObservationsPerSeason: section.min_observations_per_season,
      maxCoefficientMagnitude: section.max_coefficient_magnitude ?? null,
    },
    warnings: old
      ? [
          {
            file: 'config.json',
            field: 'estimation.order_selection',
            value: 'fixed',
            message: 'the order selection fixed is out of use: pacf is used in its place',
            suggestion: 'Write pacf.',
          },
        ]
      : [],
  };
}

/**
 * Fits a periodic autoregressive model to the inflow history of each hydro, on each cycle of seasons that the stages
 * use: months by default, and history that is finer than the seasons is averaged to them (see `seasonalSeries`).
 * @throws CobreError `MissingReference` for a stage whose season is not defined, `CoverageMismatch` for a hydro without
 * history, for a season in use with fewer than two observations, or a history too short for annual means; and what
 * `seasonalSeries` throws.
 */
export function estimatePar(input: EstimationInput): ParEstimate {
  const cycles = seasonCycles(input.definitions);
  const used = usedSlots(input, cycles);
  const warnings: Finding[] = [];
  const estimates: CycleEstimate[] = [];
  cycles.forEach((cycle, c) => {
    if (used[c].size === 0) return;
    const series = seasonalSeries(input.history, input.hydroIds, cycle);
    const fits = series.map((own, h) => {
      const id = input.hydroIds[h];
      if (own.values.length === 0) throw noHistory(id);
      const fit = fitSeasons(own, input.options);
      if (fit.annual?.values.every(Number.isNaN)) throw tooShort(id, own.values.length);
      checkCounts(fit, id, cycle, used[c], input.options.minObservationsPerSeason, warnings);
      return fit;
    });
    estimates.push({ cycle, series, fits });
  });
  return { hydroIds: input.hydroIds, cycles: estimates, warnings };
}

/** Slots of each cycle that stages refer to. */
function usedSlots({ stages, definitions }: EstimationInput, cycles: readonly SeasonCycle[]): Set<number>[] {
  const used = cycles.map(() => new Set<number>());
  stages.forEach((stage, t) => {
    if (stage.season === null) throw noSeason(t, stage);
    const found = findSeason(cycles, stage.season);
    if (found === null) throw unknownSeason(t, stage);
    if (definitions === null) checkDefaultMonth(cycles[0], found.slot, t, stage);
    used[found.cycle].add(found.slot);
  });
  return used;
}

/** Without definitions the seasons are taken for months: the middle of the stage has to be in its month. */
function checkDefaultMonth(cycle: SeasonCycle, slot: number, t: number, stage: SeasonStage): void {
  const middle = Math.floor((dayNumber(stage.startDate) + dayNumber(stage.endDate)) / 2);
  if (seasonTime(cycle, middle) % cycle.seasons === slot) return;
  throw new CobreError('StageMismatch', `stage ${stage.id} is not in the month of its season ${stage.season}`, {
    file: STAGES,
    field: `stages[${t}].season_id`,
    value: stage.season,
    suggestion: 'Define the seasons in season_definitions; without them season 0 is January, season 11 December.',
  });
}

/** Most seasons that a warning lists. */
const LISTED = 5;

function checkCounts(
  fit: SeriesFit,
  id: number,
  cycle: SeasonCycle,
  used: ReadonlySet<number>,
  recommended: number,
  warnings: Finding[],
): void {
  const few: string[] = [];
  for (let slot = 0; slot < cycle.seasons; slot += 1) {
    if (!used.has(slot)) continue;
    const count = fit.statistics.count[slot];
    const field = `hydro_id ${id}, season ${cycle.ids[slot]}`;
    if (count < 2) {
      const inflows = count === 1 ? '1 inflow' : `${count} inflows`;
      throw new CobreError('CoverageMismatch', `hydro ${id} has ${inflows} in season ${cycle.ids[slot]}`, {
        file: HISTORY,
        field: 'hydro_id',
        value: id,
        context: { season_id: cycle.ids[slot], count },
        suggestion: 'Give at least two years of history at the resolution of the seasons, or finer.',
      });
    }
    if (count < recommended) few.push(`${count} in season ${cycle.ids[slot]}`);
    if (fit.fits[slot].coefficients.length > 0 && fit.fits[slot].residualStdRatio === 1) {
      warnings.push({
        file: HISTORY,
        field,
        value: fit.fits[slot].coefficients.length,
        message: `the lags explain all of hydro ${id} in season ${cycle.ids[slot]}: its noise is left as large as its inflow`,
        suggestion: 'Give a longer history, or lower estimation.max_order.',
      });
    }
    if (fit.statistics.classes[slot].kind === 'many_negative') {
      warnings.push({
        file: HISTORY,
        field,
        value: fit.statistics.mean[slot],
        message: `more than a tenth of the inflows of hydro ${id} in season ${cycle.ids[slot]} are negative`,
        suggestion: 'Check how the incremental inflows were made.',
      });
    }
  }
  if (few.length === 0) return;
  const more = few.length > LISTED ? ` and ${few.length - LISTED} more` : '';
  warnings.push({
    file: HISTORY,
    field: 'hydro_id',
    value: id,
    message: `hydro ${id} has fewer than min_observations_per_season = ${recommended} inflows: ${few.slice(0, LISTED).join(', ')}${more}`,
    suggestion: 'Give a longer history, or lower estimation.min_observations_per_season if this will do.',
  });
}

function noHistory(id: number): CobreError {
  return new CobreError('CoverageMismatch', `hydro ${id} has no inflow history`, {
    file: HISTORY,
    field: 'hydro_id',
    value: id,
    suggestion: 'Add its history, or give inflow_seasonal_stats.parquet and inflow_ar_coefficients.parquet.',
  });
}

function tooShort(id: number, count: number): CobreError {
  return new CobreError('CoverageMismatch', `hydro ${id} has no 13 inflows in a row: there is no annual mean`, {
    file: HISTORY,
    field: `hydro_id ${id}`,
    value: count,
    suggestion: "Give a longer history, or set estimation.order_selection to 'pacf'.",
  });
}

function noSeason(t: number, stage: SeasonStage): CobreError {
  return new CobreError('MissingReference', `stage ${stage.id} has no season, and the inflow is to be estimated`, {
    file: STAGES,
    field: `stages[${t}].season_id`,
    value: null,
    suggestion: 'Give each stage the id of its season.',
  });
}

function unknownSeason(t: number, stage: SeasonStage): CobreError {
  return new CobreError('MissingReference', `stage ${stage.id} refers to the season ${stage.season}, not defined`, {
    file: STAGES,
    field: `stages[${t}].season_id`,
    value: stage.season,
    suggestion: 'Define it in season_definitions.',
  });
}
