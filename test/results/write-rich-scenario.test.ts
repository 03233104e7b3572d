import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SCHEMAS } from '#cobre/results/columns';
import { readParquet } from '#cobre/results/parquet';
import { writeScenario } from '#cobre/results/write-scenario';
import { makeScenario, makeStudy, temporaryDirectory } from './fixture.js';
import { makeRichScenario, makeRichStudy } from './rich-fixture.js';

const DISCOUNT = Float64Array.of(1, 0.5, 0.125);

type Row = Record<string, number>;

async function written(kind: string, schema = kind): Promise<Row[]> {
  const directory = temporaryDirectory();
  writeScenario(directory, makeRichStudy(), makeRichScenario(7), DISCOUNT);
  const file = join(directory, 'simulation', kind, 'scenario_id=0007', 'data.parquet');
  return (await readParquet(file, SCHEMAS[schema], '')) as Row[];
}

/** The row of a stage and block (and entity) in a table. */
function pick(rows: readonly Row[], stage: number, block: number, id?: readonly [name: string, value: number]): Row {
  const found = rows.filter((r) => r.stage_id === stage && r.block_id === block && (!id || r[id[0]] === id[1]));
  expect(found).toHaveLength(1);
  return found[0];
}

describe('what a scenario has beyond plants, lines and buses', () => {
  it('is not written for a case that has none of it', () => {
    const directory = temporaryDirectory();
    writeScenario(directory, makeStudy(), makeScenario(7), DISCOUNT);
    for (const kind of ['pumping_stations', 'contracts', 'non_controllables', 'inflow_lags', 'violations']) {
      expect(existsSync(join(directory, 'simulation', kind))).toBe(false);
    }
  });

  it('pumping stations: volume and energy of the block, and when they are in service', async () => {
    const rows = await written('pumping_stations');
    expect(rows).toHaveLength(6);
    // Stage 1, block 1 of 16 h is row 2 of the scenario: 4 (1 + 2 / 8) m3/s.
    expect(pick(rows, 1, 1)).toEqual({
      stage_id: 1,
      block_id: 1,
      pumping_station_id: 9,
      pumped_flow_m3s: 5,
      pumped_volume_hm3: 0.288, // 5 m3/s * 16 h * 3600 s / 1e6
      power_consumption_mw: 2.5,
      energy_consumption_mwh: 40,
      pumping_cost: 0,
      operative_state_code: 2,
    });
    expect(pick(rows, 2, 0).operative_state_code).toBe(0);
  });

  it('contracts: exports are negative power, and a price below 0 makes a negative cost', async () => {
    const rows = await written('contracts');
    // Stage 1, block 0 of 8 h is row 1: cells 2 and 3, 8 (1 + 2 / 8) and 8 (1 + 3 / 8) MW.
    expect(pick(rows, 1, 0, ['contract_id', 1])).toEqual({
      stage_id: 1,
      block_id: 0,
      contract_id: 1,
      power_mw: 10,
      energy_mwh: 80,
      price_per_mwh: 32, // at this stage
      total_cost: 2560,
      operative_state_code: 2,
    });
    expect(pick(rows, 1, 0, ['contract_id', 2])).toEqual({
      stage_id: 1,
      block_id: 0,
      contract_id: 2,
      power_mw: -11,
      energy_mwh: -88,
      price_per_mwh: -20,
      total_cost: -1760,
      operative_state_code: 2,
    });
    expect(pick(rows, 0, 0, ['contract_id', 1]).price_per_mwh).toBe(30);
    expect(pick(rows, 0, 0, ['contract_id', 2]).operative_state_code).toBe(0);
  });

  it('sources: what is curtailed, at the price of the stage', async () => {
    const rows = await written('non_controllables');
    // Stage 1, block 1 of 16 h, row 2.
    expect(pick(rows, 1, 1)).toEqual({
      stage_id: 1,
      block_id: 1,
      non_controllable_id: 6,
      generation_mw: 30,
      generation_mwh: 480,
      available_mw: 40,
      curtailment_mw: 10,
      curtailment_mwh: 160,
      curtailment_cost: 640, // 4 $/MWh at this stage
      operative_state_code: 2,
    });
    expect(pick(rows, 0, 0).curtailment_cost).toBe(2 * 8 * 24);
  });

  it('lags: those of a hydro after each other, the latest inflow first', async () => {
    const rows = await written('inflow_lags');
    expect(rows).toHaveLength(3 * 3 * 2);
    // Stage 1, hydro 20, two stages back: memory variable 1 * 3 + 1 of 6, so 10 (1 + 10 / 8).
    expect(rows.slice(8, 10)).toEqual([
      { stage_id: 1, hydro_id: 20, lag_index: 1, inflow_m3s: 18.75 },
      { stage_id: 1, hydro_id: 20, lag_index: 2, inflow_m3s: 22.5 },
    ]);
  });

  it('generic constraints: the rows that are violated, and by how much', async () => {
    expect(await written('violations/generic', 'generic_violations')).toEqual([
      { stage_id: 1, block_id: 0, constraint_id: 70, slack_value: 3, slack_cost: 10 * 3 * 8 },
      // An equation missed by 1 below and 2.5 above: both cost, at 5 $ an hour for 16 h.
      { stage_id: 1, block_id: 1, constraint_id: 80, slack_value: -1.5, slack_cost: 5 * 3.5 * 16 },
    ]);
  });
});

