import { join } from 'node:path';
import type { Study } from '../case/study.js';
import type { ScenarioResult } from '../sddp/outcome.js';
import {
  BUS_COLUMNS,
  CONTRACT_COLUMNS,
  COST_COLUMNS,
  type Column,
  EXCHANGE_COLUMNS,
  GENERIC_VIOLATION_COLUMNS,
  HYDRO_COLUMNS,
  INFLOW_LAG_COLUMNS,
  PUMP_COLUMNS,
  SOURCE_COLUMNS,
  THERMAL_COLUMNS,
} from './columns.js';
import { writeFile } from './files.js';
import { hydroValues } from './hydro-table.js';
import { busValues, exchangeValues, thermalValues } from './network-tables.js';
import { type ColumnValues, encodeParquet } from './parquet.js';
import { rowLayout } from './row-layout.js';
import { costValues, genericViolationValues, inflowLagValues } from './stage-tables.js';
import { contractValues, pumpValues, sourceValues } from './trade-tables.js';

/** Directory of a scenario's results, as Hive partitioning has it: `scenario_id=0007`. */
export function scenarioDirectory(scenario: number): string {
  return `scenario_id=${String(scenario).padStart(4, '0')}`;
}

/** A file of a scenario's results, relative to the output directory. */
export interface ScenarioFile {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/**
 * Writes one scenario: `simulation/KIND/scenario_id=NNNN/data.parquet` under `directory`, for the kinds costs, hydros,
 * thermals, exchanges, buses, pumping_stations, contracts, non_controllables, inflow_lags and violations/generic. Kinds of
 * entity that the case does not have are not written. Synchronous, for use inside a rank.
 *
 * Rows run over stages, then entities, then blocks; costs have one row a stage, with a null block; lags have one a stage,
 * hydro and lag; generic violations those rows that are violated, constraint by constraint.
 * @param cumulativeDiscount by stage: discount from the stage to the first one
 * @returns the files, relative to `directory`
 * @throws CobreError `IoError`
 */
export function writeScenario(
  directory: string,
  study: Study,
  result: ScenarioResult,
  cumulativeDiscount: Float64Array,
): string[] {
  return encodeScenario(study, result, cumulativeDiscount).map(({ file, bytes }) => {
    writeFile(join(directory, file), bytes);
    return file;
  });
}

/** The files of one scenario, as `writeScenario` writes them. */
export function encodeScenario(study: Study, result: ScenarioResult, cumulativeDiscount: Float64Array): ScenarioFile[] {
  const layout = rowLayout(study);
  const tables: [name: string, entities: number, columns: readonly Column[], values: () => ColumnValues[]][] = [
    ['costs', 1, COST_COLUMNS, () => costValues(study, result, cumulativeDiscount, layout)],
    ['hydros', study.hydros.length, HYDRO_COLUMNS, () => hydroValues(study, result, layout)],
    ['thermals', study.thermals.length, THERMAL_COLUMNS, () => thermalValues(result, layout)],
    ['exchanges', study.lines.length, EXCHANGE_COLUMNS, () => exchangeValues(result, layout)],
    ['buses', study.buses.length, BUS_COLUMNS, () => busValues(result, layout)],
    ['pumping_stations', study.pumps.length, PUMP_COLUMNS, () => pumpValues(result, layout)],
    ['contracts', study.contracts.length, CONTRACT_COLUMNS, () => contractValues(result, layout)],
    ['non_controllables', study.sources.length, SOURCE_COLUMNS, () => sourceValues(result, layout)],
    ['inflow_lags', result.memory.length, INFLOW_LAG_COLUMNS, () => inflowLagValues(study, result)],
    [
      join('violations', 'generic'),
      study.genericConstraints.length,
      GENERIC_VIOLATION_COLUMNS,
      () => genericViolationValues(study, result),
    ],
  ];
  return tables
    .filter(([, entities]) => entities > 0)
    .map(([name, , columns, values]) => ({
      file: join('simulation', name, scenarioDirectory(result.scenario), 'data.parquet'),
      bytes: encodeParquet(columns, values()),
    }));
}
