import { CASE_TABLES } from '../case-tables.js';
import type { ParsedCase } from '../parsed-case.js';
import { rowInWords } from '../read/parquet-table.js';
import type { Report } from './report.js';

const GEOMETRY = CASE_TABLES.geometry.file;
const HYDROS = 'system/hydros.json';

/** Number of points of each hydro's curves, or `undefined` where the table is broken. */
export function geometryPoints({ geometry }: ParsedCase): Map<number, number> | undefined {
  if (geometry === undefined) return undefined;
  const points = new Map<number, number>();
  for (const id of geometry?.columns.hydro_id ?? []) points.set(id, (points.get(id) ?? 0) + 1);
  return points;
}

/** Curves that fall, tailraces that are no function of the outflow, evaporation without an area to evaporate from. */
export function checkGeometry(data: ParsedCase, report: Report): void {
  checkCurves(data, report);
  warnOfExtent(data, report);
  const points = geometryPoints(data);
  for (const [i, { id, tailrace, evaporation, reservoir }] of (data.hydros?.hydros ?? []).entries()) {
    if (tailrace?.type === 'piecewise') checkTailrace(report, `hydros[${i}].tailrace.points`, tailrace.points);
    if (!evaporation) continue;
    const volumes = evaporation.reference_volumes_hm3 ?? [];
    checkReferenceVolumes(report, `hydros[${i}].evaporation.reference_volumes_hm3`, volumes, reservoir);
    if (points === undefined || points.has(id)) continue;
    report.error('CoverageMismatch', `hydros[${i}] evaporates, but ${GEOMETRY} has no rows of hydro ${id}`, {
      file: HYDROS,
      field: `hydros[${i}].evaporation`,
      value: evaporation,
      suggestion: `Add points of volume and area with hydro_id ${id} to ${GEOMETRY}, or remove evaporation.`,
    });
  }
}

/** Height and area do not fall where volume rises. Equal volumes have been reported as duplicates. */
function checkCurves({ geometry }: ParsedCase, report: Report): void {
  if (!geometry) return;
  const { hydro_id, volume_hm3 } = geometry.columns;
  const order = Array.from(hydro_id, (_, row) => row).sort(
    (a, b) => hydro_id[a] - hydro_id[b] || volume_hm3[a] - volume_hm3[b],
  );
  for (const field of ['height_m', 'area_km2'] as const) {
    const values = geometry.columns[field];
    for (let i = 1; i < order.length; i++) {
      const [before, row] = [order[i - 1], order[i]];
      if (hydro_id[before] !== hydro_id[row] || values[row] >= values[before]) continue;
      const fall = `${field} of hydro ${hydro_id[row]} falls from ${values[before]} to ${values[row]}`;
      report.error('PhysicalConstraint', `${fall} at volume ${volume_hm3[row]}, in ${rowInWords(row)} of ${GEOMETRY}`, {
        file: GEOMETRY,
        field,
        value: values[row],
        context: { row, hydro_id: hydro_id[row] },
        suggestion: 'A fuller reservoir is neither lower nor smaller: correct the point.',
      });
    }
  }
}

/** Between the ends of its curves a reservoir is known, beyond them it is not. */
function warnOfExtent({ geometry, hydros }: ParsedCase, report: Report): void {
  for (const { id, reservoir } of hydros?.hydros ?? []) {
    const volumes = (geometry?.columns.volume_hm3 ?? new Float64Array(0)).filter(
      (_, row) => geometry?.columns.hydro_id[row] === id,
    );
    if (volumes.length === 0) continue;
    const [low, high] = [Math.min(...volumes), Math.max(...volumes)];
    const { min_storage_hm3: min, max_storage_hm3: max } = reservoir;
    if (low <= min && high >= max) continue;
    const missing = [...(low > min ? [min] : []), ...(high < max ? [max] : [])];
    const extent = `the curves of hydro ${id} run from ${low} to ${high} hm3`;
    report.warn('CoverageMismatch', `${extent}, its reservoir from ${min} to ${max} hm3`, {
      file: GEOMETRY,
      field: 'volume_hm3',
      value: [low, high],
      suggestion: `Add ${missing.length === 1 ? 'a point' : 'points'} at ${missing.join(' and ')} hm3.`,
    });
  }
}

function checkTailrace(report: Report, field: string, points: readonly { outflow_m3s: number }[]): void {
  for (let j = 1; j < points.length; j++) {
    const [before, here] = [points[j - 1].outflow_m3s, points[j].outflow_m3s];
    if (here > before) continue;
    report.error('PhysicalConstraint', `${field}[${j}] has an outflow of ${here}, not more than ${before} before it`, {
      file: HYDROS,
      field: `${field}[${j}].outflow_m3s`,
      value: here,
      suggestion: 'Order the points by rising outflow, each once.',
    });
  }
}

function checkReferenceVolumes(
  report: Report,
  field: string,
  volumes: readonly number[],
  { min_storage_hm3: min, max_storage_hm3: max }: { min_storage_hm3: number; max_storage_hm3: number },
): void {
  const month = volumes.findIndex((volume) => volume < min || volume > max);
  // Contradictory bounds have been reported where they stand.
  if (month < 0 || min > max) return;
  report.error('PhysicalConstraint', `${field}[${month}] = ${volumes[month]} hm3 is outside the reservoir`, {
    file: HYDROS,
    field: `${field}[${month}]`,
    value: volumes[month],
    context: { min_storage_hm3: min, max_storage_hm3: max },
    suggestion: `Choose values between ${min} and ${max} hm3.`,
  });
}
