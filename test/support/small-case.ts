import type { CaseContent, TableContent } from './case-builder.js';

/** Shorthand for a table of a case: columns of one type each. */
export function table(
  columns: Record<string, readonly [TableContent['columns'][string]['type'], unknown[]]>,
): TableContent {
  const entries = Object.entries(columns).map(([name, [type, data]]) => [name, { type, data }] as const);
  return { columns: Object.fromEntries(entries) };
}

/** One value for each stage, opening and entity, in this order. */
export function openingsTable(
  openingsOfStage: readonly number[],
  dimension: number,
  value: (stage: number, opening: number, entity: number) => number,
): TableContent {
  const rows: [number, number, number, number][] = [];
  for (const [t, openings] of openingsOfStage.entries()) {
    for (let i = 0; i < openings; i++) {
      for (let e = 0; e < dimension; e++) rows.push([t, i, e, value(t, i, e)]);
    }
  }
  return table({
    stage_id: ['INT32', rows.map((row) => row[0])],
    opening_index: ['UINT32', rows.map((row) => row[1])],
    entity_index: ['UINT32', rows.map((row) => row[2])],
    value: ['DOUBLE', rows.map((row) => row[3])],
  });
}

/**
 * A complete valid case: two buses joined by a line, two hydros in cascade (0 above 1), two thermals, three monthly
 * stages of two blocks and four openings, random inflow at both hydros and random load at bus 1.
 */
export function smallCase(): CaseContent {
  return {
    'config.json': {
      training: {
        tree_seed: 7,
        forward_passes: 2,
        stopping_rules: [{ type: 'iteration_limit', limit: 5 }],
        scenario_source: { seed: 11, inflow: { scheme: 'in_sample' }, load: { scheme: 'in_sample' } },
      },
      simulation: { enabled: true, num_scenarios: 10 },
      modeling: { inflow_non_negativity: { method: 'penalty', penalty_cost: 800 } },
    },
    'penalties.json': {
      bus: {
        deficit_segments: [
          { depth_mw: 50, cost: 3000 },
          { depth_mw: null, cost: 6000 },
        ],
        excess_cost: 10,
      },
      line: { exchange_cost: 0.5 },
      hydro: {
        spillage_cost: 0.01,
        fpha_turbined_cost: 0.05,
        diversion_cost: 0.1,
        storage_violation_below_cost: 10000,
        filling_target_violation_cost: 50000,
        turbined_violation_below_cost: 500,
        outflow_violation_below_cost: 600,
        outflow_violation_above_cost: 700,
        generation_violation_below_cost: 1000,
        evaporation_violation_cost: 5000,
        water_withdrawal_violation_cost: 1000,
      },
      non_controllable_source: { curtailment_cost: 0.005 },
    },
    'stages.json': {
      policy_graph: { type: 'finite_horizon', annual_discount_rate: 0.1 },
      stages: [
        stage(0, '2024-01-01', '2024-02-01', [248, 496]),
        stage(1, '2024-02-01', '2024-03-01', [232, 464]),
        stage(2, '2024-03-01', '2024-04-01', [248, 496]),
      ],
    },
    'initial_conditions.json': {
      storage: [
        { hydro_id: 0, value_hm3: 300 },
        { hydro_id: 1, value_hm3: 100 },
      ],
      filling_storage: [],
    },
    'system/buses.json': {
      buses: [
        { id: 0, name: 'North' },
        { id: 1, name: 'South', deficit_segments: [{ depth_mw: null, cost: 5500 }] },
      ],
    },
    'system/lines.json': {
      lines: [
        {
          id: 0,
          name: 'North-South',
          source_bus_id: 0,
          target_bus_id: 1,
          capacity: { direct_mw: 60, reverse_mw: 40 },
          losses_percent: 2,
        },
      ],
    },
    'system/hydros.json': {
      hydros: [
        hydro(0, 'Upper', 0, 1, { storage: [50, 600], outflow: [5, null], productivity: 0.9, turbined: [0, 100] }),
        {
          ...hydro(1, 'Lower', 1, null, {
            storage: [20, 200],
            outflow: [0, 400],
            productivity: 0.5,
            turbined: [0, 160],
          }),
          penalties: { spillage_cost: 0.02, inflow_nonnegativity_cost: 900 },
        },
      ],
    },
    'system/thermals.json': {
      thermals: [
        { id: 0, name: 'Gas', bus_id: 0, generation: { min_mw: 0, max_mw: 80 }, cost_per_mwh: 40 },
        { id: 1, name: 'Oil', bus_id: 1, generation: { min_mw: 5, max_mw: 60 }, cost_per_mwh: 120 },
      ],
    },
    'scenarios/inflow_seasonal_stats.parquet': table({
      hydro_id: ['INT32', [0, 0, 0, 1, 1, 1]],
      stage_id: ['INT32', [0, 1, 2, 0, 1, 2]],
      mean_m3s: ['DOUBLE', [80, 70, 60, 30, 25, 20]],
      std_m3s: ['DOUBLE', [16, 14, 12, 6, 5, 4]],
    }),
    'scenarios/load_seasonal_stats.parquet': table({
      bus_id: ['INT32', [0, 0, 0, 1, 1, 1]],
      stage_id: ['INT32', [0, 1, 2, 0, 1, 2]],
      mean_mw: ['DOUBLE', [90, 92, 94, 100, 102, 104]],
      std_mw: ['DOUBLE', [0, 0, 0, 3, 0, 4]],
    }),
    'scenarios/load_factors.json': {
      load_factors: [
        {
          bus_id: 0,
          stage_id: 1,
          block_factors: [
            { block_id: 0, factor: 1.2 },
            { block_id: 1, factor: 0.9 },
          ],
        },
      ],
    },
    'scenarios/correlation.json': {
      method: 'spectral',
      profiles: {
        default: {
          correlation_groups: [
            {
              name: 'rivers',
              entities: [
                { type: 'inflow', id: 0 },
                { type: 'inflow', id: 1 },
              ],
              matrix: [
                [1, 0.6],
                [0.6, 1],
              ],
            },
          ],
        },
      },
    },
  };
}

