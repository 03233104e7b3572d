import { describe, expect, test } from 'vitest';
import { change, makeContract, makeSource, type RichParts } from '../make-rich-study.js';
import { makeBus, makeLine, makeStages, makeThermal } from '../small-study.js';
import { costOf } from './optimum.js';

const thermals = [makeThermal({ maxMw: 200, cost: 50 })];
const stages = makeStages(1, 1, [100]);
const gone = { from: 1, until: 2 };

test('an absent thermal plant makes nothing, and its least generation does not hold', async () => {
  const more = [...thermals, makeThermal({ id: 1, minMw: 5, cost: 10, service: gone })];
  expect(await costOf({ stages, thermals: more, loadMean: [[30]] })).toBeCloseTo(100 * 50 * 30, 3);
});

describe('lines', () => {
  const parts: RichParts = {
    stages: makeStages(1, 1, [40, 60]),
    buses: [makeBus(), makeBus({ id: 1 })],
    thermals,
    loadMean: [[0, 30]],
  };
  const line = makeLine({ directMw: 20, reverseMw: 20, exchangeCost: 0 });

  test('carry a share of their capacity in each block and direction', async () => {
    // 10 MW in block 0, 5 in block 1; of 30 MW the rest is missing at 1000 $/MWh.
    const served = 40 * 10 + 60 * 5;
    const cost = 50 * served + 1000 * (100 * 30 - served);
    const direct = await costOf({ ...parts, lines: [line], lineFactors: { direct: [[0.5, 0.25]] } });
    expect(direct).toBeCloseTo(cost, 3);
    const turned = { ...line, sourceBus: 1, targetBus: 0 };
    const reverse = await costOf({ ...parts, lines: [turned], lineFactors: { reverse: [[0.5, 0.25]] } });
    expect(reverse).toBeCloseTo(cost, 3);
    // The other direction's factors change nothing here.
    const other = await costOf({ ...parts, lines: [line], lineFactors: { reverse: [[0.5, 0.25]] } });
    expect(other).toBeCloseTo(100 * (50 * 20 + 1000 * 10), 3);
  });

  test('absent ones carry nothing; changed ones what the stage says', async () => {
    expect(await costOf({ ...parts, lines: [{ ...line, service: gone }] })).toBeCloseTo(100 * 1000 * 30, 3);
    const changed = await costOf({
      ...parts,
      lines: [line],
      changes: [{ lines: change({ directMw: 8, exchangeCost: 2 }) }],
    });
    expect(changed).toBeCloseTo(100 * (52 * 8 + 1000 * 22), 3);
  });
});

test('the price of excess may change at a stage', async () => {
  const parts: RichParts = { stages, thermals: [makeThermal({ minMw: 10, cost: 0 })], loadMean: [[4]] };
  expect(await costOf(parts)).toBeCloseTo(100 * 6 * 0.01, 5);
  expect(await costOf({ ...parts, changes: [{ buses: change({ excessCost: 3 }) }] })).toBeCloseTo(100 * 6 * 3, 3);
});

describe('contracts', () => {
  const parts: RichParts = { stages, thermals, loadMean: [[30]] };

  test('import what is cheaper, and at least what was agreed', async () => {
    expect(await costOf({ ...parts, contracts: [makeContract({ price: 20, maxMw: 12 })] })).toBeCloseTo(
      100 * (20 * 12 + 50 * 18),
      3,
    );
    expect(await costOf({ ...parts, contracts: [makeContract({ price: 90, minMw: 5, maxMw: 12 })] })).toBeCloseTo(
      100 * (90 * 5 + 50 * 25),
      3,
    );
  });

  test('export what is worth more than it costs: a cost below 0', async () => {
    const contracts = [makeContract({ type: 'export', price: -70, maxMw: 60 })];
    // 30 for the load and 60 to sell at 20 more than they cost.
    expect(await costOf({ ...parts, contracts })).toBeCloseTo(100 * (50 * 90 - 70 * 60), 3);
    expect(await costOf({ ...parts, contracts: [{ ...contracts[0], price: -40 }] })).toBeCloseTo(100 * 50 * 30, 3);
    expect(
      await costOf({ ...parts, contracts, changes: [{ contracts: change({ price: -60, maxMw: 10 }) }] }),
    ).toBeCloseTo(100 * (50 * 40 - 60 * 10), 3);
  });

  test('that do not run bind nobody', async () => {
    const contracts = [makeContract({ price: 20, minMw: 5, service: gone })];
    expect(await costOf({ ...parts, contracts })).toBeCloseTo(100 * 50 * 30, 3);
  });
});

describe('sources', () => {
  const parts: RichParts = { stages: makeStages(1, 1, [40, 60]), thermals, loadMean: [[30]] };
  const source = makeSource({ maxMw: 40, curtailmentCost: 2 });

  test('are used up to what is available in the block, and what is used earns the price of curtailment', async () => {
    // 20 and 10 MW of 40.
    const cost = 40 * (50 * 10 - 2 * 20) + 60 * (50 * 20 - 2 * 10);
    expect(await costOf({ ...parts, sources: [source], sourceFactors: [[0.5, 0.25]] })).toBeCloseTo(cost, 3);
    // The load is all that can be used.
    expect(await costOf({ ...parts, sources: [source] })).toBeCloseTo(100 * -2 * 30 + 100 * -(2 - 0.01) * 10, 3);
  });

  test('without statistics the stage says what is available, and its price', async () => {
    const changes = [{ sources: change({ availableMw: 12, curtailmentCost: 3 }) }];
    expect(await costOf({ ...parts, sources: [source], changes })).toBeCloseTo(100 * (50 * 18 - 3 * 12), 3);
  });

  test('absent ones make nothing', async () => {
    expect(await costOf({ ...parts, sources: [{ ...source, service: gone }] })).toBeCloseTo(100 * 50 * 30, 3);
  });

  test('random availability is a share of the capacity, cut off at 0 and 1', async () => {
    // Noise 1, -1 and 3 about 0.6 with 0.4: shares 1, 0.2 and 1 of 20 MW. Noise -2: 0.
    const random = (noise: readonly number[]) =>
      costOf({
        ...parts,
        stages: makeStages(1, noise.length, [40, 60]),
        sources: [makeSource({ maxMw: 20, curtailmentCost: 2 })],
        availability: [{ mean: 0.6, std: 0.4 }],
        noiseOpenings: [noise],
      });
    const cost = (used: number) => 100 * (50 * (30 - used) - 2 * used);
    expect(await random([1, -1, 3, -2])).toBeCloseTo((cost(20) + cost(4) + cost(20) + cost(0)) / 4, 3);
  });

  test('noise of sources comes after that of hydros and of random loads', async () => {
    // Load 30 + 5 z_0, availability 20 (0.5 + 0.25 z_1).
    const cost = await costOf({
      ...parts,
      stages: makeStages(1, 2, [40, 60]),
      loadStd: [[5]],
      sources: [makeSource({ maxMw: 20, curtailmentCost: 0 })],
      availability: [{ mean: 0.5, std: 0.25 }],
      noiseOpenings: [[2, 1, -1, -2]],
    });
    expect(cost).toBeCloseTo((100 * 50 * (40 - 15 + (25 - 0))) / 2, 3);
  });
});
