import { describe, expect, test } from 'vitest';
import { bounded, change, makeGeneric, makeSource, type RichParts, term } from '../make-rich-study.js';
import { makeBus, makeHydro, makeLine, makeStages, makeThermal } from '../small-study.js';
import type { FittedModels } from './models.js';
import { costOf } from './optimum.js';

/**
 * Systems of the deterministic cases of cobre-rs v0.5.1 (`examples/deterministic`), built anew: the optima are those
 * that its tests state (`crates/cobre-sddp/tests/deterministic.rs`), and where they were recorded there rather than
 * derived, they are derived here. One stage is 730 h, in which 1 m3/s brings 2.628 hm3.
 */
const HOURS = 730;
const ZETA = 2.628;

interface Published {
  readonly name: string;
  readonly parts: RichParts;
  readonly models?: FittedModels;
  readonly cost: number;
}

const thermal = makeThermal({ maxMw: 100, cost: 50 });
/** The plant of most cases: 100 of 200 hm3, at most 50 m3/s and 50 MW. */
const plant = makeHydro({ maxStorage: 200, maxOutflow: 50, penalties: { fphaTurbined: 0, spillage: 0.01 } });
const single: RichParts = {
  hydros: [plant],
  thermals: [thermal],
  initialStorage: [100],
  inflowMean: [[40], [10]],
  loadMean: [[80]],
};

/** Water of the two stages of d21 and d22 [m3/s for a stage]: 5 hm3 and 10 m3/s twice. */
const SCARCE = 20 + 5 / ZETA;
/** Water of d20: 10 hm3, 40 m3/s and 10 m3/s. */
const DRY = 50 + 10 / ZETA;
/** What d23 sheds: inflow 50, withdrawal 5 and 20 turbined, twice, less what the reservoir still takes. */
const SHED = 2 * (50 - 5 - 20) - 5 / ZETA;