describe('what hydros have beyond turbines and reservoirs', () => {
  it('is null where it is not modelled', async () => {
    const rows = await written('hydros');
    const of = (name: string, stage: number) => [10, 20, 30].map((id) => pick(rows, stage, 0, ['hydro_id', id])[name]);
    expect(of('evaporation_m3s', 0)).toEqual([null, 0.5, null]);
    expect(of('evaporation_m3s', 2)).toEqual([null, -0.25, null]);
    expect(of('productivity_mw_per_m3s', 1)).toEqual([1.5, 2.5, 0.5]);
    expect(of('productivity_mw_per_m3s', 2)).toEqual([1.5, 2.5, null]);
    // Plant 10 has the channel, plant 20 what it brings; rows 0, 1, and 3 of the scenario: cells 0, 3 and 9.
    expect(of('diverted_outflow_m3s', 0)).toEqual([1, null, null]);
    expect(of('diverted_inflow_m3s', 0)).toEqual([null, 1, null]);
    expect(of('diverted_inflow_m3s', 2)).toEqual([null, 2.125, null]);
  });

  it('has its slacks in the columns of their direction', async () => {
    // Stage 1, hydro 20: stage cell 4, 1 + 4 / 8.
    expect(pick(await written('hydros'), 1, 1, ['hydro_id', 20])).toMatchObject({
      evaporation_m3s: 0.75,
      evaporation_violation_neg_m3s: 0.75,
      evaporation_violation_pos_m3s: 0.375,
      water_withdrawal_violation_neg_m3s: 3,
      water_withdrawal_violation_pos_m3s: 6,
      filling_target_violation_hm3: 24,
    });
  });

  it('counts channels and pumps as inflow', async () => {
    // Stage 1, block 1 (row 2 of the scenario), hydro 20: nothing but its own inflow 30 (1 + 4 / 8), what plant 10 diverts
    // (cell 6: 1.75) and what is pumped (5). At stage 2 the pumping station is out of service: 30 (1 + 7 / 8), cell 9.
    const rows = await written('hydros');
    expect(pick(rows, 1, 1, ['hydro_id', 20]).inflow_m3s).toBe(45 + 1.75 + 5);
    expect(pick(rows, 2, 0, ['hydro_id', 20]).inflow_m3s).toBe(56.25 + 2.125);
  });

  it('tells a filling reservoir from an operating plant', async () => {
    const rows = await written('hydros');
    expect([0, 1, 2].map((t) => pick(rows, t, 0, ['hydro_id', 30]).operative_state_code)).toEqual([1, 2, 2]);
    // Storages 500, 0 and 3 of a plant with bounds 10 and 1000; a filling one has no least storage.
    expect([0, 1, 2].map((t) => pick(rows, t, 0, ['hydro_id', 30]).storage_binding_code)).toEqual([0, 1, 1]);
  });

  it('lets the inflow of a place where nothing is built run to the plant below', async () => {
    const directory = temporaryDirectory();
    const study = makeRichStudy();
    const [h10, h20, h30] = study.hydros;
    const late = { ...study, hydros: [{ ...h10, service: { from: 2, until: 3 } }, h20, { ...h30, filling: null }] };
    writeScenario(directory, late, makeRichScenario(7), DISCOUNT);
    const file = join(directory, 'simulation', 'hydros', 'scenario_id=0007', 'data.parquet');
    const rows = (await readParquet(file, SCHEMAS.hydros, '')) as Row[];
    // Stage 1: natural inflows are 41.25, 45 and 48.75; plant 20's outflow in block 0 (cell 4) is 15 + 3.
    expect(pick(rows, 1, 0, ['hydro_id', 30]).inflow_m3s).toBe(41.25 + 48.75 + 18);
    expect(pick(rows, 1, 0, ['hydro_id', 10])).toMatchObject({ inflow_m3s: 0, operative_state_code: 0 });
    // Stage 0: plant 30 is not there either, and both inflows reach the sea.
    expect(pick(rows, 0, 0, ['hydro_id', 30])).toMatchObject({ inflow_m3s: 0, incremental_inflow_m3s: 37.5 });
  });
});

