import { isoDate } from '../dates.js';
import type { CompleteCase } from '../parsed-case.js';
import { DEFAULT_ESTIMATION } from '../schema/config.js';
import type {
  AnnualRows,
  AutoregressiveRows,
  InflowHistory,
  InflowModelData,
  PreStudyStage,
  SeasonDefinitions,
} from '../study.js';
import { type Index, sortedById } from './positions.js';

/** What makes inflow depend on earlier inflow. Rows of tables that belong to no stage of the study are left out. */
export function buildInflowModel(data: CompleteCase, hydros: Index, stages: Index): InflowModelData {
  const { estimation = DEFAULT_ESTIMATION } = data.config;
  const preStudyStages = buildPreStudyStages(data, hydros);
  const statistics = preStudyStatistics(data, preStudyStages, hydros);
  const hasHistory = Boolean(data.inflowHistory?.rows);
  // Coefficients are standardised, and say nothing without statistics.
  const isScaled = hasHistory || Boolean(data.inflowStats?.rows);
  return {
    seasons: buildSeasons(data.stages),
    preStudyStages,
    preStudyMean: statistics.mean,
    preStudyStd: statistics.std,
    autoregressive: isScaled ? buildCoefficients(data, hydros, stages) : null,
    annual: isScaled ? buildAnnual(data, hydros, stages) : null,
    history: buildHistory(data, hydros),
    estimateStatistics: hasHistory && !data.inflowStats?.rows,
    estimateCoefficients: hasHistory && !data.coefficients?.rows,
    estimation: {
      maxOrder: estimation.max_order,
      // `fixed` is an old name that has come to mean the same.
      orderSelection: estimation.order_selection === 'pacf_annual' ? 'pacf_annual' : 'pacf',
      minObservationsPerSeason: estimation.min_observations_per_season,
      maxCoefficient: estimation.max_coefficient_magnitude ?? null,
    },
    pastInflows: buildPastInflows(data, hydros),
    recentObservations: buildRecentObservations(data, hydros),
  };
}

/** Seasons by id, or `null` where the file defines none. */
export function buildSeasons(stages: CompleteCase['stages']): SeasonDefinitions | null {
  const definitions = stages.season_definitions;
  if (!definitions) return null;
  return {
    cycle: definitions.cycle_type,
    seasons: sortedById(definitions.seasons).map((season) => ({
      id: season.id,
      label: season.label,
      monthStart: season.month_start,
      dayStart: season.day_start ?? null,
      monthEnd: season.month_end ?? null,
      dayEnd: season.day_end ?? null,
    })),
  };
}

function buildPreStudyStages({ stages, inflowStats }: CompleteCase, hydros: Index): PreStudyStage[] {
  const declared = stages.pre_study_stages.map((stage) => ({
    id: stage.id,
    startDate: stage.start_date,
    endDate: stage.end_date,
    season: stage.season_id ?? null,
  }));
  const known = new Set(declared.map(({ id }) => id));
  const others: PreStudyStage[] = [];
  inflowStats?.columns.stage_id.forEach((id, row) => {
    if (id >= 0 || known.has(id) || hydros.get(inflowStats.columns.hydro_id[row]) === undefined) return;
    known.add(id);
    others.push({ id, startDate: null, endDate: null, season: null });
  });
  return sortedById([...declared, ...others]);
}

function preStudyStatistics({ inflowStats }: CompleteCase, preStudy: readonly PreStudyStage[], hydros: Index) {
  const mean = new Float64Array(preStudy.length * hydros.size).fill(Number.NaN);
  const std = new Float64Array(preStudy.length * hydros.size).fill(Number.NaN);
  const position = new Map(preStudy.map((stage, i) => [stage.id, i]));
  for (let row = 0; row < (inflowStats?.rows ?? 0); row++) {
    const { hydro_id, stage_id, mean_m3s, std_m3s } = (inflowStats as NonNullable<typeof inflowStats>).columns;
    const i = position.get(stage_id[row]);
    const h = hydros.get(hydro_id[row]);
    if (i === undefined || h === undefined) continue;
    mean[i * hydros.size + h] = mean_m3s[row];
    std[i * hydros.size + h] = std_m3s[row];
  }
  return { mean, std };
}

