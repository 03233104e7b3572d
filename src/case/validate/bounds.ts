import type { ParsedCase } from '../parsed-case.js';
import type { BusesFile } from '../schema/buses.js';
import type { Report } from './report.js';

type Segment = NonNullable<BusesFile['buses'][number]['deficit_segments']>[number];

/** Bounds that contradict each other, deficit costs that do not rise. */
export function checkBounds(data: ParsedCase, report: Report): void {
  for (const [i, hydro] of (data.hydros?.hydros ?? []).entries()) {
    const { reservoir, outflow, generation } = hydro;
    const at = (section: string) => ({ file: 'system/hydros.json', field: `hydros[${i}].${section}` });
    checkPair(report, at('reservoir'), 'min_storage_hm3', 'max_storage_hm3', { ...reservoir });
    checkPair(report, at('outflow'), 'min_outflow_m3s', 'max_outflow_m3s', { ...outflow });
    checkPair(report, at('generation'), 'min_turbined_m3s', 'max_turbined_m3s', { ...generation });
    checkPair(report, at('generation'), 'min_generation_mw', 'max_generation_mw', { ...generation });
  }
  for (const [i, thermal] of (data.thermals?.thermals ?? []).entries()) {
    const at = { file: 'system/thermals.json', field: `thermals[${i}].generation` };
    checkPair(report, at, 'min_mw', 'max_mw', { ...thermal.generation });
  }
  for (const [i, { flow }] of (data.pumps?.pumping_stations ?? []).entries()) {
    const at = { file: 'system/pumping_stations.json', field: `pumping_stations[${i}].flow` };
    checkPair(report, at, 'min_m3s', 'max_m3s', { ...flow });
  }
  for (const [i, { limits }] of (data.contracts?.contracts ?? []).entries()) {
    const at = { file: 'system/energy_contracts.json', field: `contracts[${i}].limits` };
    checkPair(report, at, 'min_mw', 'max_mw', { ...limits });
  }
  for (const [i, line] of (data.lines?.lines ?? []).entries()) {
    if (line.source_bus_id !== line.target_bus_id) continue;
    report.warn('PhysicalConstraint', `lines[${i}] joins bus ${line.source_bus_id} to itself and carries nothing`, {
      file: 'system/lines.json',
      field: `lines[${i}].target_bus_id`,
      value: line.target_bus_id,
      suggestion: 'Name two different buses.',
    });
  }
  const global = data.penalties?.bus.deficit_segments;
  if (global) checkDeficit(report, 'penalties.json', 'bus.deficit_segments', global);
  for (const [i, bus] of (data.buses?.buses ?? []).entries()) {
    const segments = bus.deficit_segments;
    if (segments) checkDeficit(report, 'system/buses.json', `buses[${i}].deficit_segments`, segments);
  }
}

function checkPair(
  report: Report,
  at: { file: string; field: string },
  lower: string,
  upper: string,
  values: Readonly<Record<string, unknown>>,
): void {
  const min = values[lower];
  const max = values[upper];
  if (typeof min !== 'number' || typeof max !== 'number' || min <= max) return;
  report.error('CapacityViolation', `${at.field}: ${lower} = ${min} is above ${upper} = ${max}`, {
    file: at.file,
    field: `${at.field}.${lower}`,
    value: min,
    context: { [upper]: max },
    suggestion: `Lower ${lower} or raise ${upper}.`,
  });
}

/** Dearer segments come later, and only the last one, without a depth, is unbounded. */
function checkDeficit(report: Report, file: string, field: string, segments: readonly Segment[]): void {
  for (const [j, segment] of segments.entries()) {
    const isLast = j === segments.length - 1;
    const isUnbounded = segment.depth_mw === null || segment.depth_mw === undefined;
    if (isLast !== isUnbounded) {
      report.error(
        'PhysicalConstraint',
        isLast ? `${field}[${j}], the last segment, has a depth` : `${field}[${j}] has no depth but is not the last`,
        {
          file,
          field: `${field}[${j}].depth_mw`,
          value: segment.depth_mw ?? null,
          suggestion: 'Set depth_mw to null in the last segment, which is unbounded, and only there.',
        },
      );
    }
    if (j > 0 && segment.cost <= segments[j - 1].cost) {
      const before = segments[j - 1].cost;
      report.error('PenaltyConsistency', `${field}[${j}] costs ${segment.cost}, not more than ${before} before it`, {
        file,
        field: `${field}[${j}].cost`,
        value: segment.cost,
        suggestion: 'Order the segments so that their costs increase.',
      });
    }
  }
}
