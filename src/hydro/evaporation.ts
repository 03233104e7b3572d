import { CobreError } from '../errors.js';
import { type Finding, findingError, plantLabel, reportTo } from './finding.js';
import { type ReservoirGeometry, surfaceArea, surfaceAreaSlope } from './geometry.js';
import type { HydroPlant } from './plant.js';

/** mm times km2 are 1000 m3; over the 3600 s of an hour: m3/s for each mm km2 / h. */
const HOURS_PER_MM_KM2_IN_M3S = 3.6;
const MONTHS = 12;
const GEOMETRY = 'system/hydro_geometry.parquet';

/** A stage as evaporation sees it. */
interface EvaporationStage {
  readonly id: number;
  /** `season_id`, which stands for the calendar month: 0 is January. `null` without one. */
  readonly season: number | null;
  /** Hours of all its blocks together. */
  readonly hours: number;
}

/** Evaporated flow of a stage [m3/s] as a function of the mean storage of the stage [hm3]: k0 + kV * v. */
export interface LinearEvaporation {
  /** m3/s; negative values are net rain. */
  readonly k0: number;
  /** m3/s per hm3. */
  readonly kV: number;
  /** hm3: where the area was linearised. */
  readonly referenceVolume: number;
}

/**
 * The evaporation of a plant in each stage, its area linearised to first order around a reference volume:
 * with c mm in the stage's month, A(v) km2 and T hours, the flow is c A(v) / (3.6 T), hence
 * kV = c A'(vRef) / (3.6 T) and k0 = c A(vRef) / (3.6 T) - kV vRef.
 *
 * The reference volume is that of the month, or the middle of the storage range. At a point of the curve the slope is
 * that of the segment above it; outside the curve the area is that of its end, the slope that of its end segment.
 * The depth counts for the stage as a whole, however long: a stage of a week has all of its month's depth.
 *
 * @returns one per stage, or `null` for a plant without evaporation
 * @throws CobreError with the first finding of `checkEvaporation`
 */
export function linearizeEvaporation(
  geometry: ReservoirGeometry | null,
  plant: HydroPlant,
  stages: readonly EvaporationStage[],
): LinearEvaporation[] | null {
  if (plant.evaporation === null) return null;
  const findings = checkEvaporation(geometry, plant, stages);
  if (findings.length > 0) throw findingError(findings[0]);
  if (geometry === null) throw new CobreError('InternalError', 'evaporation without a curve has passed its checks');
  const { coefficientsMm, referenceVolumesHm3 } = plant.evaporation;
  return stages.map(({ season, hours }) => {
    const month = season as number;
    const referenceVolume = referenceVolumesHm3?.[month] ?? (plant.minStorage + plant.maxStorage) / 2;
    const flowPerArea = coefficientsMm[month] / (HOURS_PER_MM_KM2_IN_M3S * hours);
    const kV = flowPerArea * surfaceAreaSlope(geometry, referenceVolume);
    return { k0: flowPerArea * surfaceArea(geometry, referenceVolume) - kV * referenceVolume, kV, referenceVolume };
  });
}

/** What keeps the evaporation of a plant from being linearised. All findings are errors. */
export function checkEvaporation(
  geometry: ReservoirGeometry | null,
  plant: HydroPlant,
  stages: readonly EvaporationStage[],
): Finding[] {
  if (plant.evaporation === null) return [];
  const { coefficientsMm } = plant.evaporation;
  const referenceVolumes = plant.evaporation.referenceVolumesHm3 ?? null;
  const findings: Finding[] = [];
  const label = plantLabel(plant);
  const reportPlant = reportTo(findings, 'system/hydros.json', label);
  const reportCurve = reportTo(findings, GEOMETRY, label);
  const reportStage = reportTo(findings, 'stages.json', label);
  const lists = [
    ['evaporation.coefficients_mm', coefficientsMm],
    ['evaporation.reference_volumes_hm3', referenceVolumes],
  ] as const;
  for (const [field, list] of lists) {
    if (list === null) continue;
    if (list.length !== MONTHS) {
      const message = `${field} has ${list.length} values`;
      reportPlant('SchemaViolation', field, list.length, message, 'Give 12 values, one for each calendar month.');
    }
    list.forEach((value, month) => {
      if (Number.isFinite(value)) return;
      reportPlant('OutOfRange', `${field}[${month}]`, value, `${field} is not finite`, 'Give a finite number.');
    });
  }
  referenceVolumes?.forEach((volume, month) => {
    if (volume >= plant.minStorage && volume <= plant.maxStorage) return;
    const field = `evaporation.reference_volumes_hm3[${month}]`;
    const message = `the reference volume ${volume} hm3 lies outside the storage range ${plant.minStorage} to ${plant.maxStorage} hm3`;
    reportPlant('PhysicalConstraint', field, volume, message, 'Choose a volume that the reservoir can have.');
  });
  if (geometry === null || geometry.volumes.length === 0) {
    const message = 'the plant evaporates but has no volume-height-area curve';
    reportCurve('CoverageMismatch', 'hydro_id', plant.id, message, `Add rows for this plant to ${GEOMETRY}.`);
  } else if (geometry.areas.every((area) => area === 0)) {
    const message = 'the plant evaporates but every area of its curve is 0';
    reportCurve('PhysicalConstraint', 'area_km2', 0, message, 'Give the areas of the reservoir in km2.');
  }
  for (const { id, season, hours } of stages) {
    if (season === null || !Number.isInteger(season) || season < 0 || season >= MONTHS) {
      const message = `stage ${id} has no season from 0 to 11 that could stand for a calendar month, which evaporation needs`;
      reportStage('StageMismatch', 'season_id', season, message, 'Give each stage its month, January being 0.');
    }
    if (!(hours > 0)) {
      const message = `stage ${id} has no hours to evaporate in`;
      reportStage('OutOfRange', 'hours', hours, message, 'Give its blocks hours above 0.');
    }
  }
  return findings;
}
