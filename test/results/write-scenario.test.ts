import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BUS_COLUMNS, COST_COLUMNS, EXCHANGE_COLUMNS, HYDRO_COLUMNS, THERMAL_COLUMNS } from '#cobre/results/columns';
import { readParquet } from '#cobre/results/parquet';
import { writeScenario } from '#cobre/results/write-scenario';
import type { ScenarioResult } from '#cobre/sddp/outcome';
import { makeScenario, makeStudy, temporaryDirectory } from './fixture.js';

const TABLES = {
  costs: COST_COLUMNS,
  hydros: HYDRO_COLUMNS,
  thermals: THERMAL_COLUMNS,
  exchanges: EXCHANGE_COLUMNS,
  buses: BUS_COLUMNS,
};

const DISCOUNT = Float64Array.of(1, 0.5, 0.125);

async function written(table: keyof typeof TABLES, result: ScenarioResult = makeScenario(7)) {
  const directory = temporaryDirectory();
  writeScenario(directory, makeStudy(), result, DISCOUNT);
  const id = String(result.scenario).padStart(4, '0');
  return readParquet(join(directory, 'simulation', table, `scenario_id=${id}`, 'data.parquet'), TABLES[table], '');
}

describe('writeScenario', () => {
  it('partitions by scenario, and leaves out entities the case does not have', () => {
    const directory = temporaryDirectory();
    const study = { ...makeStudy(), lines: [], thermals: [] };
    const files = writeScenario(directory, study, makeScenario(12345), DISCOUNT);
    expect(readdirSync(join(directory, 'simulation')).sort()).toEqual(['buses', 'costs', 'hydros']);
    expect(files).toContain(join('simulation', 'buses', 'scenario_id=12345', 'data.parquet'));
  });

  it('has a row a stage, entity and block, in that order, and a row a stage for costs', async () => {
    const rows = await written('exchanges');
    expect(rows.map((row) => [row.stage_id, row.block_id])).toEqual([
      [0, 0],
      [1, 0],
      [1, 1],
      [2, 0],
      [2, 1],
      [2, 2],
    ]);
    const buses = await written('buses');
    expect(buses.slice(2, 6).map((row) => [row.stage_id, row.bus_id, row.block_id])).toEqual([
      [1, 1, 0],
      [1, 1, 1],
      [1, 2, 0],
      [1, 2, 1],
    ]);
    expect(buses).toHaveLength(12);
    const costs = await written('costs');
    expect(costs.map((row) => [row.stage_id, row.block_id])).toEqual([
      [0, null],
      [1, null],
      [2, null],
    ]);
  });

  it('writes hydros: what the plant did, and what follows from it', async () => {
    const rows = await written('hydros');
    expect(rows).toHaveLength(18);
    // Stage 1 (rows 1 and 2 of the scenario), hydro 30 (entity 2), block 1 of 16 h: cell 2 * 3 + 2 = 8, stage cell 5.
    const row = rows.find((r) => r.stage_id === 1 && r.hydro_id === 30 && r.block_id === 1);
    expect(row).toEqual({
      stage_id: 1,
      block_id: 1,
      hydro_id: 30,
      turbined_m3s: 20, // 10 (1 + 8 / 8)
      spillage_m3s: 4,
      outflow_m3s: 24,
      evaporation_m3s: null,
      diverted_inflow_m3s: null,
      diverted_outflow_m3s: null,
      incremental_inflow_m3s: 48.75, // 30 (1 + 5 / 8)
      // Plus plants 10 (cell 6: 17.5 + 3.5) and 20 (cell 7: 18.75 + 3.75).
      inflow_m3s: 92.25,
      storage_initial_hm3: 162.5,
      storage_final_hm3: 0,
      generation_mw: 10, // 5 (1 + 8 / 8)
      generation_mwh: 160,
      productivity_mw_per_m3s: 0.5,
      spillage_cost: 32, // 0.5 $/(m3/s h) * 4 m3/s * 16 h
      water_value_per_hm3: -14, // -7 (1 + 8 / 8)
      storage_binding_code: 1,
      operative_state_code: 2,
      turbined_slack_m3s: 1,
      outflow_slack_below_m3s: 0.5,
      outflow_slack_above_m3s: 0.25,
      generation_slack_mw: 0.125,
      storage_violation_below_hm3: 8.125,
      filling_target_violation_hm3: 0,
      evaporation_violation_pos_m3s: 0,
      evaporation_violation_neg_m3s: 0,
      inflow_nonnegativity_slack_m3s: 4.875,
      water_withdrawal_violation_pos_m3s: 0,
      water_withdrawal_violation_neg_m3s: 0,
    });
    const upstream = rows.find((r) => r.stage_id === 1 && r.hydro_id === 10 && r.block_id === 1);
    expect(upstream?.inflow_m3s).toBe(upstream?.incremental_inflow_m3s);
    const codes = rows.filter((r) => r.block_id === 0).map((r) => r.storage_binding_code);
    expect(codes).toEqual([1, 2, 0, 0, 0, 1, 2, 0, 0]); // bounds 0 and 1000 hm3
  });

  it('writes thermals, exchanges and buses with energies, costs and losses', async () => {
    // Stage 2, block 2 of 18 h is row 5.
    const thermal = (await written('thermals')).find((r) => r.stage_id === 2 && r.thermal_id === 4 && r.block_id === 2);
    expect(thermal).toEqual({
      stage_id: 2,
      block_id: 2,
      thermal_id: 4,
      generation_mw: 47.5, // cell 11: 20 (1 + 11 / 8)
      generation_mwh: 855,
      generation_cost: 17_100, // 20 $/MWh
      is_gnl: false,
      gnl_committed_mw: null,
      gnl_decision_mw: null,
      operative_state_code: 2,
    });
    expect((await written('exchanges'))[5]).toEqual({
      stage_id: 2,
      block_id: 2,
      line_id: 5,
      direct_flow_mw: 65,
      reverse_flow_mw: 13,
      net_flow_mw: 52,
      net_flow_mwh: 936,
      losses_mw: 1.95, // 2.5 % of 78 MW
      losses_mwh: 35.1,
      exchange_cost: 175.5, // 0.125 $/MWh * 78 MW * 18 h
      operative_state_code: 2,
    });
    const bus = (await written('buses')).find((r) => r.stage_id === 2 && r.bus_id === 2 && r.block_id === 2);
    expect(bus).toEqual({
      stage_id: 2,
      block_id: 2,
      bus_id: 2,
      load_mw: 118.75,
      load_mwh: 2137.5,
      deficit_mw: 2.375,
      deficit_mwh: 42.75,
      excess_mw: 1.1875,
      excess_mwh: 21.375,
      spot_price: 142.5,
    });
  });

  it('writes costs by cause', async () => {
    const [first] = await written('costs');
    // Stage 0 is one block of 24 h; cells are the first of each array.
    expect(first).toEqual({
      stage_id: 0,
      block_id: null,
      total_cost: 1050,
      immediate_cost: 1000,
      future_cost: 50, // 100 seen from stage 1, discounted by 0.5
      discount_factor: 1,
      thermal_cost: 15_600, // (10 * 20 + 20 * 22.5) * 24
      contract_cost: 0,
      deficit_cost: 1062.5,
      excess_cost: 13.125, // (0.25 * 0.5 + 0.75 * 0.5625) * 24
      storage_violation_cost: 67.5, // 4 * (5 + 5.625 + 6.25)
      filling_target_cost: 0,
      hydro_violation_cost: 81 + 60.75 + 15.1875 + 12.65625,
      outflow_violation_below_cost: 60.75, // 3 * 0.84375 * 24
      outflow_violation_above_cost: 15.1875, // 1.5 * 0.421875 * 24
      turbined_violation_cost: 81, // 2 * 1.6875 * 24
      generation_violation_cost: 12.65625, // 2.5 * 0.2109375 * 24
      evaporation_violation_cost: 0,
      withdrawal_violation_cost: 0,
      inflow_penalty_cost: 1944, // 8 * 10.125 * 24
      generic_violation_cost: 0,
      spillage_cost: 81, // 0.5 * 6.75 * 24
      fpha_turbined_cost: 0,
      curtailment_cost: 0,
      exchange_cost: 144, // 0.125 * 48 * 24
      pumping_cost: 0,
    });
  });

  it('says so when it cannot write', () => {
    expect(() => writeScenario(join(import.meta.filename, 'x'), makeStudy(), makeScenario(0), DISCOUNT)).toThrow(
      expect.objectContaining({ kind: 'IoError' }),
    );
  });
});
