import { dayNumber } from '../case/dates.js';
import type { Correlation, Study } from '../case/study.js';
import { buildInflowModel, type InflowModel, type InflowParameters } from './inflow-model.js';
import { lagMomentsOf, pastReach } from './lag-moments.js';
import { checkPar, type ParCheck } from './par/check-par.js';
import { checkPartialEstimation } from './par/check-partial.js';
import { estimatePar, estimationOptions, type ParEstimate } from './par/estimate-par.js';
import type { Finding } from './par/finding.js';
import { coefficientsFromEstimate, statisticsFromEstimate, withCoefficients } from './par/model-from-estimate.js';
import {
  type AnnualTable,
  coefficientsFromTables,
  type ModelShape,
  statisticsFromTable,
} from './par/model-from-tables.js';
import { lagDepth, type ParModel, type StageCoefficients, whiteNoiseCoefficients } from './par/par-model.js';
import { precomputePar } from './par/precompute-par.js';
import { residualCorrelation } from './par/residual-correlation.js';

/** A study's inflow in physical units, and what it was made of. */
interface StudyInflow extends InflowParameters {
  /** Standardised, as the files of a case have it. */
  readonly model: ParModel;
  /** What the history told, where it was asked. */
  readonly estimate: ParEstimate | null;
  /** Correlation of the noise that the history shows; `null` where the case has one or nothing was estimated. */
  readonly correlation: Correlation | null;
  /** What makes the model unusable, and what makes it doubtful. */
  readonly check: ParCheck;
}

const known = new WeakMap<Study, StudyInflow>();

/**
 * Base, coefficients and noise of every stage's inflow, from what the case gives or its history says.
 * @throws CobreError where the history or the tables cannot be used; see `estimatePar`, `coefficientsFromTables`
 */
export function inflowParameters(study: Study): StudyInflow {
  let inflow = known.get(study);
  if (inflow === undefined) {
    inflow = build(study);
    known.set(study, inflow);
  }
  return inflow;
}

const knownModels = new WeakMap<Study, InflowModel>();

/** The inflow of a study and what its state remembers of it. @throws CobreError as `inflowParameters` */
export function inflowModel(study: Study): InflowModel {
  let model = knownModels.get(study);
  if (model === undefined) {
    model = buildInflowModel(study, inflowParameters(study));
    knownModels.set(study, model);
  }
  return model;
}

function build(study: Study): StudyInflow {
  const { stages, hydros, inflowModel } = study;
  const { autoregressive, annual, preStudyStages, estimateStatistics, estimateCoefficients } = inflowModel;
  const shape: ModelShape = {
    hydroIds: hydros.map(({ id }) => id),
    stages,
    preStudyStages,
    definitions: inflowModel.seasons,
  };
  const estimate = estimateStatistics || estimateCoefficients ? estimateHistory(study, shape) : null;
  let coefficients: StageCoefficients;
  if (estimate !== null && estimateCoefficients) {
    coefficients = coefficientsFromEstimate(estimate, stages);
  } else if (autoregressive === null && annual === null) {
    coefficients = whiteNoiseCoefficients(stages.length, hydros.length);
  } else {
    coefficients = coefficientsFromTables(coefficientsTable(study), annualTable(study), shape);
  }
  const depth = pastReach(study, coefficients);
  const estimated = estimate && statisticsFromEstimate(estimate, stages, preStudyStages, depth);
  const given =
    estimated !== null && estimateStatistics
      ? { statistics: estimated, warnings: [] }
      : statisticsFromTable(statisticsTable(study), shape, depth);
  const { statistics } = given;
  const model: ParModel = { ...coefficients, ...statistics };
  const moments = lagMomentsOf(study, lagDepth(coefficients), statistics, estimateStatistics ? estimate : null);
  const par = precomputePar(model, moments);
  const { maxOrder, psi, base, sigma } = par;
  const ofResiduals =
    estimate !== null && estimateCoefficients ? estimate : estimate && withCoefficients(estimate, coefficients, stages);
  const { faults, warnings } = checkPar(model, shape.hydroIds, stages, shape.definitions, par);
  const last = inflowModel.pastInflows.map(({ values }) => values[0] ?? Number.NaN);
  const partial =
    estimated !== null && estimateCoefficients && !estimateStatistics
      ? checkPartialEstimation(statistics, estimated, shape.hydroIds, stages, last)
      : [];
  return {
    check: {
      // Without seasons the lags of a stage are the stages before it.
      faults: faults.filter(({ file }) => file !== 'stages.json'),
      warnings: [...(estimate?.warnings ?? []), ...summarised(given.warnings), ...warnings, ...partial],
    },
    maxOrder,
    psi,
    base,
    sigma,
    mean: model.mean,
    pastMean: model.pastMean,
    model,
    estimate,
    correlation:
      ofResiduals === null || study.correlation.profiles.length > 0 ? null : residualCorrelation(ofResiduals, stages),
  };
}

