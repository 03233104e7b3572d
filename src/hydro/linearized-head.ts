import { CobreError } from '../errors.js';
import { findingError, plantLabel } from './finding.js';
import { forebaySlope, missingGeometry, type ReservoirGeometry } from './geometry.js';
import type { HydroPlant } from './plant.js';
import { netHead, productionFunction } from './production-function.js';

/** The head varies with storage to first order: the productivity at v is `productivity` * (k0 + kV * v). */
export interface HeadLinearization {
  /** MW per m3/s at the reference volume. */
  readonly productivity: number;
  readonly k0: number;
  /** Per hm3. */
  readonly kV: number;
  /** hm3. */
  readonly referenceVolume: number;
  /** Net head at the reference volume [m]. */
  readonly referenceHead: number;
}

/** Share of the storage range at which a plant's productivity is usually stated. */
const REFERENCE_SHARE = 0.65;

/**
 * Productivity of a plant as a linear function of its storage, for simulation. With q times v it is not linear, so
 * training takes the constant `productivity`: cuts hold for one stage problem, not for one that moves with the storage.
 *
 * kV is the relative slope of the net head at the reference volume, with the plant turbining its most and spilling
 * nothing, and k0 = 1 - kV * referenceVolume, so that the productivity is as stated at the reference volume. Losses
 * that are a share of the gross head lower head and slope alike.
 *
 * @param productivity MW per m3/s at the reference volume
 * @param referenceVolume hm3; by default 65 % of the storage range
 * @throws CobreError `CoverageMismatch` with less than two points in the curve, `PhysicalConstraint` without net head
 */
export function linearizeHead(
  geometry: ReservoirGeometry,
  plant: HydroPlant,
  productivity: number,
  referenceVolume: number = plant.minStorage + REFERENCE_SHARE * (plant.maxStorage - plant.minStorage),
): HeadLinearization {
  if (geometry.volumes.length < 2) {
    throw findingError(missingGeometry(plantLabel(plant), 2, geometry.volumes.length));
  }
  const referenceHead = netHead(productionFunction(geometry, plant), referenceVolume, plant.maxTurbined, 0);
  if (referenceHead === 0) {
    throw new CobreError('PhysicalConstraint', `${plantLabel(plant)}: there is no net head at ${referenceVolume} hm3`, {
      file: 'system/hydros.json',
      field: 'tailrace',
      value: referenceHead,
      suggestion: 'Compare the heights of the reservoir with those of the tailrace.',
    });
  }
  const lossShare = plant.hydraulicLosses?.type === 'factor' ? plant.hydraulicLosses.value : 0;
  const kV = ((1 - lossShare) * forebaySlope(geometry, referenceVolume)) / referenceHead;
  return { productivity, k0: 1 - kV * referenceVolume, kV, referenceVolume, referenceHead };
}

/** Productivity [MW per m3/s] at a mean storage of the stage [hm3], never below 0. */
export function productivityAt({ productivity, k0, kV }: HeadLinearization, volume: number): number {
  return Math.max(0, productivity * (k0 + kV * volume));
}
