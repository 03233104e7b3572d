import { describe, expect, test } from 'vitest';
import { type RealisedOpenings, realiseOpenings } from '#cobre/stochastic/realise';
import { solveDeterministicEquivalent } from './deterministic-equivalent.js';
import { openingTreeOf } from './opening-tree.js';
import {
  cascade,
  makeBus,
  makeHydro,
  makeLine,
  makeStages,
  makeStudy,
  makeThermal,
  minimumOutflow,
  negativeInflows,
  type StudyParts,
  stochasticStudies,
} from './small-study.js';

/** Openings in physical units as a test writes them: values by stage, one opening after another. */
function given(inflow: readonly (readonly number[])[], load: readonly (readonly number[])[]): RealisedOpenings {
  return {
    inflow: inflow.map((values) => Float64Array.from(values)),
    load: load.map((values) => Float64Array.from(values)),
    available: load.map(() => new Float64Array(0)),
  };
}

async function costOf(parts: StudyParts, openings?: RealisedOpenings): Promise<number> {
  const study = makeStudy(parts);
  return (await solveDeterministicEquivalent(study, openings ?? realiseOpenings(study, openingTreeOf(study)))).cost;
}

/** hm3 in a stage of 100 hours at 1 m3/s. */
const ZETA_100 = 0.36;

describe('one thermal plant', () => {
  const thermals = [makeThermal({ maxMw: 30, cost: 20 })];

  test('serves what it can, then the segments of the deficit in order', async () => {
    // Load 50 = 30 (thermal, 20 $/MWh) + 8 (first segment, 300) + 12 (second, 2000), for 100 h.
    const cost = await costOf({
      stages: makeStages(1, 1, [100]),
      buses: [
        makeBus({
          deficitSegments: [
            { depthMw: 8, cost: 300 },
            { depthMw: null, cost: 2000 },
          ],
        }),
      ],
      thermals,
      loadMean: [[50]],
    });
    expect(cost).toBeCloseTo(100 * (30 * 20 + 8 * 300 + 12 * 2000), 3);
  });

  test('running above the load costs the excess', async () => {
    // At least 10 MW against a load of 4: 6 MW too much at 0.5 $/MWh.
    const cost = await costOf({
      stages: makeStages(1, 1, [100]),
      buses: [makeBus({ excessCost: 0.5 })],
      thermals: [makeThermal({ minMw: 10, maxMw: 30, cost: 20 })],
      loadMean: [[4]],
    });
    expect(cost).toBeCloseTo(100 * (10 * 20 + 6 * 0.5), 3);
  });

  test('weighs openings equally, first stage included, and discounts later stages', async () => {
    // Loads 10 or 20, then 0 or 30 or 60 (30 short at 1000), in stages of 10 h and a discount of 0.8.
    const study = makeStudy({
      stages: [
        { ...makeStages(1, 2, [10], 0.8)[0], id: 0 },
        { ...makeStages(1, 3, [10], 0.5)[0], id: 1 },
      ],
      thermals,
    });
    const { cost, nodes } = await solveDeterministicEquivalent(
      study,
      given(
        [[], []],
        [
          [10, 20],
          [0, 30, 60],
        ],
      ),
    );
    const first = (10 * (10 * 20 + 20 * 20)) / 2;
    const second = (10 * (0 + 30 * 20 + (30 * 20 + 30 * 1000))) / 3;
    expect(nodes).toBe(2 + 2 * 3);
    expect(cost).toBeCloseTo(first + 0.8 * second, 4);
  });

  test('load factors scale the load of each block', async () => {
    const cost = await costOf({
      stages: makeStages(1, 1, [40, 60]),
      thermals,
      loadMean: [[20]],
      loadFactors: [[[0.5, 1.25]]],
    });
    expect(cost).toBeCloseTo(20 * (40 * 10 + 60 * 25), 3);
  });

  test('a line loses its share of what is sent', async () => {
    // Bus 1 needs 9 MW: sending 10 with losses of 10 % costs 10 (20 + 1) $/h, in either direction of the line.
    for (const ends of [
      { sourceBus: 0, targetBus: 1, directMw: 50, reverseMw: 0 },
      { sourceBus: 1, targetBus: 0, directMw: 0, reverseMw: 50 },
    ]) {
      const cost = await costOf({
        stages: makeStages(1, 1, [100]),
        buses: [makeBus(), makeBus({ id: 1 })],
        lines: [makeLine({ ...ends, exchangeCost: 1, lossesPercent: 10 })],
        thermals,
        loadMean: [[0, 9]],
      });
      expect(cost).toBeCloseTo(100 * 10 * 21, 3);
    }
  });
});

