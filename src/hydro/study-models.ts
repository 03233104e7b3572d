import type { FphaConfig as CaseFphaConfig, Hydro, ProductionModelChoice, Stage, Study } from '../case/study.js';
import { type LinearEvaporation, linearizeEvaporation } from './evaporation.js';
import type { FphaConfig } from './fpha-grid.js';
import type { ReservoirGeometry } from './geometry.js';
import type { HyperplaneRow } from './hyperplane-rows.js';
import type { HydroPlant } from './plant.js';
import {
  type ModelChoice,
  type ProductionModelConfig,
  resolveProduction,
  type StageProduction,
} from './production-models.js';

/** Production functions and evaporation of all plants, by hydro, then stage. */
export interface HydroModels {
  readonly production: readonly (readonly StageProduction[])[];
  /** `null` for plants without evaporation. */
  readonly evaporation: readonly (readonly LinearEvaporation[] | null)[];
}

const known = new WeakMap<Study, HydroModels>();

/**
 * The production function and the evaporation of each plant at each stage: given, or fitted to its curves.
 * @throws CobreError where a plant lacks what its model needs; see `resolveProduction` and `linearizeEvaporation`
 */
export function hydroModels(study: Study): HydroModels {
  let models = known.get(study);
  if (models === undefined) {
    models = build(study);
    known.set(study, models);
  }
  return models;
}

function build(study: Study): HydroModels {
  const plants = study.hydros.map(plantOf);
  const geometries = study.geometry.map(
    (curve): ReservoirGeometry | null => curve && { volumes: curve.volume, heights: curve.height, areas: curve.area },
  );
  const hyperplanes = hyperplaneRowsOf(study);
  const months = study.stages.map((stage) => ({ id: stage.id, hours: stage.hours, season: monthOf(study, stage) }));
  return {
    production: plants.map((plant, h) =>
      resolveProduction(plant, configOf(study, h), study.stages, {
        geometry: geometries[h],
        hyperplanes: hyperplanes[h],
      }),
    ),
    evaporation: plants.map((plant, h) => linearizeEvaporation(geometries[h], plant, months)),
  };
}

/**
 * Calendar month of a stage, 0 is January: that of its season where seasons are months, its season's number where none are
 * defined and that can be a month (as the reference takes it), else the month that it begins in: week 5 is not June.
 */
function monthOf({ inflowModel: { seasons } }: Study, { season, startDate }: Stage): number {
  const defined = seasons?.cycle === 'monthly' ? seasons.seasons.find(({ id }) => id === season) : undefined;
  if (defined !== undefined) return defined.monthStart - 1;
  return seasons === null && season !== null && season < MONTHS ? season : Number(startDate.slice(5, 7)) - 1;
}

const MONTHS = 12;

function plantOf(hydro: Hydro): HydroPlant {
  const { tailrace, losses, efficiency } = hydro.head;
  return {
    id: hydro.id,
    name: hydro.name,
    minStorage: hydro.minStorage,
    maxStorage: hydro.maxStorage,
    maxTurbined: hydro.maxTurbined,
    generationModel: hydro.model,
    productivity: hydro.model === 'fpha' ? null : hydro.productivity,
    tailrace:
      tailrace?.type === 'piecewise'
        ? {
            type: 'piecewise',
            points: tailrace.points.map(({ outflow, height }) => ({ outflowM3s: outflow, heightM: height })),
          }
        : tailrace,
    hydraulicLosses: losses,
    efficiency: efficiency === null ? null : { type: 'constant', value: efficiency },
    evaporation: hydro.evaporation && {
      coefficientsMm: hydro.evaporation.coefficientsMm,
      referenceVolumesHm3: hydro.evaporation.referenceVolumes,
    },
  };
}

/** By hydro: each plant looks through its own rows alone, of which large cases have hundreds of thousands. */
function hyperplaneRowsOf({ hydros, stages, suppliedPlanes }: Study): HyperplaneRow[][] {
  return hydros.map(({ id }, h) =>
    suppliedPlanes[h].map((plane) => ({
      hydroId: id,
      stageId: plane.stage === null ? null : stages[plane.stage].id,
      planeId: plane.plane,
      gamma0: plane.gamma0,
      gammaV: plane.gammaV,
      gammaQ: plane.gammaQ,
      gammaS: plane.gammaS,
      kappa: plane.kappa,
      validVMinHm3: plane.validVMin,
      validVMaxHm3: plane.validVMax,
      validQMaxM3s: plane.validQMax,
    })),
  );
}

function configOf({ hydros, stages, productionChoices }: Study, h: number): ProductionModelConfig | null {
  const choice = productionChoices[h];
  const hydroId = hydros[h].id;
  if (choice === null) return null;
  if (choice.mode === 'seasonal') {
    return {
      hydroId,
      selectionMode: 'seasonal',
      defaultModel: choice.default,
      seasons: choice.seasons.map((each) => ({ ...choiceOf(each), seasonId: each.season })),
    };
  }
  return {
    hydroId,
    selectionMode: 'stage_ranges',
    stageRanges: choice.ranges.map((each) => ({
      ...choiceOf(each),
      startStageId: stages[each.from]?.id ?? Number.POSITIVE_INFINITY,
      endStageId: each.to === null ? null : (stages[each.to]?.id ?? null),
    })),
  };
}

function choiceOf({ model, fpha, productivity }: ProductionModelChoice): ModelChoice {
  return { model, fphaConfig: fpha && fphaConfigOf(fpha), productivityOverride: productivity };
}

function fphaConfigOf(config: CaseFphaConfig): FphaConfig {
  return {
    source: config.source,
    volumeDiscretizationPoints: config.volumePoints,
    turbineDiscretizationPoints: config.turbinedPoints,
    spillageDiscretizationPoints: config.spilledPoints,
    maxPlanesPerHydro: config.maxPlanes,
    fittingWindow: config.window && {
      volumeMinHm3: config.window.minVolume,
      volumeMaxHm3: config.window.maxVolume,
      volumeMinPercentile: config.window.minPercentile,
      volumeMaxPercentile: config.window.maxPercentile,
    },
  };
}
