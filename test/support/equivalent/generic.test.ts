import { describe, expect, test } from 'vitest';
import type { GenericConstraint, GenericTerm } from '#cobre/case/study';
import { bounded, makeContract, makeGeneric, makePump, makeSource, type RichParts, term } from '../make-rich-study.js';
import { makeBus, makeHydro, makeLine, makeStages, makeThermal } from '../small-study.js';
import type { FittedModels } from './models.js';
import { costOf, ZETA_100 } from './optimum.js';

const stages = makeStages(1, 1, [100]);
const cheap = makeThermal({ maxMw: 100, cost: 20 });
const dear = makeThermal({ id: 1, maxMw: 100, cost: 50 });

/** What a bound on these terms makes of a study's cost. */
async function bind(
  parts: RichParts,
  terms: readonly GenericTerm[],
  sense: GenericConstraint['sense'],
  bound: number,
  more: Partial<GenericConstraint> = {},
  models: FittedModels = {},
): Promise<number> {
  return costOf(
    { ...parts, genericConstraints: [makeGeneric(terms, sense, more)], changes: [{ generic: bounded(bound) }] },
    models,
  );
}

describe('a bound', () => {
  const parts: RichParts = { stages, thermals: [cheap, dear], loadMean: [[30]] };

  test('holds in each sense', async () => {
    const terms = [term('thermal_generation')];
    expect(await bind(parts, terms, '<=', 12)).toBeCloseTo(100 * (20 * 12 + 50 * 18), 3);
    expect(await bind(parts, terms, '==', 12)).toBeCloseTo(100 * (20 * 12 + 50 * 18), 3);
    // Above the load: excess at 0.01.
    expect(await bind(parts, terms, '>=', 32)).toBeCloseTo(100 * (20 * 32 + 0.01 * 2), 3);
    expect(await bind(parts, terms, '<=', 40)).toBeCloseTo(100 * 20 * 30, 3);
  });

  test('sums terms with their coefficients, equal ones twice, and takes the constant to the other side', async () => {
    // 2 g0 + g0 - g1 + 6 <= 12 with g0 + g1 = 30: 4 g0 <= 36.
    const terms = [term('thermal_generation', 0, 2), term('thermal_generation'), term('thermal_generation', 1, -1)];
    expect(await bind(parts, terms, '<=', 12, { constant: 6 })).toBeCloseTo(100 * (20 * 9 + 50 * 21), 3);
  });

  test('may be violated at its price for each hour, in the sense that it has', async () => {
    const terms = [term('thermal_generation')];
    // 10 $/MWh are less than the 30 between the plants, 40 are more.
    expect(await bind(parts, terms, '<=', 12, { slackPenalty: 10 })).toBeCloseTo(100 * (20 * 30 + 10 * 18), 3);
    expect(await bind(parts, terms, '<=', 12, { slackPenalty: 40 })).toBeCloseTo(100 * (20 * 12 + 50 * 18), 3);
    expect(await bind(parts, terms, '==', 12, { slackPenalty: 10 })).toBeCloseTo(100 * (20 * 30 + 10 * 18), 3);
    // 120 of a plant of 100 MW.
    expect(await bind(parts, terms, '==', 120, { slackPenalty: 90 })).toBeCloseTo(
      100 * (20 * 100 + 0.01 * 70 + 90 * 20),
      3,
    );
    expect(await bind(parts, terms, '>=', 120, { slackPenalty: 90 })).toBeCloseTo(
      100 * (20 * 100 + 0.01 * 70 + 90 * 20),
      3,
    );
  });

  test('of a constraint without bound at the stage does not hold', async () => {
    const genericConstraints = [makeGeneric([term('thermal_generation')], '<=')];
    expect(await costOf({ ...parts, genericConstraints })).toBeCloseTo(100 * 20 * 30, 3);
  });
});