describe('one reservoir', () => {
  test('is shared between a certain present and two possible futures', async () => {
    // Stages of 100 h, so 1 m3/s for a stage is 0.36 hm3; productivity 1; thermal of 20 MW at 50, then deficit at 1000.
    // Start: 10.8 hm3 (30 m3/s for a stage); load 40, no inflow at stage 0, load 40 and inflow 0 or 25 at stage 1.
    // With q turbined at stage 0 and r = 30 - q kept, in $/h:
    //   stage 0: 40 - q MW short of water: below q = 20, each MW less costs 1000; above, each MW more saves 50.
    //   stage 1, dry: r of water; at r < 20 each MW is worth 1000. Wet: r + 25 >= 20 always; worth 50 up to r = 15,
    //   then nothing (40 MW of load is met), the rest is left in the reservoir at no cost.
    // Marginal value at stage 0 for q > 20 is 50; keeping is worth (1000 + 50)/2 for r < 15: so q = 20, r = 10.
    // Stage 0: thermal 20 -> 1000 $/h. Dry: 10 water, 20 thermal, 10 short -> 11000 $/h. Wet: 35 water, 5 thermal -> 250.
    const study = makeStudy({
      stages: [{ ...makeStages(1, 1, [100])[0] }, { ...makeStages(1, 2, [100])[0], id: 1 }],
      hydros: [makeHydro()],
      thermals: [makeThermal({ maxMw: 20, cost: 50 })],
      initialStorage: [30 * ZETA_100],
    });
    const { cost, nodes } = await solveDeterministicEquivalent(study, given([[0], [0, 25]], [[40], [40, 40]]));
    expect(nodes).toBe(3);
    expect(cost).toBeCloseTo(100 * (1000 + (11_000 + 250) / 2), 3);
  });

  test('spills what neither reservoir nor turbine can take, and pays above the largest outflow', async () => {
    // Inflow 100 m3/s: 5 turbined (all the load), 50 stay in the reservoir, 45 spilled; outflow 50 is 20 above 30.
    const cost = await costOf({
      stages: makeStages(1, 1, [100]),
      hydros: [
        makeHydro({
          maxStorage: 50 * ZETA_100,
          maxTurbined: 5,
          maxOutflow: 30,
          penalties: { spillage: 2, outflowViolationAbove: 70 },
        }),
      ],
      initialStorage: [0],
      inflowMean: [[100]],
      loadMean: [[5]],
    });
    expect(cost).toBeCloseTo(100 * (45 * 2 + 20 * 70), 3);
  });

  test('dead storage is given up at its price per hm3, whatever the hours', async () => {
    // 3 m3/s are missing for the least outflow (600 $/h each); the dead volume of 5 hm3 holds 0.72 hm3 (2 m3/s) only.
    // Giving it up costs 10 $/hm3 more on top of the 4.28 hm3 that are missing anyhow.
    const cost = await costOf({
      stages: makeStages(1, 1, [100]),
      hydros: [makeHydro({ minStorage: 5, minOutflow: 3, penalties: { storageViolationBelow: 10 } })],
      initialStorage: [2 * ZETA_100],
    });
    // The turbine runs at 2 m3/s against no load: 2 MW of excess at 0.01, or spilled at 0.01: the same.
    expect(cost).toBeCloseTo(5 * 10 + 100 * (1 * 600 + 2 * 0.01), 4);
  });

  test('least turbined flow and least generation each have their price', async () => {
    const cost = await costOf({
      stages: makeStages(1, 1, [100]),
      hydros: [makeHydro({ productivity: 0.5, minTurbined: 8, minGeneration: 5 })],
      initialStorage: [2 * ZETA_100],
      loadMean: [[1]],
    });
    // 2 m3/s of water: 6 m3/s below the least flow (500), 1 MW of 5 (800).
    expect(cost).toBeCloseTo(100 * (6 * 500 + 4 * 800), 3);
  });

  test('the capacity of the generator limits the turbined flow', async () => {
    const cost = await costOf({
      stages: makeStages(1, 1, [100]),
      hydros: [makeHydro({ productivity: 2, maxTurbined: 50, maxGeneration: 30 })],
      thermals: [makeThermal({ cost: 50 })],
      loadMean: [[40]],
    });
    expect(cost).toBeCloseTo(100 * 10 * 50, 3);
  });

  test('what one plant releases, the plant below can use in the same stage', async () => {
    // 10 m3/s pass two turbines: 20 MW of 30.
    const cost = await costOf({
      stages: makeStages(1, 1, [60, 40]),
      hydros: [makeHydro({ downstream: 1 }), makeHydro({ id: 1 })],
      thermals: [makeThermal({ cost: 50 })],
      initialStorage: [0, 0],
      inflowMean: [[10, 0]],
      loadMean: [[30]],
    });
    expect(cost).toBeCloseTo(100 * 10 * 50, 3);
  });

  test('a negative inflow is made up at its price under the penalty method', async () => {
    // -4 m3/s into an empty reservoir; at 90 $/(m3/s h) more water would be dearer than the thermal plant.
    const parts: StudyParts = {
      stages: makeStages(1, 1, [30, 70]),
      hydros: [makeHydro({ penalties: { inflowNonNegativity: 90 } })],
      thermals: [makeThermal({ cost: 50 })],
      initialStorage: [0],
      inflowMean: [[-4]],
      loadMean: [[10]],
    };
    expect(await costOf({ ...parts, inflowNonNegativity: 'penalty' })).toBeCloseTo(100 * (4 * 90 + 10 * 50), 3);
    await expect(costOf({ ...parts, inflowNonNegativity: 'none' })).rejects.toThrow(/status/);
  });
});