const cases: readonly Published[] = [
  { name: 'd02: one reservoir', parts: single, cost: 23_635_000 / 9 },
  {
    // The plant of bus 1 has 20 m3/s and 50 hm3 of water against a load of 80 less 15 twice over the line.
    name: 'd04: a line at its limit',
    parts: {
      buses: [makeBus(), makeBus({ id: 1 })],
      lines: [makeLine({ directMw: 15, reverseMw: 15, exchangeCost: 0.01 })],
      hydros: [
        plant,
        makeHydro({ id: 1, bus: 1, maxStorage: 100, maxTurbined: 20, maxGeneration: 20, maxOutflow: 20 }),
      ],
      thermals: [thermal],
      initialStorage: [100, 50],
      inflowMean: [
        [35, 15],
        [20, 5],
      ],
      loadMean: [[30, 40]],
    },
    cost: 5_263_443_883 / 657,
  },
  {
    name: 'd05: a plane that is a constant productivity',
    parts: single,
    models: { planes: () => [{ gamma0: 0, gammaV: 0, gammaQ: 1, gammaS: 0 }] },
    cost: 23_635_000 / 9,
  },
  {
    name: 'd06: two planes that rise with the storage',
    parts: single,
    models: {
      planes: () => [
        { gamma0: 0, gammaV: 0.002, gammaQ: 0.8, gammaS: 0 },
        { gamma0: 0, gammaV: 0.001, gammaQ: 0.95, gammaS: 0 },
      ],
    },
    cost: 732_952_154 / 225,
  },
  {
    // 100 mm from a surface of 0.5 km2 + 0.005 km2/hm3, linearised at 100 hm3.
    name: 'd08: evaporation',
    parts: single,
    models: { evaporation: () => ({ k0: 25 / 1314, kV: 1 / 5256 }) },
    cost: 94_644_561_875 / 36_009,
  },
  {
    name: 'd10: negative inflow that is dearer to buy than to make up',
    parts: {
      ...single,
      hydros: [makeHydro({ maxStorage: 200, maxOutflow: 50, penalties: { inflowNonNegativity: 500 } })],
      inflowMean: [[40], [-5]],
      inflowNonNegativity: 'penalty',
    },
    cost: 28_562_500 / 9,
  },
  {
    name: 'd11: withdrawal, changed by stage',
    parts: {
      ...single,
      thermals: [makeThermal({ maxMw: 100, cost: 100 })],
      inflowMean: [[30]],
      changes: [{ hydros: change({ withdrawal: 10 }) }, { hydros: change({ withdrawal: 10 }) }],
    },
    cost: 3_930_320_000 / 657,
  },
  {
    name: 'd13: a generic constraint dearer to violate than load to shed',
    parts: {
      thermals: [makeThermal({ maxMw: 30, cost: 50 })],
      loadMean: [[20]],
      genericConstraints: [makeGeneric([term('thermal_generation')], '<=', { slackPenalty: 5000 })],
      changes: [{ generic: bounded(10) }, { generic: bounded(10) }],
    },
    cost: 15_330_000,
  },
  {
    name: 'd14: load factors',
    parts: {
      stages: makeStages(2, 1, [400, 330]),
      thermals: [makeThermal({ maxMw: 15, cost: 5 }), makeThermal({ id: 1, maxMw: 15, cost: 10 })],
      loadMean: [[20]],
      loadFactors: [[[0.8, 1.2]]],
    },
    cost: 176_900,
  },
  {
    name: 'd15: a source that is half available',
    parts: {
      thermals: [makeThermal({ maxMw: 100, cost: 10 })],
      sources: [makeSource({ maxMw: 100, curtailmentCost: 0.001 })],
      availability: [{ mean: 0.5, std: 0 }],
      loadMean: [[80]],
    },
    cost: 437_927,
  },
  {
    // Inflow 150, 125, 112.5 m3/s from 200 before, against 200 MW: 212.5 MW of thermal power, at 50 $/MWh.
    name: 'd16: inflow that remembers',
    parts: {
      stages: makeStages(3),
      hydros: [makeHydro({ maxStorage: 0, maxTurbined: 200, maxGeneration: 200, maxOutflow: 200 })],
      thermals: [makeThermal({ maxMw: 200, cost: 50 })],
      loadMean: [[200]],
    },
    models: { inflow: { past: [[200]], terms: () => ({ base: 50, psi: [0.5], sigma: 0 }) } },
    cost: 7_756_250,
  },
  {
    // All water is turbined, both flows between 20 and 30: each m3/s spares 1 MW of deficit and falls 1 m3/s short of
    // two limits, 40 for the outflow and 30 for the turbined flow.
    name: 'd20: outflow and turbined flow below their limits',
    parts: {
      hydros: [
        makeHydro({
          ...plant,
          minOutflow: 40,
          minTurbined: 30,
          minGeneration: 20,
          penalties: { outflowViolationBelow: 5000, turbinedViolationBelow: 5000, generationViolationBelow: 5000 },
        }),
      ],
      initialStorage: [10],
      inflowMean: [[40], [10]],
      loadMean: [[80]],
    },
    cost: HOURS * (1000 * (160 - DRY) + 5000 * (80 - DRY + 60 - DRY)),
  },
  {
    name: 'd21: outflow below its limit',
    parts: {
      hydros: [
        makeHydro({
          maxTurbined: 100,
          maxGeneration: 100,
          minOutflow: 50,
          maxOutflow: 100,
          penalties: { outflowViolationBelow: 5000 },
        }),
      ],
      thermals: [thermal],
      initialStorage: [5],
      inflowMean: [[10]],
      loadMean: [[20]],
    },
    cost: HOURS * (50 * (40 - SCARCE) + 5000 * (100 - SCARCE)),
  },
  {
    name: 'd22: outflow below its limit, block by block',
    parts: {
      stages: makeStages(2, 1, [200, 300, 230]),
      hydros: [
        makeHydro({
          maxTurbined: 100,
          maxGeneration: 100,
          minOutflow: 30,
          maxOutflow: 100,
          penalties: { outflowViolationBelow: 5000 },
        }),
      ],
      thermals: [makeThermal({ maxMw: 200, cost: 100 })],
      initialStorage: [5],
      inflowMean: [[10]],
      loadMean: [[20]],
    },
    cost: HOURS * (100 * (40 - SCARCE) + 5000 * (60 - SCARCE)),
  },
  {
    name: 'd23: withdrawing more is cheaper than spilling',
    parts: {
      hydros: [
        makeHydro({
          maxStorage: 10,
          maxTurbined: 20,
          maxGeneration: 20,
          maxOutflow: 100,
          withdrawal: 5,
          penalties: { spillage: 1000, withdrawalBelow: 10_000, withdrawalAbove: 1 },
        }),
      ],
      thermals: [makeThermal({ maxMw: 200, cost: 100 })],
      initialStorage: [5],
      inflowMean: [[50]],
      loadMean: [[80]],
    },
    cost: HOURS * (2 * 60 * 100 + SHED),
  },
  {
    name: 'd24: a productivity of its own at each stage',
    parts: single,
    models: { productivity: (t) => [0.8, 1.2][t] },
    cost: 23_945_000 / 9,
  },
  {
    // Of 31 days at 12 % a year.
    name: 'd25: discounted',
    parts: { ...single, stages: makeStages(2, 1, [730], 1 / 1.12 ** (31 / 365.25)) },
    cost: 2_611_454.584787283,
  },
  {
    name: 'd27: a price that changes',
    parts: {
      thermals: [makeThermal({ maxMw: 60, cost: 50 }), makeThermal({ id: 1, maxMw: 80, cost: 80 })],
      loadMean: [[100]],
      changes: [{}, { thermals: change({ cost: 120 }) }],
    },
    cost: 10_950_000,
  },
];

/** As the published tests count d20 to d22, whose optima were recorded from a run. */
const RECORDED = { d20: 195_744_444.44444448, d21: 285_716_111.1111111, d22: 140_376_666.66666666 };

describe('the optimum that the published case states', () => {
  test.each(cases.map((published) => [published.name, published] as const))('%s', async (_, published) => {
    const cost = await costOf(published.parts, published.models);
    expect(Math.abs(cost - published.cost)).toBeLessThan(1e-9 * published.cost);
  });

  test('what is derived here is what was recorded there', () => {
    for (const [prefix, recorded] of Object.entries(RECORDED)) {
      const { cost } = cases.find(({ name }) => name.startsWith(prefix))!;
      expect(Math.abs(cost - recorded)).toBeLessThan(1e-3);
    }
  });
});
