import { type Finding, plantLabel, reportTo } from './finding.js';
import type { ReservoirGeometry } from './geometry.js';

const FILE = 'system/hydro_production_models.json';

/** Range of volumes that the planes are fitted to. A bound is absolute or a share of the storage range, never both. */
interface FittingWindow {
  /** hm3. */
  readonly volumeMinHm3?: number | null | undefined;
  /** hm3. */
  readonly volumeMaxHm3?: number | null | undefined;
  /** Share of [minStorage, maxStorage], 0 to 1. */
  readonly volumeMinPercentile?: number | null | undefined;
  /** Share of [minStorage, maxStorage], 0 to 1. */
  readonly volumeMaxPercentile?: number | null | undefined;
}

/** `fpha_config` of `system/hydro_production_models.json`. */
export interface FphaConfig {
  /** `computed`: fitted to the geometry; `precomputed`: rows of `system/fpha_hyperplanes.parquet`. */
  readonly source: 'computed' | 'precomputed';
  /** Default 5, at least 2. */
  readonly volumeDiscretizationPoints?: number | null | undefined;
  /** Default 5, at least 2. */
  readonly turbineDiscretizationPoints?: number | null | undefined;
  /** Default 5, at least 2. */
  readonly spillageDiscretizationPoints?: number | null | undefined;
  /** Default 10, at least 1. */
  readonly maxPlanesPerHydro?: number | null | undefined;
  /** Default: all of the volume-height-area curve. */
  readonly fittingWindow?: FittingWindow | null | undefined;
}

/** The points that planes are fitted to: all combinations of three evenly spaced axes. */
export interface FittingGrid {
  readonly volumeMin: number;
  readonly volumeMax: number;
  /** m3/s; the flows go from 0 to it. */
  readonly turbinedMax: number;
  /** m3/s; the spillages go from 0 to it. */
  readonly spillageMax: number;
  /** Points on the axes of volume, turbined flow and spillage. */
  readonly counts: readonly [number, number, number];
  readonly maxPlanes: number;
}

/** The storage and turbines that a window and a grid refer to. */
interface GridPlant {
  readonly id: number;
  readonly name: string;
  readonly minStorage: number;
  readonly maxStorage: number;
  readonly maxTurbined: number;
}

const DEFAULT_POINTS = 5;
const DEFAULT_MAX_PLANES = 10;
/** Spillage is looked at up to this share of the greatest turbined flow. */
const SPILLAGE_SHARE = 0.5;

/** The i-th of `count` evenly spaced points of [low, high]; the ends exact. */
export function gridPoint(low: number, high: number, count: number, i: number): number {
  return i === count - 1 ? high : low + (i * (high - low)) / (count - 1);
}

function clamp(x: number, low: number, high: number): number {
  return x < low ? low : x > high ? high : x;
}

/**
 * The grid of a configuration. Volumes: the window, inside the curve; without one the curve. Turbined flow: 0 to the
 * plant's greatest. Spillage: 0 to half of that.
 */
export function fittingGrid(geometry: ReservoirGeometry, plant: GridPlant, config: FphaConfig): FittingGrid {
  const { volumes } = geometry;
  const curve = [volumes[0], volumes[volumes.length - 1]] as const;
  const window = config.fittingWindow ?? {};
  const bound = (absolute: number | null | undefined, share: number | null | undefined, other: number) => {
    const percentile =
      typeof share === 'number' ? plant.minStorage + share * (plant.maxStorage - plant.minStorage) : other;
    return clamp(absolute ?? percentile, curve[0], curve[1]);
  };
  return {
    volumeMin: bound(window.volumeMinHm3, window.volumeMinPercentile, curve[0]),
    volumeMax: bound(window.volumeMaxHm3, window.volumeMaxPercentile, curve[1]),
    turbinedMax: plant.maxTurbined,
    spillageMax: plant.maxTurbined * SPILLAGE_SHARE,
    counts: [
      config.volumeDiscretizationPoints ?? DEFAULT_POINTS,
      config.turbineDiscretizationPoints ?? DEFAULT_POINTS,
      config.spillageDiscretizationPoints ?? DEFAULT_POINTS,
    ],
    maxPlanes: config.maxPlanesPerHydro ?? DEFAULT_MAX_PLANES,
  };
}

