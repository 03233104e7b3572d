import { CASE_TABLES } from '../case-tables.js';
import type { ParsedCase } from '../parsed-case.js';
import { rowInWords } from '../read/parquet-table.js';
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
  checkPrices(data, report);
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

/** What is sold earns and what is bought costs; the format has revenue below 0, which is easily taken the other way round. */
function checkPrices({ contracts, contractBounds }: ParsedCase, report: Report): void {
  const isOdd = (type: 'import' | 'export', price: number) => (type === 'export' ? price > 0 : price < 0);
  const warn = (type: 'import' | 'export', what: string, at: { file: string; field: string; value: number }) => {
    const consequence = type === 'export' ? 'every MWh sold costs' : 'every MWh bought earns';
    const sign = type === 'export' ? 'Revenue has a price below 0' : 'A cost has a price above 0';
    const message = `${what} is an ${type} at a price of ${at.value}, so that ${consequence} ${Math.abs(at.value)} $`;
    report.warn('PhysicalConstraint', message, {
      ...at,
      suggestion: `${sign}: write ${-at.value} unless it is meant.`,
    });
  };
  for (const [i, { type, price_per_mwh: value }] of (contracts?.contracts ?? []).entries()) {
    if (!isOdd(type, value)) continue;
    const field = `contracts[${i}].price_per_mwh`;
    warn(type, `contracts[${i}]`, { file: 'system/energy_contracts.json', field, value });
  }
  const typeOf = new Map((contracts?.contracts ?? []).map(({ id, type }) => [id, type]));
  const told = new Set<number>();
  for (let row = 0; row < (contractBounds?.rows ?? 0); row++) {
    const { contract_id, price_per_mwh } = (contractBounds as NonNullable<typeof contractBounds>).columns;
    const [id, value] = [contract_id[row], price_per_mwh[row]];
    const type = typeOf.get(id);
    // NaN where the row gives no price is neither.
    if (type === undefined || told.has(id) || !isOdd(type, value)) continue;
    told.add(id);
    const { file } = CASE_TABLES.contractBounds;
    warn(type, `contract ${id} in ${rowInWords(row)} of ${file}`, { file, field: 'price_per_mwh', value });
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
