import { describe, expect, test } from 'vitest';
import { ALWAYS } from '#cobre/case/study-system';
import { change, makePump, makeRichStudy, type RichParts } from '../make-rich-study.js';
import { makeBus, makeHydro, makeStages, makeThermal } from '../small-study.js';
import { costOf, optimumOf, ZETA_100 } from './optimum.js';

/** A thermal plant that is large enough, at 50 $/MWh: what a MWh of water is worth. */
const thermals = [makeThermal({ maxMw: 200, cost: 50 })];
const one = makeStages(1, 1, [100]);
const two = makeStages(2, 1, [100]);
const NO_COSTS = { spillage: 0, fphaTurbined: 0, diversion: 0 };

describe('a plant that is not there', () => {
  const later = { from: 1, until: ALWAYS.until };
  const parts: RichParts = {
    stages: two,
    hydros: [makeHydro({ maxTurbined: 10 }), makeHydro({ id: 1, service: later })],
    thermals,
    initialStorage: [0, 6 * ZETA_100],
    loadMean: [[40]],
  };

  test('keeps its storage, to be used later', async () => {
    // 6 m3/s for a stage, all in the second.
    expect(await costOf(parts)).toBeCloseTo(100 * 50 * (40 + 34), 3);
  });

  test('lets its inflow run on to the next plant', async () => {
    // Plant 1 pours into plant 0: 7 m3/s of its inflow are turbined there at stage 0, and in both at stage 1.
    const hydros = [parts.hydros![0], makeHydro({ id: 1, downstream: 0, service: later })];
    const cost = await costOf({ ...parts, hydros, initialStorage: [0, 0], inflowMean: [[0, 7]] });
    expect(cost).toBeCloseTo(100 * 50 * (33 + 26), 3);
    // Into the sea, where nothing is below.
    const cost2 = await costOf({ ...parts, initialStorage: [0, 0], inflowMean: [[0, 7]] });
    expect(cost2).toBeCloseTo(100 * 50 * (40 + 33), 3);
  });

  test('lets water of the plants above it pass', async () => {
    // Plant 1 is gone from stage 1 on: its neighbour's water then reaches plant 2 at once.
    const cost = await costOf({
      stages: two,
      hydros: [
        makeHydro({ downstream: 1 }),
        makeHydro({ id: 1, downstream: 2, service: { from: 0, until: 1 } }),
        makeHydro({ id: 2 }),
      ],
      thermals,
      initialStorage: [0, 0, 0],
      inflowMean: [[5, 0, 0]],
      loadMean: [[40]],
    });
    expect(cost).toBeCloseTo(100 * 50 * (40 - 15 + (40 - 10)), 3);
  });

  test('owes nothing', async () => {
    const hydros = [
      makeHydro({
        minStorage: 50,
        minOutflow: 5,
        minTurbined: 5,
        minGeneration: 5,
        withdrawal: 3,
        service: { from: 1, until: 1 },
      }),
    ];
    const cost = await costOf({
      stages: one,
      hydros,
      thermals,
      initialStorage: [0],
      inflowMean: [[-4]],
      loadMean: [[8]],
    });
    expect(cost).toBeCloseTo(100 * 50 * 8, 3);
  });
});

