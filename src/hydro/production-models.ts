import { checkHeadModels, missingHeadModels } from './check-plant.js';
import { findingError, throwFirstError } from './finding.js';
import { type FphaCorrection, type FphaFit, fitFpha } from './fit-fpha.js';
import { type FphaConfig, fittingGrid } from './fpha-grid.js';
import type { ReservoirGeometry } from './geometry.js';
import { type HyperplaneRow, planesOfStage } from './hyperplane-rows.js';
import { type HeadLinearization, linearizeHead } from './linearized-head.js';
import type { Plane } from './plane.js';
import type { HydroPlant, ProductionModelName } from './plant.js';
import { missingProductivity, unconfiguredFpha } from './production-findings.js';

/** What a range of stages or a season chooses. */
export interface ModelChoice {
  readonly model: ProductionModelName;
  /** For `fpha`; without one the planes are those of the entry's other choices. */
  readonly fphaConfig?: FphaConfig | null | undefined;
  /** MW per m3/s, above 0, instead of the plant's; not for `fpha`. */
  readonly productivityOverride?: number | null | undefined;
}

interface StageRange extends ModelChoice {
  /** First stage, included. */
  readonly startStageId: number;
  /** Last stage, included; `null`: to the end. */
  readonly endStageId?: number | null | undefined;
}

interface SeasonChoice extends ModelChoice {
  readonly seasonId: number;
}

/** One entry of `system/hydro_production_models.json`: how one plant's model is chosen in each stage. */
export type ProductionModelConfig =
  /** The first range that holds the stage; a stage in no range has the plant's constant productivity. */
  | { readonly hydroId: number; readonly selectionMode: 'stage_ranges'; readonly stageRanges: readonly StageRange[] }
  /** The first choice for the stage's season, otherwise the default. */
  | {
      readonly hydroId: number;
      readonly selectionMode: 'seasonal';
      readonly defaultModel: ProductionModelName;
      readonly seasons: readonly SeasonChoice[];
    };

/** A stage as the choice of the model sees it. */
export interface ProductionStage {
  readonly id: number;
  /** `season_id`, or `null` without one. */
  readonly season: number | null;
}

/** The production model of one plant in one stage. */
export type StageProduction =
  /** g = productivity * q, MW per m3/s. */
  | { readonly kind: 'constant'; readonly productivity: number }
  /**
   * Training and its cuts: g = productivity * q, as with `constant`. A simulation may take the productivity of `head`
   * at the stage's storage instead; `null` where the plant has no curve to tell.
   */
  | { readonly kind: 'linearized_head'; readonly productivity: number; readonly head: HeadLinearization | null }
  /** g <= each plane. The planes are one and the same array in stages of one fit. */
  | { readonly kind: 'fpha'; readonly planes: readonly Plane[]; readonly fit: FphaFit | null };

/** What the models of a plant are resolved with. */
interface ProductionData {
  /** Curve of the plant, `null` without rows in `system/hydro_geometry.parquet`. */
  readonly geometry: ReservoirGeometry | null;
  /** Rows of `system/fpha_hyperplanes.parquet`, of any plants, in any order. */
  readonly hyperplanes: readonly HyperplaneRow[];
  /** How fitted planes are corrected; default `least_squares`. */
  readonly correction?: FphaCorrection | undefined;
}

/** The choice for a stage; `null` where no range holds it, which means the plant's constant productivity. */
export function chooseModel(config: ProductionModelConfig, stage: ProductionStage): ModelChoice | null {
  if (config.selectionMode === 'seasonal') {
    const season = config.seasons.find(({ seasonId }) => seasonId === stage.season);
    return season ?? { model: config.defaultModel };
  }
  const holds = ({ startStageId, endStageId }: StageRange) =>
    stage.id >= startStageId && (typeof endStageId !== 'number' || stage.id <= endStageId);
  return config.stageRanges.find(holds) ?? null;
}

/**
 * The planes' configuration of a choice: its own, or for a choice of `fpha` without one (such as a default model) the
 * first of the entry that computes planes, or the precomputed ones.
 */
export function fphaConfigOf(config: ProductionModelConfig, choice: ModelChoice): FphaConfig {
  if (choice.fphaConfig) return choice.fphaConfig;
  const choices = config.selectionMode === 'seasonal' ? config.seasons : config.stageRanges;
  for (const { fphaConfig } of choices) if (fphaConfig?.source === 'computed') return fphaConfig;
  return { source: 'precomputed' };
}

/**
 * The production model of a plant in each stage.
 * @param config the plant's entry in `system/hydro_production_models.json`; `null`: its generation model throughout
 * @throws CobreError where `checkProductionModels` finds an error in what the stages use
 */
export function resolveProduction(
  plant: HydroPlant,
  config: ProductionModelConfig | null,
  stages: readonly ProductionStage[],
  data: ProductionData,
): StageProduction[] {
  const fits = new FitCache(plant, data);
  const planHead = onceForEach((productivity: number) =>
    data.geometry !== null && data.geometry.volumes.length > 1 && plant.tailrace !== null
      ? linearizeHead(data.geometry, plant, productivity)
      : null,
  );
  return stages.map((stage): StageProduction => {
    const choice = config === null ? { model: plant.generationModel } : chooseModel(config, stage);
    if (choice?.model === 'fpha') {
      if (config === null) throw findingError(unconfiguredFpha(plant));
      const fphaConfig = fphaConfigOf(config, choice);
      if (fphaConfig.source === 'precomputed') {
        return { kind: 'fpha', planes: planesOfStage(data.hyperplanes, plant.id, stage.id), fit: null };
      }
      const fit = fits.get(fphaConfig);
      return { kind: 'fpha', planes: fit.correctedPlanes, fit };
    }
    const productivity = choice?.productivityOverride ?? plant.productivity;
    if (productivity === null) throw findingError(missingProductivity(plant, stage.id));
    if (choice?.model !== 'linearized_head') return { kind: 'constant', productivity };
    return { kind: 'linearized_head', productivity, head: planHead(productivity) };
  });
}

function onceForEach<T>(make: (key: number) => T): (key: number) => T {
  const made = new Map<number, T>();
  return (key) => {
    if (!made.has(key)) made.set(key, make(key));
    return made.get(key) as T;
  };
}

/** Fits once what several stages share: configurations that come to the same grid have the same planes. */
class FitCache {
  readonly #fits = new Map<string, FphaFit>();
  readonly #plant: HydroPlant;
  readonly #data: ProductionData;

  constructor(plant: HydroPlant, data: ProductionData) {
    this.#plant = plant;
    this.#data = data;
  }

  get(config: FphaConfig): FphaFit {
    const geometry = this.#data.geometry ?? NO_POINTS;
    const key = JSON.stringify(fittingGrid(geometry, this.#plant, config));
    let fit = this.#fits.get(key);
    if (fit === undefined) {
      throwFirstError([...missingHeadModels(this.#plant), ...checkHeadModels(this.#plant)]);
      fit = fitFpha(geometry, this.#plant, config, this.#data.correction);
      this.#fits.set(key, fit);
    }
    return fit;
  }
}

const NO_POINTS: ReservoirGeometry = {
  volumes: new Float64Array(),
  heights: new Float64Array(),
  areas: new Float64Array(),
};
