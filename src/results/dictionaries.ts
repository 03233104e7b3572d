import { join } from 'node:path';
import type { Study } from '../case/study.js';
import { stateSize } from '../sddp/stage-problems.js';
import { boundValues } from './bounds-table.js';
import { BOUND_TYPE, CONTRACT_TYPE, ENTITY_TYPE, labelsByCode, OPERATIVE_STATE, STORAGE_BINDING } from './codes.js';
import { BOUND_COLUMNS, SCHEMAS } from './columns.js';
import { writeFile, writeJson } from './files.js';
import { writeParquet } from './parquet.js';
import type { RunMeta } from './run-meta.js';

const FORMAT_VERSION = '1.0';
/** A line joins two buses, so it is given none. */
const NO_BUS = -1;
/** The format reserves partitions of the system; there is one. */
const SYSTEM_ID = 0;

/**
 * Writes what a reader needs to understand the other files without the case: `codes.json`, `entities.csv`,
 * `variables.csv`, `bounds.parquet` and `state_dictionary.json`.
 * @throws CobreError `IoError`
 */
export function writeDictionaries(directory: string, study: Study, meta: RunMeta): void {
  writeJson(join(directory, 'codes.json'), {
    version: FORMAT_VERSION,
    generated_at: meta.completedAt,
    operative_state: labelsByCode(OPERATIVE_STATE),
    storage_binding: labelsByCode(STORAGE_BINDING),
    contract_type: labelsByCode(CONTRACT_TYPE),
    entity_type: labelsByCode(ENTITY_TYPE),
    bound_type: labelsByCode(BOUND_TYPE),
  });
  writeFile(join(directory, 'entities.csv'), entitiesCsv(study));
  writeFile(join(directory, 'variables.csv'), variablesCsv());
  writeParquet(join(directory, 'bounds.parquet'), BOUND_COLUMNS, boundValues(study));
  const states = stateSize(study);
  writeJson(join(directory, 'state_dictionary.json'), {
    version: FORMAT_VERSION,
    state_dimension: states,
    storage_states: study.hydros.map(({ id }, index) => ({ hydro_id: id, dimension_index: index, unit: 'hm3' })),
    inflow_lag_states: lagStates(study, states),
  });
}

/** Inflows that the state remembers come after the storages: those of the latest stage by hydro, then those before. */
function lagStates(study: Study, states: number) {
  const H = study.hydros.length;
  return Array.from({ length: states - H }, (_, i) => ({
    hydro_id: study.hydros[i % H].id,
    lag_index: Math.floor(i / H) + 1,
    dimension_index: H + i,
    unit: 'm3s',
  }));
}

/** One line of CSV (RFC 4180): fields with commas, quotes or line breaks are quoted. */
function csvLine(fields: readonly (string | number)[]): string {
  const quoted = fields.map((field) => {
    const text = String(field);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${quoted.join(',')}\n`;
}

function entitiesCsv(study: Study): string {
  const busId = (bus: number): number => study.buses[bus].id;
  const rows = [
    ...study.hydros.map(({ id, name, bus }) => [ENTITY_TYPE.hydro, id, name, busId(bus), SYSTEM_ID]),
    ...study.thermals.map(({ id, name, bus }) => [ENTITY_TYPE.thermal, id, name, busId(bus), SYSTEM_ID]),
    ...study.buses.map(({ id, name }) => [ENTITY_TYPE.bus, id, name, id, SYSTEM_ID]),
    ...study.lines.map(({ id, name }) => [ENTITY_TYPE.line, id, name, NO_BUS, SYSTEM_ID]),
    ...study.pumps.map(({ id, name, bus }) => [ENTITY_TYPE.pumping_station, id, name, busId(bus), SYSTEM_ID]),
    ...study.contracts.map(({ id, name, bus }) => [ENTITY_TYPE.contract, id, name, busId(bus), SYSTEM_ID]),
    ...study.sources.map(({ id, name, bus }) => [ENTITY_TYPE.non_controllable, id, name, busId(bus), SYSTEM_ID]),
  ];
  return [['entity_type_code', 'entity_id', 'name', 'bus_id', 'system_id'], ...rows].map(csvLine).join('');
}

function variablesCsv(): string {
  const rows = Object.entries(SCHEMAS).flatMap(([schema, columns]) =>
    columns.map(({ name, type, nullable, unit, description }) => [
      schema,
      name,
      type,
      String(nullable),
      unit,
      description,
    ]),
  );
  return [['schema', 'column_name', 'arrow_type', 'nullable', 'unit', 'description'], ...rows].map(csvLine).join('');
}