describe('blocks', () => {
  const parts: RichParts = { stages: makeStages(1, 1, [40, 60]), thermals: [cheap, dear], loadMean: [[30]] };
  const capped = (
    generic: { block: number | null; bound: number }[],
    of: GenericTerm,
    slackPenalty: number | null = null,
  ) =>
    costOf({
      ...parts,
      genericConstraints: [makeGeneric([of], '<=', { slackPenalty })],
      changes: [{ generic: generic.map((entry) => ({ constraint: 0, ...entry })) }],
    });
  const hour = (mw: number) => 20 * mw + 50 * (30 - mw);

  test('a bound of all blocks is one for each, a bound of a block is its own', async () => {
    const of = term('thermal_generation');
    expect(await capped([{ block: null, bound: 12 }], of)).toBeCloseTo(100 * hour(12), 3);
    expect(await capped([{ block: 1, bound: 12 }], of)).toBeCloseTo(40 * hour(30) + 60 * hour(12), 3);
    const both = [
      { block: null, bound: 12 },
      { block: 1, bound: 5 },
    ];
    expect(await capped(both, of)).toBeCloseTo(40 * hour(12) + 60 * hour(5), 3);
  });

  test('a term may speak of another block than its row', async () => {
    const of = term('thermal_generation', 0, 1, 0);
    expect(await capped([{ block: 1, bound: 12 }], of)).toBeCloseTo(40 * hour(12) + 60 * hour(30), 3);
    // The price counts the hours of the row: 60 h at 10 are less than 40 h at 30, 60 h at 25 are more.
    expect(await capped([{ block: 1, bound: 12 }], of, 10)).toBeCloseTo(100 * hour(30) + 60 * 10 * 18, 3);
    expect(await capped([{ block: 1, bound: 12 }], of, 25)).toBeCloseTo(40 * hour(12) + 60 * hour(30), 3);
  });
});