describe('a reservoir that is filled', () => {
  const filling = (parts: Partial<Parameters<typeof makeHydro>[0]> = {}) =>
    makeHydro({
      service: { from: 1, until: ALWAYS.until },
      filling: { from: 0, inflow: 0 },
      minTurbined: 5,
      minGeneration: 5,
      ...parts,
      penalties: { ...NO_COSTS, fillingTarget: 2000, storageViolationBelow: 0, ...parts.penalties },
    });
  const parts: RichParts = {
    stages: one,
    thermals,
    initialStorage: [0, 0],
    loadMean: [[40]],
  };

  test('neither turbines nor owes it, but lets water past to the plant below', async () => {
    // 9 m3/s come in; nothing must be kept, so that all of it is spilled and turbined below.
    const hydros = [filling({ downstream: 1 }), makeHydro({ id: 1 })];
    expect(await costOf({ ...parts, hydros, inflowMean: [[9, 0]] })).toBeCloseTo(100 * 50 * 31, 3);
  });

  test('keeps so much water, or pays for what it does not keep', async () => {
    // Of 9 m3/s, 4 are kept, on top of 7 hm3. A m3/s is worth 5000 $ below, 13889 $/hm3: above 2000, below 20000.
    const hydros = (price: number) => [
      filling({ downstream: 1, filling: { from: 0, inflow: 4 }, minStorage: 0, penalties: { fillingTarget: price } }),
      makeHydro({ id: 1 }),
    ];
    const wet: RichParts = { ...parts, initialStorage: [7, 0], inflowMean: [[9, 0]] };
    const kept = await costOf({ ...wet, hydros: hydros(20_000) });
    expect(kept).toBeCloseTo(100 * 50 * 35, 3);
    // All is let go, and what was there before as well.
    const paid = await costOf({ ...wet, hydros: hydros(2000) });
    expect(paid).toBeCloseTo(100 * 50 * (31 - 7 / ZETA_100) + 2000 * (4 * ZETA_100 + 7), 3);
  });

  test('reaches the least storage by the end of the last stage before its service, at the same price', async () => {
    // 30 hm3 from 20; 9 m3/s bring 3.24.
    const hydros = [filling({ minStorage: 30 })];
    const cost = await costOf({ ...parts, hydros, initialStorage: [20], inflowMean: [[9]] });
    expect(cost).toBeCloseTo(100 * 50 * 40 + 2000 * (30 - 20 - 9 * ZETA_100), 3);
    // A stage earlier nothing is due yet.
    const early = await costOf({
      ...parts,
      hydros: [filling({ minStorage: 30, service: { from: 2, until: ALWAYS.until } })],
      initialStorage: [20],
      inflowMean: [[9]],
    });
    expect(early).toBeCloseTo(100 * 50 * 40, 3);
  });

  test('evaporates, is drawn from and minds its outflow', async () => {
    // An empty reservoir with 10 m3/s: 2 evaporate, 3 are withdrawn, and the least outflow is 8: 3 short.
    const hydros = [filling({ withdrawal: 3, minOutflow: 8, penalties: { outflowViolationBelow: 600 } })];
    const cost = await costOf(
      { ...parts, hydros, initialStorage: [0], inflowMean: [[10]] },
      { evaporation: () => ({ k0: 2, kV: 0 }) },
    );
    expect(cost).toBeCloseTo(100 * (50 * 40 + 600 * 3), 3);
  });
});

describe('diversion', () => {
  const parts: RichParts = {
    stages: one,
    thermals,
    initialStorage: [0, 0, 0],
    inflowMean: [[30, 0, 0]],
    loadMean: [[80]],
  };
  const below = [
    makeHydro({ id: 1, productivity: 0.5, penalties: NO_COSTS }),
    makeHydro({ id: 2, productivity: 0.8, penalties: NO_COSTS }),
  ];
  const above = (diversion: { target: number; maxFlow: number } | null) =>
    makeHydro({ downstream: 1, maxTurbined: 10, diversion, penalties: { ...NO_COSTS, diversion: 2 } });

  test('leads water to its target, which makes more of it, and costs something', async () => {
    // 10 m3/s turbined here and at plant 1 (15 MW). Of the other 20, 12 fit the channel: 0.8 each; 8 spilled: 0.5.
    const cost = await costOf({ ...parts, hydros: [above({ target: 2, maxFlow: 12 }), ...below] });
    expect(cost).toBeCloseTo(100 * (50 * (80 - 15 - 9.6 - 4) + 2 * 12), 3);
    expect(await costOf({ ...parts, hydros: [above(null), ...below] })).toBeCloseTo(100 * 50 * (80 - 15 - 10), 3);
  });

  test('does not count as outflow', async () => {
    // Nothing may pass the dam (at a price): 12 m3/s are diverted, the rest stays in the reservoir.
    const hydros = [
      makeHydro({
        ...above({ target: 2, maxFlow: 12 }),
        maxOutflow: 0,
        penalties: { ...NO_COSTS, outflowViolationAbove: 900 },
      }),
      ...below,
    ];
    expect(await costOf({ ...parts, hydros })).toBeCloseTo(100 * 50 * (80 - 9.6), 3);
  });

  test('as wide as the stage says', async () => {
    const hydros = [above({ target: 2, maxFlow: 12 }), ...below];
    const cost = await costOf({ ...parts, hydros, changes: [{ hydros: change({ maxDiversion: 5 }) }] });
    expect(cost).toBeCloseTo(100 * (50 * (80 - 15 - 4 - 7.5) + 2 * 5), 3);
  });
});