function stage(id: number, start_date: string, end_date: string, hours: number[]) {
  const names = ['Peak', 'Base'];
  return {
    id,
    start_date,
    end_date,
    blocks: hours.map((each, k) => ({ id: k, name: names[k], hours: each })),
    num_scenarios: 4,
  };
}

function hydro(
  id: number,
  name: string,
  bus_id: number,
  downstream_id: number | null,
  plant: {
    storage: [number, number];
    outflow: [number, number | null];
    productivity: number;
    turbined: [number, number];
  },
) {
  return {
    id,
    name,
    bus_id,
    downstream_id,
    reservoir: { min_storage_hm3: plant.storage[0], max_storage_hm3: plant.storage[1] },
    outflow: { min_outflow_m3s: plant.outflow[0], max_outflow_m3s: plant.outflow[1] },
    generation: {
      model: 'constant_productivity',
      productivity_mw_per_m3s: plant.productivity,
      min_turbined_m3s: plant.turbined[0],
      max_turbined_m3s: plant.turbined[1],
      min_generation_mw: 0,
      max_generation_mw: plant.turbined[1] * plant.productivity,
    },
  };
}

/** Three rivers that cannot be correlated like this: the determinant is 1 - 3 * 0.81 - 2 * 0.729 < 0. */
export function indefinite(method: string) {
  return {
    method,
    profiles: {
      default: {
        correlation_groups: [
          {
            name: 'rivers',
            entities: [0, 1, 2].map((id) => ({ type: 'inflow', id })),
            matrix: [
              [1, 0.9, -0.9],
              [0.9, 1, 0.9],
              [-0.9, 0.9, 1],
            ],
          },
        ],
      },
    },
  };
}

/** Adds a third hydro, which may start empty. */
export function threeHydros(file: { hydros: { id: number; reservoir?: unknown }[] }): void {
  file.hydros.push({ ...file.hydros[1], id: 2, reservoir: { min_storage_hm3: 0, max_storage_hm3: 200 } });
}