test('a tree of more than 20000 nodes is refused', async () => {
  await expect(costOf({ stages: makeStages(10, 3), thermals: [makeThermal()] })).rejects.toThrow(/20000 nodes/);
});

describe('the ready studies', () => {
  test.each(stochasticStudies.map((make) => [make.name, make] as const))('%s has an optimum', async (_, make) => {
    const study = make();
    const { cost, nodes } = await solveDeterministicEquivalent(study, realiseOpenings(study, openingTreeOf(study)));
    const openings = study.stages.map((stage) => stage.openings);
    expect(nodes).toBe(openings.reduceRight((sum, count) => count * (1 + sum), 0));
    expect(cost).toBeGreaterThan(0);
  });

  test('uncertainty matters in each: the tree costs more than its mean', async () => {
    for (const make of stochasticStudies) {
      const study = make();
      const realised = realiseOpenings(study, openingTreeOf(study));
      const { cost } = await solveDeterministicEquivalent(study, realised);
      const mean = (values: Float64Array, count: number) => {
        const entities = values.length / count;
        return Array.from({ length: entities }, (_, e) => {
          let sum = 0;
          for (let i = 0; i < count; i += 1) sum += values[i * entities + e];
          return sum / count;
        });
      };
      const certain = {
        ...study,
        stages: study.stages.map((stage) => ({ ...stage, openings: 1 })),
      };
      const meanOpenings = given(
        study.stages.map((stage, t) => mean(realised.inflow[t], stage.openings)),
        study.stages.map((stage, t) => mean(realised.load[t], stage.openings)),
      );
      const withMean = await solveDeterministicEquivalent(certain, meanOpenings);
      // Jensen: the optimum is convex in the right-hand sides.
      expect(cost).toBeGreaterThan(withMean.cost * (1 + 1e-6));
    }
  });

  test('what the studies promise happens: losses, violations and negative inflows bind', async () => {
    const optimum = async (study: ReturnType<typeof cascade>) =>
      (await solveDeterministicEquivalent(study, realiseOpenings(study, openingTreeOf(study)))).cost;

    const lossy = cascade();
    const lossless = { ...lossy, lines: lossy.lines.map((line) => ({ ...line, lossesPercent: 0 })) };
    expect(await optimum(lossy)).toBeGreaterThan((await optimum(lossless)) * (1 + 1e-6));

    const dry = minimumOutflow();
    const full = await optimum(dry);
    for (const relaxed of [{ minOutflow: 0 }, { minTurbined: 0 }, { minGeneration: 0 }, { minStorage: 0 }]) {
      const study = { ...dry, hydros: dry.hydros.map((hydro) => ({ ...hydro, ...relaxed })) };
      expect(await optimum(study), JSON.stringify(relaxed)).toBeLessThan(full * (1 - 1e-6));
    }

    const negative = negativeInflows();
    const realised = realiseOpenings(negative, openingTreeOf(negative));
    expect(realised.inflow.some((values) => values.some((value) => value < 0))).toBe(true);
    const cheaper = {
      ...negative,
      hydros: negative.hydros.map((h) => ({ ...h, penalties: { ...h.penalties, inflowNonNegativity: 85 } })),
    };
    expect(await optimum(cheaper)).toBeLessThan((await optimum(negative)) * (1 - 1e-6));
  });
});