/** Rows of hydros and stages of the study, by hydro, then stage, then what else tells rows apart. */
function sortedRows(
  hydroIds: Float64Array,
  stageIds: Float64Array,
  hydros: Index,
  stages: Index,
  then: Float64Array | null,
): { row: number; hydro: number; stage: number }[] {
  const rows: { row: number; hydro: number; stage: number }[] = [];
  for (let row = 0; row < hydroIds.length; row++) {
    const hydro = hydros.get(hydroIds[row]);
    const stage = stages.get(stageIds[row]);
    if (hydro !== undefined && stage !== undefined) rows.push({ row, hydro, stage });
  }
  return rows.sort((a, b) => a.hydro - b.hydro || a.stage - b.stage || (then ? then[a.row] - then[b.row] : 0));
}

function buildCoefficients({ coefficients }: CompleteCase, hydros: Index, stages: Index): AutoregressiveRows | null {
  if (!coefficients?.rows) return null;
  const { hydro_id, stage_id, lag, coefficient, residual_std_ratio } = coefficients.columns;
  const rows = sortedRows(hydro_id, stage_id, hydros, stages, lag);
  return {
    hydro: Int32Array.from(rows, ({ hydro }) => hydro),
    stage: Int32Array.from(rows, ({ stage }) => stage),
    lag: Int32Array.from(rows, ({ row }) => lag[row]),
    coefficient: Float64Array.from(rows, ({ row }) => coefficient[row]),
    residualStdRatio: Float64Array.from(rows, ({ row }) => residual_std_ratio[row]),
  };
}

function buildAnnual({ annual }: CompleteCase, hydros: Index, stages: Index): AnnualRows | null {
  if (!annual?.rows) return null;
  const { hydro_id, stage_id, annual_coefficient, annual_mean_m3s, annual_std_m3s } = annual.columns;
  const rows = sortedRows(hydro_id, stage_id, hydros, stages, null);
  return {
    hydro: Int32Array.from(rows, ({ hydro }) => hydro),
    stage: Int32Array.from(rows, ({ stage }) => stage),
    coefficient: Float64Array.from(rows, ({ row }) => annual_coefficient[row]),
    mean: Float64Array.from(rows, ({ row }) => annual_mean_m3s[row]),
    std: Float64Array.from(rows, ({ row }) => annual_std_m3s[row]),
  };
}

function buildHistory({ inflowHistory }: CompleteCase, hydros: Index): InflowHistory | null {
  if (!inflowHistory?.rows) return null;
  const { hydro_id, date, value_m3s } = inflowHistory.columns;
  const rows = Array.from(hydro_id, (id, row) => ({ row, hydro: hydros.get(id) as number }));
  rows.sort((a, b) => a.hydro - b.hydro || date[a.row] - date[b.row]);
  return {
    hydro: Int32Array.from(rows, ({ hydro }) => hydro),
    date: rows.map(({ row }) => isoDate(date[row])),
    value: Float64Array.from(rows, ({ row }) => value_m3s[row]),
  };
}

function buildPastInflows({ initialConditions }: CompleteCase, hydros: Index): InflowModelData['pastInflows'] {
  const past: InflowModelData['pastInflows'][number][] = Array.from({ length: hydros.size }, () => ({
    values: new Float64Array(0),
    seasons: null,
  }));
  for (const { hydro_id, values_m3s, season_ids } of initialConditions.past_inflows) {
    past[hydros.get(hydro_id) as number] = {
      values: Float64Array.from(values_m3s),
      seasons: season_ids ? Int32Array.from(season_ids) : null,
    };
  }
  return past;
}

function buildRecentObservations(
  { initialConditions }: CompleteCase,
  hydros: Index,
): InflowModelData['recentObservations'] {
  return initialConditions.recent_observations
    .map(({ hydro_id, start_date, end_date, value_m3s }) => ({
      hydro: hydros.get(hydro_id) as number,
      startDate: start_date,
      endDate: end_date,
      value: value_m3s,
    }))
    .sort((a, b) => a.hydro - b.hydro || (a.startDate < b.startDate ? -1 : a.startDate > b.startDate ? 1 : 0));
}
