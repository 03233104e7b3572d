import type { ParsedCase } from '../parsed-case.js';
import type { BusesFile } from '../schema/buses.js';
import type { Report } from './report.js';

type Segment = NonNullable<BusesFile['buses'][number]['deficit_segments']>[number];

/** Bounds that contradict each other, deficit costs that do not rise, initial storage outside the reservoir. */
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
  for (const [i, line] of (data.lines?.lines ?? []).entries()) {
    if (line.source_bus_id !== line.target_bus_id) continue;
    report.warn('system/lines.json', `lines[${i}] joins bus ${line.source_bus_id} to itself and carries nothing`);
  }
  const global = data.penalties?.bus.deficit_segments;
  if (global) checkDeficit(report, 'penalties.json', 'bus.deficit_segments', global);
  for (const [i, bus] of (data.buses?.buses ?? []).entries()) {
    const segments = bus.deficit_segments;
    if (segments) checkDeficit(report, 'system/buses.json', `buses[${i}].deficit_segments`, segments);
  }
  checkInitialStorage(data, report);
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

function checkInitialStorage(data: ParsedCase, report: Report): void {
  if (!data.hydros || !data.initialConditions) return;
  const file = 'initial_conditions.json';
  const byId = new Map(data.hydros.hydros.map((hydro) => [hydro.id, hydro]));
  for (const [i, { hydro_id, value_hm3 }] of data.initialConditions.storage.entries()) {
    const reservoir = byId.get(hydro_id)?.reservoir;
    if (reservoir === undefined) continue;
    const { min_storage_hm3: min, max_storage_hm3: max } = reservoir;
    // Contradictory bounds have been reported where they stand.
    if (min > max || (value_hm3 >= min && value_hm3 <= max)) continue;
    report.error(
      'PhysicalConstraint',
      `storage[${i}]: ${value_hm3} hm3 is outside the reservoir of hydro ${hydro_id}`,
      {
        file,
        field: `storage[${i}].value_hm3`,
        value: value_hm3,
        context: { hydro_id, min_storage_hm3: min, max_storage_hm3: max },
        suggestion: `Choose a value between ${min} and ${max} hm3.`,
      },
    );
  }
  const given = new Set(data.initialConditions.storage.map((entry) => entry.hydro_id));
  for (const { id, reservoir } of data.hydros.hydros) {
    const { min_storage_hm3: min, max_storage_hm3: max } = reservoir;
    if (given.has(id) || max === 0) continue;
    if (min <= 0) {
      report.warn(file, `hydro ${id} has no entry in storage and starts with 0 hm3`);
    } else if (min <= max && report.clean(file, 'system/hydros.json')) {
      // Where a file is faulty already, an entry with a wrong id may have been meant for this hydro.
      report.error('CoverageMismatch', `hydro ${id} has no entry in storage and may not start below ${min} hm3`, {
        file,
        field: 'storage',
        value: id,
        context: { hydro_id: id, min_storage_hm3: min, max_storage_hm3: max },
        suggestion: `Add an entry with hydro_id ${id} and a value_hm3 between ${min} and ${max}.`,
      });
    }
  }
  if (data.initialConditions.past_inflows.length > 0) {
    report.warn(file, 'past_inflows has no effect, because the inflow has no autoregressive part');
  }
  if (data.initialConditions.recent_observations.length > 0) {
    report.warn(file, 'recent_observations has no effect, because the inflow has no autoregressive part');
  }
}
