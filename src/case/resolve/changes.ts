import type { CompleteCase } from '../parsed-case.js';
import type { Change, HydroPenalties, HydroValues, Stage, StageChanges } from '../study.js';
import type { Index } from './positions.js';

/** Positions by id of everything that may change from stage to stage. */
export interface EntityIndices {
  readonly stages: Index;
  readonly buses: Index;
  readonly lines: Index;
  readonly hydros: Index;
  readonly thermals: Index;
  readonly sources: Index;
  readonly pumps: Index;
  readonly contracts: Index;
  readonly constraints: Index;
}

interface AnyTable {
  readonly rows: number;
  readonly columns: Readonly<Record<string, Float64Array>>;
}

/** Columns of a table by the names that their values have in a study. */
type Names = Readonly<Record<string, string>>;
/** What changes at a stage, by entity. */
type Collected = Map<number, Record<string, number>>;

const HYDRO_BOUNDS: Names = {
  min_turbined_m3s: 'minTurbined',
  max_turbined_m3s: 'maxTurbined',
  min_storage_hm3: 'minStorage',
  max_storage_hm3: 'maxStorage',
  min_outflow_m3s: 'minOutflow',
  max_outflow_m3s: 'maxOutflow',
  min_generation_mw: 'minGeneration',
  max_generation_mw: 'maxGeneration',
  max_diversion_m3s: 'maxDiversion',
  filling_inflow_m3s: 'fillingInflow',
  water_withdrawal_m3s: 'withdrawal',
} satisfies Record<string, keyof HydroValues>;

const HYDRO_PENALTIES: Names = {
  spillage_cost: 'spillage',
  fpha_turbined_cost: 'fphaTurbined',
  diversion_cost: 'diversion',
  storage_violation_below_cost: 'storageViolationBelow',
  filling_target_violation_cost: 'fillingTarget',
  turbined_violation_below_cost: 'turbinedViolationBelow',
  outflow_violation_below_cost: 'outflowViolationBelow',
  outflow_violation_above_cost: 'outflowViolationAbove',
  generation_violation_below_cost: 'generationViolationBelow',
} satisfies Record<string, keyof HydroPenalties>;

/** Costs that a table gives for both directions at once. */
const BELOW: Names = {
  evaporation_violation_cost: 'evaporationBelow',
  water_withdrawal_violation_cost: 'withdrawalBelow',
} satisfies Record<string, keyof HydroPenalties>;
const ABOVE: Names = {
  evaporation_violation_cost: 'evaporationAbove',
  water_withdrawal_violation_cost: 'withdrawalAbove',
} satisfies Record<string, keyof HydroPenalties>;

/** What the tables of bounds and penalties change at each stage. Rows of stages that do not exist have no effect. */
export function buildChanges(data: CompleteCase, stages: readonly Stage[], index: EntityIndices): StageChanges[] {
  const collect = (id: string, entities: Index, ...sources: readonly (readonly [AnyTable | null, Names])[]) => {
    const collected: Collected[] = stages.map(() => new Map());
    for (const [table, names] of sources) collectRows(collected, table, id, entities, index.stages, names);
    return collected;
  };
  const { hydroPenalties } = data;
  const bounds = collect('hydro_id', index.hydros, [data.hydroBounds, HYDRO_BOUNDS]);
  const penalties = collect(
    'hydro_id',
    index.hydros,
    [hydroPenalties, HYDRO_PENALTIES],
    [hydroPenalties, BELOW],
    [hydroPenalties, ABOVE],
  );
  const thermals = collect('thermal_id', index.thermals, [
    data.thermalBounds,
    { min_generation_mw: 'minMw', max_generation_mw: 'maxMw', cost_per_mwh: 'cost' },
  ]);
  const lines = collect(
    'line_id',
    index.lines,
    [data.lineBounds, { direct_mw: 'directMw', reverse_mw: 'reverseMw' }],
    [data.linePenalties, { exchange_cost: 'exchangeCost' }],
  );
  const buses = collect('bus_id', index.buses, [data.busPenalties, { excess_cost: 'excessCost' }]);
  const pumps = collect('station_id', index.pumps, [data.pumpBounds, { min_m3s: 'minFlow', max_m3s: 'maxFlow' }]);
  const contracts = collect('contract_id', index.contracts, [
    data.contractBounds,
    { min_mw: 'minMw', max_mw: 'maxMw', price_per_mwh: 'price' },
  ]);
  const available = collect('ncs_id', index.sources, [data.sourceBounds, { available_generation_mw: 'availableMw' }]);
  const curtailment = collect('source_id', index.sources, [
    data.sourcePenalties,
    { curtailment_cost: 'curtailmentCost' },
  ]);
  const generic = genericBounds(data, stages, index);
  return stages.map((_, t) => ({
    hydros: listed<HydroValues>(withPenalties(bounds[t], penalties[t])),
    thermals: listed(thermals[t]),
    lines: listed(lines[t]),
    buses: listed(buses[t]),
    pumps: listed(pumps[t]),
    contracts: listed(contracts[t]),
    sources: listed(merged(available[t], curtailment[t])),
    generic: generic[t],
  }));
}

function collectRows(
  collected: readonly Collected[],
  table: AnyTable | null,
  id: string,
  entities: Index,
  stages: Index,
  names: Names,
): void {
  for (let row = 0; row < (table?.rows ?? 0); row++) {
    const { columns } = table as AnyTable;
    // Rows of one block are reserved by the format and have no effect.
    if (columns.block_id !== undefined && !Number.isNaN(columns.block_id[row])) continue;
    const t = stages.get(columns.stage_id[row]);
    const entity = entities.get(columns[id][row]);
    if (t === undefined || entity === undefined) continue;
    for (const [column, name] of Object.entries(names)) {
      const value = columns[column][row];
      if (Number.isNaN(value)) continue;
      const values = collected[t].get(entity) ?? {};
      values[name] = value;
      collected[t].set(entity, values);
    }
  }
}

function merged(first: Collected, second: Collected): Collected {
  const both: Collected = new Map(first);
  for (const [entity, values] of second) both.set(entity, { ...both.get(entity), ...values });
  return both;
}

function withPenalties(bounds: Collected, penalties: Collected): Map<number, object> {
  const both = new Map<number, object>(bounds);
  for (const [entity, values] of penalties) both.set(entity, { ...both.get(entity), penalties: values });
  return both;
}

function listed<V>(collected: ReadonlyMap<number, object>): Change<V>[] {
  return [...collected].sort(([a], [b]) => a - b).map(([entity, values]) => ({ entity, values: values as Partial<V> }));
}

function genericBounds(data: CompleteCase, stages: readonly Stage[], index: EntityIndices): StageChanges['generic'][] {
  const byStage: { constraint: number; block: number | null; bound: number }[][] = stages.map(() => []);
  const columns = data.genericBounds?.columns;
  for (let row = 0; row < (data.genericBounds?.rows ?? 0); row++) {
    const { constraint_id, stage_id, block_id, bound } = columns as NonNullable<typeof columns>;
    const t = index.stages.get(stage_id[row]);
    const constraint = index.constraints.get(constraint_id[row]);
    if (t === undefined || constraint === undefined) continue;
    const block = Number.isNaN(block_id[row]) ? null : block_id[row];
    byStage[t].push({ constraint, block, bound: bound[row] });
  }
  for (const rows of byStage) {
    rows.sort((a, b) => a.constraint - b.constraint || (a.block ?? -1) - (b.block ?? -1));
  }
  return byStage;
}