describe('prices of the stage', () => {
  it('hold for each table', async () => {
    // Stage 1, block 0 of 8 h is row 1.
    expect(pick(await written('thermals'), 1, 0, ['thermal_id', 4]).generation_cost).toBe(27.5 * 8 * 40);
    expect(pick(await written('thermals'), 0, 0, ['thermal_id', 4]).generation_cost).toBe(22.5 * 24 * 20);
    expect(pick(await written('exchanges'), 1, 0).exchange_cost).toBe(0.5 * (45 + 9) * 8);
    expect(pick(await written('hydros'), 1, 0, ['hydro_id', 10]).spillage_cost).toBe(0.75 * 2.75 * 8);
  });

  it('hold for each cause of cost', async () => {
    const [, row] = await written('costs');
    const sumOf = (cells: readonly number[], scale: number) => cells.reduce((all, n) => all + scale * (1 + n / 8), 0);
    // Rows 1 (8 h) and 2 (16 h).
    expect(row.contract_cost).toBe(8 * (32 * 10 - 20 * 11) + 16 * (32 * 12 - 20 * 13));
    expect(row.curtailment_cost).toBe(4 * (8 * 9 + 16 * 10));
    expect(row.excess_cost).toBe(8 * (0.25 * 0.625 + 2 * 0.6875) + 16 * (0.25 * 0.75 + 2 * 0.8125));
    // Spilled: cells 3, 4, 5 at 0.75, 0.5, 0.5 $; diverted at 0.25, 0.1, 0.1 $; then cells 6, 7, 8.
    expect(row.spillage_cost).toBeCloseTo(
      8 * (0.75 * 2.75 + 0.5 * 3 + 0.5 * 3.25 + 0.25 * 1.375 + 0.1 * 1.5 + 0.1 * 1.625) +
        16 * (0.75 * 3.5 + 0.5 * 3.75 + 0.5 * 4 + 0.25 * 1.75 + 0.1 * 1.875 + 0.1 * 2),
      9,
    );
    // Stage cells 3, 4, 5; 24 h.
    expect(row.filling_target_cost).toBe(50_000 * sumOf([3, 4, 5], 16));
    expect(row.evaporation_violation_cost).toBe(24 * 5000 * sumOf([3, 4, 5], 0.75));
    expect(row.withdrawal_violation_cost).toBe(24 * 1000 * sumOf([3, 4, 5], 6));
    expect(row.generic_violation_cost).toBe(10 * 3 * 8 + 5 * 3.5 * 16);
    expect(row.hydro_violation_cost).toBe(
      row.evaporation_violation_cost +
        row.withdrawal_violation_cost +
        row.turbined_violation_cost +
        row.outflow_violation_below_cost +
        row.outflow_violation_above_cost +
        row.generation_violation_cost,
    );
    expect(row.fpha_turbined_cost).toBe(0);
  });

  it('charge turbined flow to plants with an FPHA', async () => {
    const rows = await written('costs');
    // Plant 30 at stage 2: cells 11, 14, 17 in blocks of 2, 4 and 18 h, at 0.05 $.
    expect(rows[2].fpha_turbined_cost).toBeCloseTo(0.05 * (2 * 23.75 + 4 * 27.5 + 18 * 31.25), 12);
  });
});
