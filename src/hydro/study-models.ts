import type { FphaConfig as CaseFphaConfig, Hydro, ProductionModelChoice, Stage, Study } from '../case/study.js';
import { CobreError } from '../errors.js';
import { checkProductionModels } from './check-production-models.js';
import { checkEvaporation, type LinearEvaporation, linearizeEvaporation } from './evaporation.js';
import { type Finding, findingError, plantLabel } from './finding.js';
import type { FphaFit } from './fit-fpha.js';
import type { FphaConfig } from './fpha-grid.js';
import type { ReservoirGeometry } from './geometry.js';
import { checkHyperplanes, type HyperplaneRow } from './hyperplane-rows.js';
import { type Plane, planesBound } from './plane.js';
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

/** What the models of a study's plants are made of. */
function inputsOf(study: Study) {
  return {
    plants: study.hydros.map(plantOf),
    geometries: study.geometry.map(
      (curve): ReservoirGeometry | null => curve && { volumes: curve.volume, heights: curve.height, areas: curve.area },
    ),
    hyperplanes: hyperplaneRowsOf(study),
    months: study.stages.map((stage) => ({ id: stage.id, hours: stage.hours, season: monthOf(study, stage) })),
  };
}

/** A study has the entries of the file in an order of its own, so that their positions would mislead. */
const ENTRY = /^production_models\[\d+\]\.(?:(?:stage_ranges|seasons)\[\d+\]\.)?/;

/** Below this correction planes that are fitted lie far above the production function (as cobre-rs has it). */
const LOW_KAPPA = 0.95;

/**
 * What keeps the models of a study's plants from being made, of all plants at once, and what is odd about those that
 * are. Files that the reading of a case has judged already are not judged again. Models that can be made are kept.
 */
export function checkHydroModels(study: Study): { readonly errors: CobreError[]; readonly warnings: Finding[] } {
  const { plants, geometries, hyperplanes, months } = inputsOf(study);
  const errors: CobreError[] = [];
  const warnings: Finding[] = [];
  const rows = hyperplanes.flat();
  const planes = checkHyperplanes(rows);
  errors.push(...planes.filter(({ severity }) => severity === 'error').map(findingError));
  const configs = plants.flatMap((_, h) => configOf(study, h) ?? []);
  const geometryOf = new Map(plants.flatMap(({ id }, h) => (geometries[h] === null ? [] : [[id, geometries[h]]])));
  const choices = checkProductionModels({
    plants,
    configs,
    stages: study.stages,
    geometries: geometryOf,
    hyperplanes: rows,
  });
  const doubts = choices.map((finding) => ({ ...finding, field: finding.field.replace(ENTRY, '') }));
  warnings.push(...[...planes, ...doubts].filter(({ severity }) => severity === 'warning'));
  const production: StageProduction[][] = [];
  plants.forEach((plant, h) => {
    errors.push(...checkEvaporation(geometries[h], plant, months).map(findingError));
    try {
      const data = { geometry: geometries[h], hyperplanes: hyperplanes[h] };
      const resolved = resolveProduction(plant, configOf(study, h), study.stages, data);
      production.push(resolved);
      const fits = new Set<FphaFit>();
      const supplied: { stage: number; planes: readonly Plane[] }[] = [];
      resolved.forEach((made, t) => {
        if (made.kind !== 'fpha') return;
        if (made.fit !== null) fits.add(made.fit);
        else supplied.push({ stage: study.stages[t].id, planes: made.planes });
      });
      for (const fit of fits) warnings.push(...fitWarnings(plant, fit));
      warnings.push(...restWarnings(plant, supplied));
    } catch (error) {
      if (!(error instanceof CobreError)) throw error;
      errors.push(error);
    }
  });
  // Fitting planes takes longest of all: whoever asks for the models next need not do it again.
  if (errors.length === 0 && !known.has(study)) {
    const evaporation = plants.map((plant, h) => linearizeEvaporation(geometries[h], plant, months));
    known.set(study, { production, evaporation });
  }
  return { errors, warnings };
}

/** Planes of the case that are below 0 where a plant neither turbines nor spills: it cannot be at rest there. */
function restWarnings(plant: HydroPlant, stages: readonly { stage: number; planes: readonly Plane[] }[]): Finding[] {
  const least = ({ planes }: { planes: readonly Plane[] }) =>
    Math.min(planesBound(planes, plant.minStorage, 0, 0), planesBound(planes, plant.maxStorage, 0, 0));
  const below = stages.filter((each) => least(each) < 0);
  if (below.length === 0) return [];
  const worst = Math.min(...below.map(least));
  const ids = below.map(({ stage }) => stage);
  const some = `${ids.length === 1 ? 'stage' : 'stages'} ${ids.join(', ')}`;
  const where = ids.length > LISTED ? `${ids.length} stages from ${ids[0]} on` : some;
  return [
    {
      severity: 'warning',
      kind: 'PhysicalConstraint',
      file: 'system/fpha_hyperplanes.parquet',
      field: 'gamma_0',
      value: worst,
      message: `${plantLabel(plant)}: its planes ask for ${megawatts(worst)} from the plant at rest, which has no solution but at a price, at ${where}`,
      suggestion: 'Raise gamma_0 or lower gamma_v, so that no plane is below 0 within the storage range without flow.',
    },
  ];
}

/** Most stages that a warning lists. */
const LISTED = 10;

function megawatts(value: number): string {
  return `${Number(value.toPrecision(3))} MW`;
}

function fitWarnings(plant: HydroPlant, fit: FphaFit): Finding[] {
  const findings: Finding[] = [];
  const warn = (field: string, value: unknown, message: string, suggestion: string) =>
    findings.push({
      severity: 'warning',
      kind: 'PhysicalConstraint',
      file: 'system/hydro_production_models.json',
      field,
      value,
      message: `${plantLabel(plant)}: ${message}`,
      suggestion,
    });
  const { kappa, leastAtRest, spillageLimit } = fit;
  const { maxOver, maxUnder } = fit.errors.corrected;
  if (kappa < LOW_KAPPA) {
    const off = `they exceed it by up to ${megawatts(maxOver)} and fall short of it by up to ${megawatts(maxUnder)}`;
    const message = `fitted planes are corrected by ${Number(kappa.toPrecision(3))}, far from the production function: ${off}`;
    // All facets of the envelope are kept unless there are more than allowed: only then would more planes come nearer.
    const dropped = fit.facets > fit.planes.length;
    const more = dropped
      ? ', or raise max_planes_per_hydro'
      : '; it is the envelope itself that is off, not a lack of planes';
    warn('fpha_config', kappa, message, `Narrow the fitting window${more}.`);
  }
  if (leastAtRest < 0) {
    const message = `fitted planes ask for ${megawatts(leastAtRest)} from the plant at rest, which has no solution but at a price`;
    warn(
      'fpha_config.fitting_window',
      leastAtRest,
      message,
      'Widen the fitting window to the storage range; what the plant lacks stands in generation_violation_cost.',
    );
  }
  if (spillageLimit !== null) {
    const message = `fitted planes leave no generation where the plant spills more than ${Number(spillageLimit.toPrecision(3))} m3/s`;
    warn('fpha_config', spillageLimit, message, 'Check the tailrace curve at great outflows.');
  }
  return findings;
}

function build(study: Study): HydroModels {
  const { plants, geometries, hyperplanes, months } = inputsOf(study);
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
    // A range may end before the study begins, in one that goes on from another.
    stageRanges: choice.ranges
      .filter(({ to }) => to === null || to >= 0)
      .map((each) => ({
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