describe('with risk measures', () => {
  const withCvar = (study: ReturnType<typeof cascade>, alpha: number, lambda: number) => ({
    ...study,
    stages: study.stages.map((stage) => ({ ...stage, cvar: { alpha, lambda } })),
  });
  const solve = async (study: ReturnType<typeof cascade>) =>
    (await solveDeterministicEquivalent(study, realiseOpenings(study, openingTreeOf(study)))).cost;

  // By another program than without one: CVaR of all of the costs is their mean, whatever its weight.
  test.each(stochasticStudies.map((make) => [make.name, make] as const))('CVaR_1 is the mean: %s', async (_, make) => {
    const expected = await solve(make());
    for (const lambda of [0, 0.5, 1]) {
      expect((await solve(withCvar(make(), 1, lambda))) / expected).toBeCloseTo(1, 7);
    }
  });

  test('of two stages of certain dispatch, worst half of the worst half', async () => {
    const study = makeStudy({ stages: makeStages(2, 2, [100]), thermals: [makeThermal({ maxMw: 100, cost: 20 })] });
    const load = given(
      [[], []],
      [
        [10, 30],
        [40, 80],
      ],
    );
    const cost = async (alpha: number, lambda: number) =>
      (await solveDeterministicEquivalent(withCvar(study, alpha, lambda), load)).cost / (100 * 20);
    expect(await cost(0.5, 1)).toBeCloseTo(30 + 80, 7);
    // (1 - 0.25) mean + 0.25 worst: 22.5 of 20 and 30, 65 of 60 and 80.
    expect(await cost(0.5, 0.25)).toBeCloseTo(22.5 + 65, 7);
    // Three quarters: the worst and half of the other one's share.
    expect(await cost(0.75, 1)).toBeCloseTo((30 * 0.5 + 10 * 0.25 + 80 * 0.5 + 40 * 0.25) / 0.75, 7);
  });
});