/** One for all stages before the study of which nothing is known: there may be as many as lags. */
function summarised(findings: readonly Finding[]): Finding[] {
  if (findings.length < 2) return [...findings];
  const [first] = findings;
  const message = `${first.message}; likewise ${findings.length - 1} stages before it`;
  return [{ ...first, message, suggestion: 'Add rows with these stage_ids; stages.json need not have such stages.' }];
}

function estimateHistory({ inflowModel, stages, hydros }: Study, shape: ModelShape): ParEstimate | null {
  const { history, estimation } = inflowModel;
  if (history === null) return null;
  const { options } = estimationOptions({
    max_order: estimation.maxOrder,
    order_selection: estimation.orderSelection,
    min_observations_per_season: estimation.minObservationsPerSeason,
    max_coefficient_magnitude: estimation.maxCoefficient,
  });
  return estimatePar({
    history: {
      hydro: Int32Array.from(history.hydro, (h) => hydros[h].id),
      day: Int32Array.from(history.date, dayNumber),
      value: history.value,
    },
    hydroIds: shape.hydroIds,
    stages,
    definitions: shape.definitions,
    options,
  });
}

function statisticsTable({ stages, hydros, inflow, inflowModel }: Study) {
  const H = hydros.length;
  const rows = {
    hydro_id: [] as number[],
    stage_id: [] as number[],
    mean_m3s: [] as number[],
    std_m3s: [] as number[],
  };
  const put = (stage: number, h: number, mean: number, std: number) => {
    rows.hydro_id.push(hydros[h].id);
    rows.stage_id.push(stage);
    rows.mean_m3s.push(mean);
    rows.std_m3s.push(std);
  };
  inflowModel.preStudyStages.forEach(({ id }, i) => {
    hydros.forEach((_, h) => {
      const mean = inflowModel.preStudyMean[i * H + h];
      if (!Number.isNaN(mean)) put(id, h, mean, inflowModel.preStudyStd[i * H + h]);
    });
  });
  stages.forEach(({ id }, t) => {
    hydros.forEach((_, h) => {
      put(id, h, inflow.mean[t * H + h], inflow.std[t * H + h]);
    });
  });
  return rows;
}

function coefficientsTable({ stages, hydros, inflowModel: { autoregressive } }: Study) {
  return {
    hydro_id: Array.from(autoregressive?.hydro ?? [], (h) => hydros[h].id),
    stage_id: Array.from(autoregressive?.stage ?? [], (t) => stages[t].id),
    lag: autoregressive?.lag ?? [],
    coefficient: autoregressive?.coefficient ?? [],
    residual_std_ratio: autoregressive?.residualStdRatio ?? [],
  };
}

function annualTable({ stages, hydros, inflowModel: { annual } }: Study): AnnualTable | null {
  if (annual === null) return null;
  return {
    hydro_id: Array.from(annual.hydro, (h) => hydros[h].id),
    stage_id: Array.from(annual.stage, (t) => stages[t].id),
    annual_coefficient: annual.coefficient,
    annual_mean_m3s: annual.mean,
    annual_std_m3s: annual.std,
  };
}
