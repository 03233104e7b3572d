import { CASE_TABLES, type TableName } from '../case-tables.js';
import type { ParsedCase } from '../parsed-case.js';
import { rowInWords } from '../read/parquet-table.js';
import type { Report } from './report.js';
import type { AnyTable } from './table-rows.js';

/** Columns of a lower and an upper bound, and the values that hold where a row gives none. */
type Pair = readonly [lower: string, upper: string, min: number, max: number];

/** Bounds of a stage contradict neither each other nor what the entity says for all stages. */
export function checkStageBounds(data: ParsedCase, report: Report): void {
  check(data, report, 'thermalBounds', 'thermal_id', byId(data.thermals?.thermals), ({ generation }) => [
    ['min_generation_mw', 'max_generation_mw', generation.min_mw, generation.max_mw],
  ]);
  const hydros = byId(data.hydros?.hydros);
  check(data, report, 'hydroBounds', 'hydro_id', hydros, ({ generation, reservoir, outflow }) => [
    ['min_turbined_m3s', 'max_turbined_m3s', generation.min_turbined_m3s, generation.max_turbined_m3s],
    ['min_storage_hm3', 'max_storage_hm3', reservoir.min_storage_hm3, reservoir.max_storage_hm3],
    ['min_outflow_m3s', 'max_outflow_m3s', outflow.min_outflow_m3s, outflow.max_outflow_m3s ?? Infinity],
    ['min_generation_mw', 'max_generation_mw', generation.min_generation_mw, generation.max_generation_mw],
  ]);
  check(data, report, 'pumpBounds', 'station_id', byId(data.pumps?.pumping_stations), ({ flow }) => [
    ['min_m3s', 'max_m3s', flow.min_m3s, flow.max_m3s],
  ]);
  check(data, report, 'contractBounds', 'contract_id', byId(data.contracts?.contracts), ({ limits }) => [
    ['min_mw', 'max_mw', limits.min_mw, limits.max_mw],
  ]);
  warnOfUnused(data, report, hydros);
}

function byId<T extends { readonly id: number }>(entities: readonly T[] | undefined): Map<number, T> {
  return new Map((entities ?? []).map((entity) => [entity.id, entity]));
}

function check<T>(
  data: ParsedCase,
  report: Report,
  name: TableName,
  id: string,
  entities: ReadonlyMap<number, T>,
  pairsOf: (entity: T) => readonly Pair[],
): void {
  const table = data[name] as AnyTable | null | undefined;
  const { file } = CASE_TABLES[name];
  for (let row = 0; row < (table?.rows ?? 0); row++) {
    const { columns } = table as AnyTable;
    const entity = entities.get(columns[id][row]);
    if (entity === undefined) continue;
    for (const [lower, upper, min, max] of pairsOf(entity)) {
      const givesLower = !Number.isNaN(columns[lower][row]);
      // A contradiction of the entity's own bounds has been reported where it stands.
      if (min > max || (!givesLower && Number.isNaN(columns[upper][row]))) continue;
      const low = givesLower ? columns[lower][row] : min;
      const high = Number.isNaN(columns[upper][row]) ? max : columns[upper][row];
      if (low <= high) continue;
      report.error(
        'CapacityViolation',
        `${rowInWords(row)} of ${file}: ${lower} = ${low} is above ${upper} = ${high}`,
        {
          file,
          field: givesLower ? lower : upper,
          value: givesLower ? low : high,
          context: { row, [id]: columns[id][row], stage_id: columns.stage_id[row], [lower]: low, [upper]: high },
          suggestion: `Lower ${lower} or raise ${upper} at this stage; where a row gives none, that of the entity holds.`,
        },
      );
    }
  }
}

type Hydro = NonNullable<ParsedCase['hydros']>['hydros'][number];

function warnOfUnused(data: ParsedCase, report: Report, hydros: ReadonlyMap<number, Hydro>): void {
  const warn = (name: TableName, id: string, column: string, why: string, unused: (id: number) => boolean) => {
    const table = data[name] as AnyTable | null | undefined;
    const ids = new Set<number>();
    for (let row = 0; row < (table?.rows ?? 0); row++) {
      const { columns } = table as AnyTable;
      if (!Number.isNaN(columns[column][row]) && unused(columns[id][row])) ids.add(columns[id][row]);
    }
    if (ids.size === 0) return;
    const sorted = [...ids].sort((a, b) => a - b);
    report.warn('IncompatibleSettings', `${column} has no effect for ${id} ${sorted.join(', ')}: ${why}`, {
      file: CASE_TABLES[name].file,
      field: column,
      suggestion: `Leave ${column} empty in these rows.`,
    });
  };
  const hydroHas = (key: 'diversion' | 'filling') => (id: number) => hydros.has(id) && !hydros.get(id)?.[key];
  warn('hydroBounds', 'hydro_id', 'max_diversion_m3s', 'the hydro has no diversion channel', hydroHas('diversion'));
  warn('hydroBounds', 'hydro_id', 'filling_inflow_m3s', 'the hydro is not filled', hydroHas('filling'));
  warn('thermalBounds', 'thermal_id', 'block_id', 'rows of one block are reserved by the format', () => true);
}
