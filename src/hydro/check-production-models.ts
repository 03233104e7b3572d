import { checkHeadModels, missingHeadModels } from './check-plant.js';
import { type Finding, plantLabel } from './finding.js';
import { checkFphaConfig, checkGrid, type FphaConfig, fittingGrid, writtenWindow } from './fpha-grid.js';
import { missingGeometry, type ReservoirGeometry } from './geometry.js';
import { type HyperplaneRow, missingPlanes } from './hyperplane-rows.js';
import type { HydroPlant } from './plant.js';
import { missingProductivity, unconfiguredFpha } from './production-findings.js';
import {
  chooseModel,
  fphaConfigOf,
  type ModelChoice,
  type ProductionModelConfig,
  type ProductionStage,
} from './production-models.js';

const FILE = 'system/hydro_production_models.json';

/** What the choice of production models is checked against. */
interface ProductionChecks {
  readonly plants: readonly HydroPlant[];
  /** Entries in the order of the file, which the fields of findings count. */
  readonly configs: readonly ProductionModelConfig[];
  /** Study stages. */
  readonly stages: readonly ProductionStage[];
  /** Curves by hydro id. */
  readonly geometries: ReadonlyMap<number, ReservoirGeometry>;
  readonly hyperplanes: readonly HyperplaneRow[];
}

/** What keeps the production models of a case from being resolved, or is odd about them. */
export function checkProductionModels(checks: ProductionChecks): Finding[] {
  const plants = new Map(checks.plants.map((plant) => [plant.id, plant]));
  const findings: Finding[] = [];
  const configured = new Set<number>();
  checks.configs.forEach((config, i) => {
    const path = `production_models[${i}]`;
    const plant = plants.get(config.hydroId);
    if (configured.has(config.hydroId)) {
      const message = `hydro ${config.hydroId} has more than one entry`;
      findings.push(
        error('DuplicateId', `${path}.hydro_id`, config.hydroId, message, 'Keep one entry for each plant.'),
      );
    }
    configured.add(config.hydroId);
    if (plant) findings.push(...checkEntry(plant, config, path, checks));
    else {
      const message = `there is no hydro ${config.hydroId}`;
      const suggestion = 'Use the id of a plant in system/hydros.json.';
      findings.push(error('MissingReference', `${path}.hydro_id`, config.hydroId, message, suggestion));
    }
  });
  for (const plant of checks.plants) {
    if (plant.generationModel === 'fpha' && !configured.has(plant.id)) findings.push(unconfiguredFpha(plant));
  }
  return findings;
}

function error(kind: Finding['kind'], field: string, value: unknown, message: string, suggestion: string): Finding {
  return { severity: 'error', kind, file: FILE, field, value, message, suggestion };
}

function checkEntry(
  plant: HydroPlant,
  config: ProductionModelConfig,
  path: string,
  checks: ProductionChecks,
): Finding[] {
  const findings: Finding[] = [];
  const choices = config.selectionMode === 'seasonal' ? config.seasons : config.stageRanges;
  const paths = new Map<ModelChoice, string>();
  choices.forEach((choice, i) => {
    const at = `${path}.${config.selectionMode === 'seasonal' ? 'seasons' : 'stage_ranges'}[${i}]`;
    paths.set(choice, at);
    findings.push(...checkChoice(plant, choice, at));
  });
  if (config.selectionMode === 'stage_ranges') findings.push(...checkRanges(plant, config.stageRanges, path));
  else findings.push(...checkSeasons(plant, config.seasons, path));
  // What the stages use: one finding for each configuration and missing table, not for each stage.
  const used = new Set<FphaConfig>();
  for (const stage of checks.stages) {
    const choice = chooseModel(config, stage);
    if (choice?.model === 'fpha') {
      const fpha = fphaConfigOf(config, choice);
      if (fpha.source === 'precomputed') {
        const fits = (row: HyperplaneRow) => row.stageId === null || row.stageId === stage.id;
        if (!checks.hyperplanes.some((row) => row.hydroId === plant.id && fits(row))) {
          findings.push(missingPlanes(plant.id, stage.id));
        }
      } else if (!used.has(fpha)) {
        used.add(fpha);
        const at = `${paths.get(choice) ?? path}.fpha_config`;
        findings.push(...checkComputed(plant, fpha, at, checks.geometries.get(plant.id) ?? null));
      }
    } else if (plant.productivity === null && typeof choice?.productivityOverride !== 'number') {
      findings.push(missingProductivity(plant, stage.id));
    }
  }
  if (used.size > 0) findings.push(...checkHeadModels(plant));
  return findings;
}