/**
 * What is wrong with a configuration of fitted planes, as far as it can be told without the curve.
 * @param path of the configuration in the file, such as `production_models[0].stage_ranges[0].fpha_config`
 */
export function checkFphaConfig(plant: GridPlant, config: FphaConfig, path: string): Finding[] {
  const findings: Finding[] = [];
  const report = reportTo(findings, FILE, plantLabel(plant));
  const counts = [
    ['volume_discretization_points', config.volumeDiscretizationPoints, 2],
    ['turbine_discretization_points', config.turbineDiscretizationPoints, 2],
    ['spillage_discretization_points', config.spillageDiscretizationPoints, 2],
    ['max_planes_per_hydro', config.maxPlanesPerHydro, 1],
  ] as const;
  for (const [field, value, least] of counts) {
    if (value === null || value === undefined || (Number.isInteger(value) && value >= least)) continue;
    const suggestion = `Give a whole number of at least ${least}.`;
    report('OutOfRange', `${path}.${field}`, value, `${field} is ${value}`, suggestion);
  }
  findings.push(...checkWindow(plant, config.fittingWindow ?? {}, path));
  return findings;
}

function checkWindow(plant: GridPlant, window: FittingWindow, path: string): Finding[] {
  const findings: Finding[] = [];
  const report = reportTo(findings, FILE, plantLabel(plant));
  const at = (field: string) => `${path}.fitting_window.${field}`;
  const sides = [
    ['min', window.volumeMinHm3, window.volumeMinPercentile],
    ['max', window.volumeMaxHm3, window.volumeMaxPercentile],
  ] as const;
  for (const [side, absolute, share] of sides) {
    const [absoluteField, shareField] = [`volume_${side}_hm3`, `volume_${side}_percentile`];
    const both = typeof absolute === 'number' && typeof share === 'number';
    if (both) {
      const message = `the fitting window has both ${absoluteField} and ${shareField}`;
      report('IncompatibleSettings', at(shareField), share, message, 'Keep one of the two.');
    }
    if (typeof absolute === 'number' && !Number.isFinite(absolute)) {
      report('OutOfRange', at(absoluteField), absolute, 'the bound is not finite', 'Give a volume in hm3.');
    }
    if (typeof share === 'number' && !(share >= 0 && share <= 1)) {
      const message = `${shareField} is ${share}, outside 0 to 1`;
      const suggestion = 'Give it as a share of the range from min_storage_hm3 to max_storage_hm3: 0.1 for 10 %.';
      report('OutOfRange', at(shareField), share, message, suggestion);
    }
  }
  return findings;
}

/** The window as the file says it: the ends that are given, by the names of their fields; `null` without any. */
export function writtenWindow({ fittingWindow }: FphaConfig): Readonly<Record<string, number>> | null {
  const ends = [
    ['volume_min_hm3', fittingWindow?.volumeMinHm3],
    ['volume_max_hm3', fittingWindow?.volumeMaxHm3],
    ['volume_min_percentile', fittingWindow?.volumeMinPercentile],
    ['volume_max_percentile', fittingWindow?.volumeMaxPercentile],
  ] as const;
  const given = ends.filter((end): end is (typeof ends)[number] & [string, number] => typeof end[1] === 'number');
  return given.length === 0 ? null : Object.fromEntries(given);
}

/** That a grid has no extent: an empty window, or a plant that cannot turbine. Empty when it has one. */
export function checkGrid(plant: GridPlant, config: FphaConfig, grid: FittingGrid, path: string): Finding[] {
  const findings: Finding[] = [];
  const report = reportTo(findings, FILE, plantLabel(plant));
  const reportPlant = reportTo(findings, 'system/hydros.json', plantLabel(plant));
  if (!(grid.volumeMin < grid.volumeMax)) {
    report(
      'IncompatibleSettings',
      `${path}.fitting_window`,
      writtenWindow(config),
      'the fitting window is empty inside the volume-height-area curve',
      'Choose bounds of which the lower one is less, and that lie in the range of the curve.',
    );
  }
  if (!(grid.turbinedMax > 0)) {
    reportPlant(
      'PhysicalConstraint',
      'generation.max_turbined_m3s',
      grid.turbinedMax,
      'planes cannot be fitted to a plant that turbines nothing',
      'Give max_turbined_m3s above 0, or use the model constant_productivity.',
    );
  }
  return findings;
}