describe('planes', () => {
  const plane = { gamma0: 1, gammaV: 0.1, gammaQ: 0.9, gammaS: -0.2 };

  test('hold together, at the mean storage of the stage, spilling lowers them, and turbining has a price', async () => {
    // Full reservoir of 20 hm3, 40 m3/s in and 30 turbined: 10 spilled. 1 + 0.1 20 + 0.9 30 - 0.2 10 = 28 MW; the
    // other plane 0.5 30 + 12.5 = 27.5 MW.
    const hydros = [
      makeHydro({ maxStorage: 20, maxTurbined: 30, productivity: 0, penalties: { spillage: 0.5, fphaTurbined: 1 } }),
    ];
    const parts: RichParts = {
      stages: one,
      hydros,
      thermals,
      initialStorage: [20],
      inflowMean: [[40]],
      loadMean: [[60]],
    };
    const both = await costOf(parts, { planes: () => [plane, { gamma0: 12.5, gammaV: 0, gammaQ: 0.5, gammaS: 0 }] });
    expect(both).toBeCloseTo(100 * (50 * (60 - 27.5) + 30 * 1 + 10 * 0.5), 3);
    const first = await costOf(parts, { planes: () => [plane] });
    expect(first).toBeCloseTo(100 * (50 * (60 - 28) + 30 * 1 + 10 * 0.5), 3);
  });

  test('generation stays below its limit, which does not limit the flow, and above the least, at a price', async () => {
    const hydros = [
      makeHydro({
        maxTurbined: 30,
        maxGeneration: 9,
        minGeneration: 12,
        minTurbined: 30,
        penalties: { ...NO_COSTS, generationViolationBelow: 800, turbinedViolationBelow: 500 },
      }),
    ];
    const cost = await costOf(
      { stages: one, hydros, thermals, initialStorage: [0], inflowMean: [[30]], loadMean: [[60]] },
      { planes: () => [{ gamma0: 0, gammaV: 0, gammaQ: 1, gammaS: 0 }] },
    );
    expect(cost).toBeCloseTo(100 * (50 * 51 + 800 * 3), 3);
  });

  test('of chronological blocks look at the storage around the block', async () => {
    // No turbined flow counts: g <= 0.1 (v_in + v_out) / 2. 10 hm3 and 50 m3/s in at 1.8 hm3 a block, nothing out:
    // 10, 11.8, 13.6 at the ends. The least outflow is none, and keeping water makes most.
    const hydros = [makeHydro({ maxTurbined: 0, productivity: 0, penalties: NO_COSTS })];
    const blocks = makeStages(1, 1, [10, 10]);
    const parts: RichParts = { hydros, thermals, initialStorage: [10], inflowMean: [[50]], loadMean: [[60]] };
    const models = { planes: () => [{ gamma0: 0, gammaV: 0.1, gammaQ: 0, gammaS: 0 }] };
    const parallel = await costOf({ ...parts, stages: blocks, loadFactors: [[[0.5, 0.01]]] }, models);
    // Block 2 needs 0.6 MW only, so that what stands higher there helps nobody.
    expect(parallel).toBeCloseTo(10 * 50 * (30 - 1.18), 3);
    const chronological = await costOf(
      { ...parts, stages: [{ ...blocks[0], blockMode: 'chronological' }], loadFactors: [[[0.5, 0.01]]] },
      models,
    );
    expect(chronological).toBeCloseTo(10 * 50 * (30 - 1.09), 3);
  });
});

