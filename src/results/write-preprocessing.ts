import { join } from 'node:path';
import type { Study } from '../case/study.js';
import { type HyperplaneRow, hyperplaneRows } from '../hydro/hyperplane-rows.js';
import { hydroModels } from '../hydro/study-models.js';
import { inflowParameters } from '../stochastic/inflow-parameters.js';
import type { ParEstimate } from '../stochastic/par/estimate-par.js';
import type { ParModel } from '../stochastic/par/par-model.js';
import { studyNoise } from '../stochastic/study-noise.js';
import type { Column } from './column.js';
import { writeJson } from './files.js';
import {
  ANNUAL_COMPONENT_COLUMNS,
  AR_COEFFICIENT_COLUMNS,
  INFLOW_STATS_COLUMNS,
  LOAD_STATS_COLUMNS,
  NOISE_OPENING_COLUMNS,
  PLANE_COLUMNS,
} from './input-columns.js';
import { type ColumnValues, writeParquet } from './parquet.js';
import {
  type AnnualRow,
  annualValues,
  type CoefficientRow,
  coefficientValues,
  correlationFile,
  type NoiseEntity,
  noiseOpeningValues,
  planeValues,
  type StatisticsRow,
  statisticsValues,
} from './preprocessing-tables.js';

/**
 * Writes `hydro_models/fpha_hyperplanes.parquet` under `directory`: the planes that were fitted. Nothing where none were.
 * A case that has the file as `system/fpha_hyperplanes.parquet` may take the planes from there, to the last bit.
 * @throws CobreError `IoError`
 */
export function writeHydroModels(directory: string, study: Study): void {
  const rows = study.hydros.flatMap(({ id }, h) => fittedPlanes(study, id, h));
  if (rows.length === 0) return;
  const file = join(directory, 'hydro_models', 'fpha_hyperplanes.parquet');
  writeParquet(file, PLANE_COLUMNS, planeValues(rows), study.config.exports.compression);
}

/** A fit that all stages with fitted planes share has no stage in its rows. */
function fittedPlanes(study: Study, hydroId: number, h: number): HyperplaneRow[] {
  const fits = hydroModels(study).production[h].map((made) => (made.kind === 'fpha' ? made.fit : null));
  const [shared, ...others] = new Set(fits.filter((fit) => fit !== null));
  if (shared === undefined) return [];
  if (others.length === 0) return hyperplaneRows(hydroId, null, shared);
  return fits.flatMap((fit, t) => (fit === null ? [] : hyperplaneRows(hydroId, study.stages[t].id, fit)));
}

/**
 * Writes `stochastic/` under `directory`: the openings, their correlation and the loads' statistics; where inflow was
 * estimated, its statistics, coefficients and a report. All but the report are files that a case may have in `scenarios/`:
 * with them it has the same noise and inflow without an estimation.
 * @throws CobreError `IoError`
 */
export function writeStochastic(directory: string, study: Study): void {
  const { model, estimate, correlation } = inflowParameters(study);
  const { estimateStatistics, estimateCoefficients } = study.inflowModel;
  const stageIds = study.stages.map(({ id }) => id);
  const folder = join(directory, 'stochastic');
  const write = (name: string, columns: readonly Column[], values: ColumnValues[]) =>
    writeParquet(join(folder, name), columns, values, study.config.exports.compression);

  const { tree } = studyNoise(study);
  write('noise_openings.parquet', NOISE_OPENING_COLUMNS, noiseOpeningValues(tree, stageIds));
  writeJson(
    join(folder, 'correlation.json'),
    correlationFile(correlation ?? study.correlation, noiseEntities(study), stageIds),
  );
  if (study.load.mean.some((mean) => mean !== 0) || study.load.std.some((std) => std !== 0)) {
    write('load_seasonal_stats.parquet', LOAD_STATS_COLUMNS, statisticsValues(loadRows(study)));
  }
  if (estimate === null) return;
  writeJson(join(folder, 'fitting_report.json'), fittingReport(estimate));
  if (estimateStatistics) {
    write('inflow_seasonal_stats.parquet', INFLOW_STATS_COLUMNS, statisticsValues(inflowRows(study, model)));
  }
  if (!estimateCoefficients) return;
  write('inflow_ar_coefficients.parquet', AR_COEFFICIENT_COLUMNS, coefficientValues(coefficientRows(study, model)));
  if (model.annual !== null) {
    write('inflow_annual_component.parquet', ANNUAL_COMPONENT_COLUMNS, annualValues(annualRows(study, model)));
  }
}

function noiseEntities({ hydros, buses, sources, stochasticLoadBuses, stochasticSources }: Study): NoiseEntity[] {
  return [
    ...hydros.map(({ id }) => ({ type: 'inflow' as const, id })),
    ...stochasticLoadBuses.map((b) => ({ type: 'load' as const, id: buses[b].id })),
    ...stochasticSources.map((r) => ({ type: 'ncs' as const, id: sources[r].id })),
  ];
}

function loadRows({ stages, buses, load }: Study): StatisticsRow[] {
  return stages.flatMap(({ id }, t) =>
    buses.map((bus, b) => {
      const at = t * buses.length + b;
      return { entityId: bus.id, stageId: id, mean: load.mean[at], std: load.std[at] };
    }),
  );
}

/** Of the study's stages, and of those before it that lags refer to, whether or not stages.json has them. */
function inflowRows({ stages, hydros }: Study, model: ParModel): StatisticsRow[] {
  const H = hydros.length;
  const row = (stageId: number, h: number, mean: Float64Array, std: Float64Array, at: number): StatisticsRow => ({
    entityId: hydros[h].id,
    stageId,
    mean: mean[at * H + h],
    std: std[at * H + h],
  });
  const depth = H === 0 ? 0 : model.pastMean.length / H;
  return hydros.flatMap((_, h) => [
    ...Array.from({ length: depth }, (__, i) => row(i - depth, h, model.pastMean, model.pastStd, depth - 1 - i)),
    ...stages.map(({ id }, t) => row(id, h, model.mean, model.std, t)),
  ]);
}

function coefficientRows({ stages, hydros }: Study, model: ParModel): CoefficientRow[] {
  return hydros.flatMap((hydro, h) =>
    stages.map((stage, t) => {
      const at = t * hydros.length + h;
      const first = at * model.maxOrder;
      return {
        hydroId: hydro.id,
        stageId: stage.id,
        coefficients: model.coefficients.subarray(first, first + model.order[at]),
        residualStdRatio: model.residualStdRatio[at],
      };
    }),
  );
}

function annualRows({ stages, hydros }: Study, { annual }: ParModel): AnnualRow[] {
  if (annual === null) return [];
  return hydros.flatMap((hydro, h) =>
    stages.flatMap((stage, t) => {
      const at = t * hydros.length + h;
      if (annual.std[at] === 0) return [];
      const { coefficient, mean, std } = annual;
      return [{ hydroId: hydro.id, stageId: stage.id, coefficient: coefficient[at], mean: mean[at], std: std[at] }];
    }),
  );
}

/** By hydro: the largest order of a season, and the coefficients season by season. Orders are not chosen by AIC: no scores. */
function fittingReport({ hydroIds, cycles }: ParEstimate): unknown {
  const report = hydroIds.map((id, h) => {
    const coefficients = cycles.flatMap(({ fits }) => fits[h].fits.map((fit) => [...fit.coefficients]));
    const order = coefficients.reduce((most, season) => Math.max(most, season.length), 0);
    return [String(id), { selected_order: order, aic_scores: [], coefficients }] as const;
  });
  return { hydros: Object.fromEntries(report) };
}