function checkChoice(plant: HydroPlant, choice: ModelChoice, path: string): Finding[] {
  const findings: Finding[] = [];
  const override = choice.productivityOverride ?? null;
  if (override !== null) {
    const field = `${path}.productivity_override`;
    if (choice.model === 'fpha') {
      const message = `${plantLabel(plant)}: a productivity_override has no meaning in the model fpha`;
      findings.push(error('IncompatibleSettings', field, override, message, 'Leave it out.'));
    } else if (!(override > 0 && Number.isFinite(override))) {
      const message = `${plantLabel(plant)}: productivity_override is ${override}`;
      findings.push(error('OutOfRange', field, override, message, 'Give MW per m3/s above 0.'));
    }
  }
  if (choice.fphaConfig) findings.push(...checkFphaConfig(plant, choice.fphaConfig, `${path}.fpha_config`));
  return findings;
}

function checkRanges(
  plant: HydroPlant,
  ranges: readonly { readonly startStageId: number; readonly endStageId?: number | null | undefined }[],
  path: string,
): Finding[] {
  const findings: Finding[] = [];
  const endOf = (range: (typeof ranges)[number]) => range.endStageId ?? Number.POSITIVE_INFINITY;
  ranges.forEach((range, i) => {
    const at = `${path}.stage_ranges[${i}]`;
    if (range.startStageId > endOf(range)) {
      const message = `${plantLabel(plant)}: the range begins with stage ${range.startStageId} after it ends with ${range.endStageId}`;
      findings.push(
        error('StageMismatch', `${at}.start_stage_id`, range.startStageId, message, 'Exchange the two stages.'),
      );
    }
    const shared = ranges
      .slice(0, i)
      .some((earlier) => earlier.startStageId <= endOf(range) && range.startStageId <= endOf(earlier));
    if (shared) {
      const message = `${plantLabel(plant)}: the range shares stages with an earlier one, which has them`;
      const field = `${at}.start_stage_id`;
      const finding = error('StageMismatch', field, range.startStageId, message, 'Let the ranges not overlap.');
      findings.push({ ...finding, severity: 'warning' });
    }
  });
  return findings;
}

function checkSeasons(plant: HydroPlant, seasons: readonly { readonly seasonId: number }[], path: string): Finding[] {
  const findings: Finding[] = [];
  seasons.forEach(({ seasonId }, i) => {
    if (!seasons.slice(0, i).some((earlier) => earlier.seasonId === seasonId)) return;
    const message = `${plantLabel(plant)}: season ${seasonId} comes twice; the first counts`;
    const finding = error('DuplicateId', `${path}.seasons[${i}].season_id`, seasonId, message, 'Keep one of the two.');
    findings.push({ ...finding, severity: 'warning' });
  });
  return findings;
}

/** What planes are computed from. */
function checkComputed(
  plant: HydroPlant,
  config: FphaConfig,
  path: string,
  geometry: ReservoirGeometry | null,
): Finding[] {
  const findings = missingHeadModels(plant);
  const points = geometry?.volumes.length ?? 0;
  if (geometry === null || points < 2) findings.push(missingGeometry(plantLabel(plant), 2, points));
  // With both bounds of one side the window is refused anyway.
  else if (checkFphaConfig(plant, config, path).length === 0) {
    const grid = fittingGrid(geometry, plant, config);
    findings.push(...checkGrid(plant, config, grid, path));
    if (grid.volumeMin > plant.minStorage || grid.volumeMax < plant.maxStorage) {
      const range = `${plant.minStorage} to ${plant.maxStorage} hm3`;
      const message = `${plantLabel(plant)}: planes are fitted to ${grid.volumeMin} to ${grid.volumeMax} hm3, less than the storage range ${range}`;
      const suggestion = 'Widen the fitting window or the curve: outside, the planes are only continued.';
      const finding = error('CoverageMismatch', `${path}.fitting_window`, writtenWindow(config), message, suggestion);
      findings.push({ ...finding, severity: 'warning' });
    }
  }
  return findings;
}