describe('chronological blocks', () => {
  const stages = [{ ...makeStages(1, 1, [40, 60])[0], blockMode: 'chronological' as const }];
  // Power that nobody needs is dearer than spilling.
  const buses = [makeBus({ excessCost: 5 })];
  const parts: RichParts = { buses, thermals, initialStorage: [0], loadMean: [[50]] };

  test('water of a later block cannot be used in an earlier one', async () => {
    // 10 m3/s: 40 h of it are 1.44 hm3. All the load is in block 0, where 10 MW are made of it; parallel: 25.
    const shared: RichParts = { ...parts, hydros: [makeHydro()], inflowMean: [[10]], loadFactors: [[[1, 0]]] };
    expect(await costOf({ ...shared, stages })).toBeCloseTo(40 * 50 * 40, 3);
    expect(await costOf({ ...shared, stages: makeStages(1, 1, [40, 60]) })).toBeCloseTo(40 * 50 * 25, 3);
  });

  test('a small reservoir cannot carry water over, and the least storage counts at the end only', async () => {
    // 0.36 hm3 of room, least storage 0.36: block 0 stores it (2.5 m3/s for 40 h), spills 7.5 of 10; block 1 turbines 10.
    const hydros = [
      makeHydro({ minStorage: 0.36, maxStorage: 0.36, penalties: { spillage: 3, storageViolationBelow: 1e6 } }),
    ];
    const cost = await costOf({ ...parts, stages, hydros, inflowMean: [[10]], loadFactors: [[[0, 1]]] });
    expect(cost).toBeCloseTo(40 * 3 * 7.5 + 60 * 50 * 40, 3);
    // Empty at the end of block 0, full at the end: with load in block 0 only, nothing is violated.
    const end = await costOf({ ...parts, stages, hydros, inflowMean: [[10]], loadFactors: [[[1, 0]]] });
    // 60 h of 10 m3/s are 2.16 hm3, of which 0.36 stay: 8 1/3 are spilled.
    expect(end).toBeCloseTo(40 * 50 * 40 + 60 * 3 * (10 - 0.36 / 0.216), 3);
  });
});

describe('evaporation', () => {
  const hydro = (penalties = {}) =>
    makeHydro({
      maxStorage: 100,
      maxTurbined: 30,
      penalties: { ...NO_COSTS, evaporationBelow: 7, evaporationAbove: 9, ...penalties },
    });
  const parts: RichParts = { stages: one, thermals, initialStorage: [0], inflowMean: [[5]], loadMean: [[60]] };

  test('takes water from an empty reservoir, and less of it at its price', async () => {
    expect(
      await costOf({ ...parts, hydros: [hydro({ evaporationBelow: 70 })] }, { evaporation: () => ({ k0: 2, kV: 0 }) }),
    ).toBeCloseTo(100 * 50 * 57, 3);
    // 7 $ rather than the 50 that a m3/s is worth.
    expect(await costOf({ ...parts, hydros: [hydro()] }, { evaporation: () => ({ k0: 2, kV: 0 }) })).toBeCloseTo(
      100 * (50 * 55 + 7 * 2),
      3,
    );
  });

  test('may be exceeded at its price where spilling is dearer', async () => {
    // A full reservoir and no turbine: of 5 m3/s, 2 evaporate anyhow; 2 more at most, twice what the model says.
    const hydros = [makeHydro({ maxStorage: 10, maxTurbined: 0, penalties: { spillage: 40, evaporationAbove: 9 } })];
    const cost = await costOf({ ...parts, hydros, initialStorage: [10] }, { evaporation: () => ({ k0: 2, kV: 0 }) });
    expect(cost).toBeCloseTo(100 * (50 * 60 + 9 * 2 + 40), 3);
  });

  test('below 0 it brings rain', async () => {
    expect(await costOf({ ...parts, hydros: [hydro()] }, { evaporation: () => ({ k0: -2, kV: 0 }) })).toBeCloseTo(
      100 * 50 * 53,
      3,
    );
  });
});