describe('every name of the grammar', () => {
  const thermals = [makeThermal({ maxMw: 200, cost: 50 })];
  const plain = {
    spillage: 0,
    diversion: 0,
    fphaTurbined: 0,
    evaporationBelow: 0,
    withdrawalAbove: 3,
    withdrawalBelow: 8,
  };
  /** 20 m3/s into plant 0 above plant 1, 40 MW of load; bus 1 is at the end of a line. */
  const parts: RichParts = {
    stages,
    buses: [makeBus({ excessCost: 1 }), makeBus({ id: 1, excessCost: 1 })],
    lines: [makeLine({ exchangeCost: 0, directMw: 9, reverseMw: 9 })],
    hydros: [
      makeHydro({
        maxTurbined: 10,
        downstream: 1,
        diversion: { target: 1, maxFlow: 8 },
        withdrawal: 1,
        penalties: plain,
      }),
      makeHydro({ id: 1, productivity: 0.5, maxTurbined: 30, penalties: plain }),
    ],
    thermals,
    pumps: [makePump({ consumption: 0, maxFlow: 5 })],
    contracts: [makeContract({ price: 30, maxMw: 4 }), makeContract({ id: 1, type: 'export', price: -55, maxMw: 3 })],
    sources: [makeSource({ maxMw: 6, curtailmentCost: 0 })],
    initialStorage: [0, 0],
    inflowMean: [[20, 0]],
    loadMean: [[40, 7]],
  };
  const models: FittedModels = { evaporation: (_, h) => (h === 0 ? { k0: 1, kV: 0 } : null) };

  // [$/h]: 8 $ a m3/s less withdrawn (up to 30), no price to evaporate less, pumping free: the best is worked out for
  // each row as a difference to the row without a bound.
  const bind1 = (terms: readonly GenericTerm[], sense: '>=' | '<=' | '==', bound: number) =>
    bind(parts, terms, sense, bound, {}, models);

  /**
   * Without a bound. Withdrawing less at 8 $ is worth 25 $ at plant 1 and 50 at plant 0 (full with 10 m3/s). Water:
   * 20 + what is bought by withdrawing less. Plant 1 turbines 30, 15 MW; plant 0 turbines 10, 10 MW. So 30 m3/s reach
   * plant 1: 20 in, none evaporated (free to skip), 10 bought, 11 in all as 1 is not withdrawn: 11 * 8 = 88 $/h.
   * Load 47 + 3 exported - 25 water - 6 wind - 4 imported = 15 thermal at 50 = 750; contracts 30 * 4 - 55 * 3 = -45.
   */
  const FREE = 88 + 750 - 45;

  test('no bound', async () => {
    expect(await costOf(parts, models)).toBeCloseTo(100 * FREE, 3);
  });

  const rows: readonly (readonly [string, readonly GenericTerm[], '>=' | '<=' | '==', number, number])[] = [
    // 1 hm3 kept is 1 / 0.36 m3/s more to buy.
    ['hydro_storage', [term('hydro_storage', 1)], '>=', 1, FREE + 8 / ZETA_100],
    // 3 m3/s less through plant 0: 3 MW of 50 $. They may still flow to plant 1, by the channel.
    ['hydro_turbined', [term('hydro_turbined')], '<=', 7, FREE + 150],
    // 20 may be spilled beside the 10 turbined, and 5 more that are pumped back; another 2 have to be bought.
    ['hydro_spillage', [term('hydro_spillage')], '>=', 27, FREE + 2 * 8],
    // 20 pass beside the turbine of plant 0, by the channel or over the dam: 3 less, and plant 1 has 3 less.
    ['hydro_diversion', [term('hydro_diversion'), term('hydro_spillage')], '<=', 17, FREE - 3 * 8 + 3 * 25],
    ['hydro_outflow', [term('hydro_outflow')], '<=', 15, FREE - 7 * 8 + 7 * 25],
    ['hydro_generation', [term('hydro_generation', 1)], '<=', 10, FREE - 10 * 8 + 5 * 50],
    // 0.5 evaporate although nobody would mind less.
    ['hydro_evaporation', [term('hydro_evaporation')], '>=', 0.5, FREE + 0.5 * 8],
    // Plant 0 alone withdraws; 1 of its own and 3 more given back are the most.
    ['hydro_withdrawal', [term('hydro_withdrawal')], '>=', -3, FREE - 7 * 8 + 7 * 25],
    // 3 MW less are exported at 55, and 1 MW is missing.
    ['thermal_generation', [term('thermal_generation')], '<=', 11, FREE - 4 * 50 + 3 * 55 + 1000],
    // Bus 1 needs 7 MW of the line.
    ['line_direct', [term('line_direct')], '<=', 5, FREE - 2 * 50 + 2 * 1000],
    ['line_reverse', [term('line_reverse')], '>=', 1, FREE],
    ['line_exchange', [term('line_exchange')], '<=', 4, FREE - 3 * 50 + 3 * 1000],
    ['line_exchange, the other way', [term('line_exchange')], '<=', -1, FREE - 8 * 50 + 8 * 1000],
    ['bus_deficit', [term('bus_deficit', 1)], '>=', 2, FREE + 2 * 950],
    ['bus_excess', [term('bus_excess')], '>=', 2, FREE + 2 * 51],
    // Without a price, pumping in a circle is free: 1 lifted from plant 1 to plant 0 runs down again.
    ['pumping_flow', [term('pumping_flow')], '>=', 2, FREE],
    ['contract_import', [term('contract_import')], '<=', 1, FREE + 3 * 20],
    ['contract_export', [term('contract_export', 1)], '<=', 1, FREE + 2 * 5],
    ['non_controllable_generation', [term('non_controllable_generation')], '<=', 4, FREE + 2 * 50],
    ['non_controllable_curtailment', [term('non_controllable_curtailment')], '>=', 5, FREE + 5 * 50],
  ];
  test.each(rows)('%s', async (_, terms, sense, bound, hourly) => {
    expect(await bind1(terms, sense, bound)).toBeCloseTo(100 * hourly, 3);
  });

  test('pumping_power is the flow times the consumption', async () => {
    // 2 MW of power are 4 m3/s at 0.5 MW/(m3/s), and have to be made at 50 $.
    const pumping: RichParts = { ...parts, pumps: [makePump({ consumption: 0.5, maxFlow: 5 })] };
    expect(await bind(pumping, [term('pumping_power')], '>=', 2, {}, models)).toBeCloseTo(100 * (FREE + 100), 3);
  });

  test('of an entity that is not there, or a contract of the other kind, it is 0', async () => {
    const gone = { service: { from: 1, until: 2 } };
    const thermalsGone = [...thermals, makeThermal({ id: 1, ...gone })];
    const absent = bind({ ...parts, thermals: thermalsGone }, [term('thermal_generation', 1)], '>=', 0, {}, models);
    expect(await absent).toBeCloseTo(100 * FREE, 3);
    const violated = { slackPenalty: 7 };
    expect(await bind(parts, [term('contract_export', 0)], '>=', 2, violated, models)).toBeCloseTo(
      100 * (FREE + 14),
      3,
    );
    const hydrosGone = [makeHydro(gone)];
    const storage = await bind(
      { stages, hydros: hydrosGone, thermals, initialStorage: [9], loadMean: [[10]] },
      [term('hydro_storage')],
      '>=',
      2,
      violated,
    );
    expect(storage).toBeCloseTo(100 * (50 * 10 + 14), 3);
  });
});
