import { type Finding, throwFirstError } from './finding.js';
import { interpolate, slopeAt } from './piecewise-linear.js';

const FILE = 'system/hydro_geometry.parquet';

/** One row of `system/hydro_geometry.parquet`: a point of the volume-height-area curve of a plant. */
export interface GeometryPoint {
  /** Total volume, dead volume included [hm3]. */
  readonly volumeHm3: number;
  /** Level of the surface [m]. */
  readonly heightM: number;
  /** Area of the surface [km2]. */
  readonly areaKm2: number;
}

/** Volume-height-area curve: parallel arrays, volumes strictly increasing, at least one point. */
export interface ReservoirGeometry {
  readonly volumes: Float64Array;
  readonly heights: Float64Array;
  readonly areas: Float64Array;
}

function byVolume(points: readonly GeometryPoint[]): GeometryPoint[] {
  return [...points].sort((a, b) => a.volumeHm3 - b.volumeHm3 || a.heightM - b.heightM || a.areaKm2 - b.areaKm2);
}

/**
 * What is wrong with a volume-height-area curve, its points in any order. Volumes must differ; height and area must
 * not fall as the volume grows. No points at all is not looked at here: see `checkProductionModels`, `checkEvaporation`.
 */
export function checkGeometry(hydroId: number, points: readonly GeometryPoint[]): Finding[] {
  const findings: Finding[] = [];
  const report = (kind: Finding['kind'], field: string, value: unknown, message: string, suggestion: string) =>
    findings.push({
      severity: 'error',
      kind,
      file: FILE,
      field,
      value,
      message: `hydro ${hydroId}: ${message}`,
      suggestion,
    });
  for (const point of points) {
    const columns = [
      ['volume_hm3', point.volumeHm3],
      ['height_m', point.heightM],
      ['area_km2', point.areaKm2],
    ] as const;
    for (const [column, value] of columns) {
      if (Number.isFinite(value) && value >= 0) continue;
      report('OutOfRange', column, value, `${column} is ${value}`, 'Give a finite number that is not negative.');
    }
  }
  // Neighbours say nothing where there is no order.
  if (findings.length > 0) return findings;
  const sorted = byVolume(points);
  for (let i = 1; i < sorted.length; i += 1) {
    const [below, above] = [sorted[i - 1], sorted[i]];
    if (above.volumeHm3 === below.volumeHm3) {
      const message = `the curve has two points at a volume of ${above.volumeHm3} hm3`;
      report('PhysicalConstraint', 'volume_hm3', above.volumeHm3, message, 'Keep one point for each volume.');
    }
    if (above.heightM < below.heightM) {
      const message = `the height falls from ${below.heightM} to ${above.heightM} m as the volume grows to ${above.volumeHm3} hm3`;
      report('PhysicalConstraint', 'height_m', above.heightM, message, 'Let the height grow with the volume.');
    }
    if (above.areaKm2 < below.areaKm2) {
      const message = `the area falls from ${below.areaKm2} to ${above.areaKm2} km2 as the volume grows to ${above.volumeHm3} hm3`;
      report('PhysicalConstraint', 'area_km2', above.areaKm2, message, 'Let the area grow with the volume.');
    }
  }
  return findings;
}

/**
 * The curve of a plant from its points, in whatever order they come.
 * @throws CobreError with the first finding of `checkGeometry`, or `CoverageMismatch` without a point.
 */
export function reservoirGeometry(hydroId: number, points: readonly GeometryPoint[]): ReservoirGeometry {
  const findings = checkGeometry(hydroId, points);
  if (points.length === 0) findings.push(missingGeometry(`hydro ${hydroId}`, 1));
  throwFirstError(findings);
  const sorted = byVolume(points);
  return {
    volumes: Float64Array.from(sorted, ({ volumeHm3 }) => volumeHm3),
    heights: Float64Array.from(sorted, ({ heightM }) => heightM),
    areas: Float64Array.from(sorted, ({ areaKm2 }) => areaKm2),
  };
}

/** The finding that a curve has not the points that a model needs. */
export function missingGeometry(label: string, needed: number, count = 0): Finding {
  return {
    severity: 'error',
    kind: 'CoverageMismatch',
    file: FILE,
    field: 'hydro_id',
    value: count,
    message: `${label}: the volume-height-area curve has ${count} points where at least ${needed} are needed`,
    suggestion: `Add rows for this plant to ${FILE}.`,
  };
}

/** Level of the reservoir at a volume [hm3], in m; constant outside the curve. */
export function forebayHeight({ volumes, heights }: ReservoirGeometry, volume: number): number {
  return interpolate(volumes, heights, volume);
}

/** Slope of the level [m/hm3] of the segment at a volume; of the nearest one outside the curve. */
export function forebaySlope({ volumes, heights }: ReservoirGeometry, volume: number): number {
  return slopeAt(volumes, heights, volume);
}

/** Area of the surface at a volume [hm3], in km2; constant outside the curve. */
export function surfaceArea({ volumes, areas }: ReservoirGeometry, volume: number): number {
  return interpolate(volumes, areas, volume);
}

/** Slope of the area [km2/hm3] of the segment at a volume; of the nearest one outside the curve. */
export function surfaceAreaSlope({ volumes, areas }: ReservoirGeometry, volume: number): number {
  return slopeAt(volumes, areas, volume);
}