describe('withdrawal', () => {
  const parts: RichParts = { stages: one, thermals, initialStorage: [0], inflowMean: [[5]], loadMean: [[60]] };
  const hydro = (withdrawal: number, withdrawalBelow = 1000) =>
    makeHydro({ withdrawal, penalties: { ...NO_COSTS, withdrawalBelow } });

  test('takes its share, or less at its price', async () => {
    expect(await costOf({ ...parts, hydros: [hydro(3)] })).toBeCloseTo(100 * 50 * 58, 3);
    expect(await costOf({ ...parts, hydros: [hydro(8)] })).toBeCloseTo(100 * (50 * 60 + 1000 * 3), 3);
    // Water for the turbine at 20 $: up to all of the load.
    expect(await costOf({ ...parts, hydros: [hydro(3, 20)] })).toBeCloseTo(100 * (20 * (50 - 2) + 50 * 10), 3);
  });

  test('below 0 it gives water back', async () => {
    expect(await costOf({ ...parts, hydros: [hydro(-3)] })).toBeCloseTo(100 * 50 * 52, 3);
  });
});

describe('pumping', () => {
  test('lifts water to where it makes more than it takes, and no more than it can', async () => {
    // Each m3/s lifted costs 0.25 MW and gives 1 above and 0.5 below, instead of the 0.5 below alone.
    const parts: RichParts = {
      stages: one,
      hydros: [makeHydro({ downstream: 1 }), makeHydro({ id: 1, productivity: 0.5 })],
      thermals,
      initialStorage: [0, 0],
      inflowMean: [[0, 10]],
      loadMean: [[60]],
    };
    const cost = await costOf({ ...parts, pumps: [makePump({ source: 1, target: 0, consumption: 0.25, maxFlow: 4 })] });
    expect(cost).toBeCloseTo(100 * 50 * (60 - 5 - 4 * 0.75), 3);
    // At 1.5 MW it is not worth it, but the least flow holds.
    const forced = await costOf({ ...parts, pumps: [makePump({ consumption: 1.5, minFlow: 2, maxFlow: 4 })] });
    expect(forced).toBeCloseTo(100 * 50 * (60 - 5 + 2 * 0.5), 3);
    const changed = await costOf({
      ...parts,
      pumps: [makePump({ consumption: 0.25, maxFlow: 4 })],
      changes: [{ pumps: change({ maxFlow: 1 }) }],
    });
    expect(changed).toBeCloseTo(100 * 50 * (60 - 5 - 0.75), 3);
  });
});

test('truncation with penalty cuts inflow at 0 and still lets water be bought', async () => {
  // -4 m3/s become 0; at 20 $ water is cheaper than the thermal plant, up to the turbine's 50 of 60 MW.
  const study = makeRichStudy({
    stages: one,
    hydros: [makeHydro({ penalties: { inflowNonNegativity: 20 } })],
    thermals,
    initialStorage: [0],
    inflowMean: [[-4]],
    loadMean: [[60]],
    inflowNonNegativity: 'truncation_with_penalty',
  });
  expect(await optimumOf(study)).toBeCloseTo(100 * (20 * 50 + 50 * 10), 3);
});
