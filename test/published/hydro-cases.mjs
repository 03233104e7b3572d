/** Hydrothermal examples of SDDP.jl and FAST as cases. Each has its place in README.md. */
import { caseDirectory, everyStage, HOURS, markets, onlyAt } from './case-directory.mjs';

const cyclic = 'a cyclic policy graph';

function firstStepsCase(byBounds) {
  const stages = 3;
  const load = 150;
  const costs = [50, 100, 150];
  const common = { openings: everyStage(stages, 3), iterations: 40 };
  const lake = {
    name: 'Reservoir',
    storage: [0, 200],
    initial: 200,
    turbined: load,
    inflow: everyStage(stages, [0, 50, 100]),
  };
  if (!byBounds) {
    const { buses, thermals, lines } = markets(costs, load, 0, 1);
    return caseDirectory({
      ...common,
      buses: [{ name: 'Hydro', load: everyStage(stages, 0) }, ...buses],
      hydros: [lake],
      thermals,
      lines,
    });
  }
  return caseDirectory({
    ...common,
    buses: [{ name: 'System', load: everyStage(stages, load) }],
    hydros: [lake],
    thermals: costs.map((cost, t) => ({ name: `Fuel of stage ${t}`, max: load, cost })),
    tables: {
      'constraints/thermal_bounds.parquet': costs.flatMap((_, thermal) =>
        costs.map((_, t) => ({ thermal_id: thermal, stage_id: t, max_generation_mw: thermal === t ? load : 0 })),
      ),
    },
  });
}

/** SDDP.jl's reservoir between 5 and 15 whose weather is one of three, for some weeks. */
function weeklyCase(weeks, graph) {
  return caseDirectory({
    openings: everyStage(weeks, 3),
    buses: [{ name: 'System', load: everyStage(weeks, [7.5, 5, 2.5]) }],
    hydros: [
      {
        name: 'Reservoir',
        storage: [5, 15],
        initial: 10,
        turbined: 7.5,
        inflow: everyStage(weeks, [0, 5, 10]),
        spillCost: 10,
      },
    ],
    thermals: [{ max: 7.5, cost: 1 }],
    graph,
    iterations: graph ? ROUNDS : 40,
  });
}

/** Annual rate at which a stage of 30 days discounts by `factor`. */
const annualRate = (factor) => Number((factor ** (-365.25 / 30) - 1).toPrecision(15));

/**
 * Each iteration carries the cost of one more round into the bound, in the worst case: what is missing after all of them
 * is the discount to this power, 0.95 to the 400th at most.
 */
const ROUNDS = 400;

const loop = (stages, factor) => ({
  type: 'cyclic',
  annual_discount_rate: annualRate(factor),
  transitions: Array.from({ length: stages }, (_, t) =>
    t === stages - 1
      ? { source_id: t, target_id: 0, probability: 1, annual_discount_rate_override: annualRate(factor) }
      : { source_id: t, target_id: t + 1, probability: 1, annual_discount_rate_override: 0 },
  ),
});

function threeSeasonsCase() {
  const stages = 3;
  const { buses, thermals, lines } = markets([1, 2, 3], 7.5, 0, 1);
  return caseDirectory({
    openings: everyStage(stages, 3),
    buses: [
      { name: 'Hydro', load: everyStage(stages, 0) },
      ...buses.map((bus, t) => ({ ...bus, load: onlyAt(t, stages, [7.5, 5, 2.5]) })),
    ],
    hydros: [
      {
        name: 'Reservoir',
        storage: [5, 15],
        initial: 10,
        turbined: 7.5,
        inflow: everyStage(stages, [0, 3, 10]),
        spillCost: 1,
      },
    ],
    thermals,
    lines,
    graph: loop(stages, 0.95),
    iterations: ROUNDS,
  });
}

const VALLEY_PRICES = [1, 2, 3];
/** Both plants at full power. */
const VALLEY_POWER = 140;
/** Inflows of the two reservoirs in the three openings. */
const VALLEY_INFLOW = [
  [0, 20, 50],
  [0, 0, 20],
];
/** Pieces of the turbine's curve behind a plant of 1.1 MW/(m3/s): capacity before losses [MW], losses [%]. */
const VALLEY_PIECES = [
  { capacity: 55, losses: 0 },
  { capacity: 11, losses: 100 / 11 },
  { capacity: 11, losses: 600 / 11 },
];

function valleyReservoirs(random) {
  return VALLEY_INFLOW.map((inflow, r) => ({
    name: ['Upper', 'Lower'][r],
    downstream: r === 0 ? 1 : null,
    storage: [0, 200],
    initial: 200,
    turbined: 70,
    inflow: random ? [0, inflow, inflow] : [0, 0, 0],
    // Below the lower reservoir water that the original may refuse leaves for nothing.
    spillCost: r === 0 ? 1000 : 0,
  }));
}

/** The valley with its turbine curves in lines with losses and its prices in markets. */
function valleyCase(random, risk) {
  const stages = VALLEY_PRICES.length;
  const market = markets(VALLEY_PRICES, VALLEY_POWER, 2, 3);
  return caseDirectory({
    openings: random ? [1, 3, 3] : [1, 1, 1],
    buses: [...['Upper', 'Lower', 'Hub'].map((name) => ({ name, load: everyStage(stages, 0) })), ...market.buses],
    hydros: valleyReservoirs(random).map((hydro, r) => ({ ...hydro, bus: r, productivity: 1.1 })),
    thermals: market.thermals,
    lines: [...[0, 1].flatMap((r) => VALLEY_PIECES.map((piece) => ({ from: r, to: 2, ...piece }))), ...market.lines],
    risk,
  });
}

const VALLEY_FPHA = {
  documents: {
    'system/hydro_production_models.json': {
      production_models: [0, 1].map((hydro) => ({
        hydro_id: hydro,
        selection_mode: 'stage_ranges',
        stage_ranges: [
          { start_stage_id: 0, end_stage_id: null, model: 'fpha', fpha_config: { source: 'precomputed' } },
        ],
      })),
    },
  },
  tables: {
    'system/fpha_hyperplanes.parquet': [0, 1].flatMap((hydro) =>
      [
        [0, 1.1],
        [5, 1],
        [35, 0.5],
      ].map(([constant, slope], plane) => ({
        hydro_id: hydro,
        stage_id: null,
        plane_id: plane,
        gamma_0: constant,
        gamma_v: 0,
        gamma_q: slope,
        gamma_s: 0,
      })),
    ),
  },
};

/** The valley with its turbine curves in hyperplanes. */
function valleyFphaCase() {
  const market = markets(VALLEY_PRICES, VALLEY_POWER, 0, 1);
  return caseDirectory({
    openings: [1, 3, 3],
    buses: [{ name: 'Hub', load: everyStage(VALLEY_PRICES.length, 0) }, ...market.buses],
    hydros: valleyReservoirs(true).map((hydro) => ({ ...hydro, bus: 0, fpha: 70 })),
    thermals: market.thermals,
    lines: market.lines,
    ...VALLEY_FPHA,
  });
}

/** The valley as it is told: hyperplanes, and an export contract that pays the stage's price. Its costs are negative. */
function valleyContractCase() {
  return caseDirectory({
    openings: [1, 3, 3],
    buses: [{ name: 'Hub', load: everyStage(VALLEY_PRICES.length, 0) }],
    hydros: valleyReservoirs(true).map((hydro) => ({ ...hydro, bus: 0, fpha: 70 })),
    documents: {
      ...VALLEY_FPHA.documents,
      'system/energy_contracts.json': {
        contracts: [
          {
            id: 0,
            name: 'Market',
            bus_id: 0,
            type: 'export',
            price_per_mwh: -1,
            limits: { min_mw: 0, max_mw: VALLEY_POWER },
          },
        ],
      },
    },
    tables: {
      ...VALLEY_FPHA.tables,
      'constraints/contract_bounds.parquet': VALLEY_PRICES.map((price, t) => ({
        contract_id: 0,
        stage_id: t,
        max_mw: VALLEY_POWER,
        price_per_mwh: -price,
      })),
    },
  });
}

/** What a full market costs without water. */
const VALLEY_CONSTANT = VALLEY_POWER * (1 + 2 + 3);
const worst = (outcomes) => ({ cvar: { alpha: 1 / outcomes, lambda: 1 } });

export const hydroCases = {
  'first-steps': { published: 8333.3333, tolerance: 1e-4, optimum: 25000 / 3, directory: firstStepsCase(false) },
  'first-steps-by-bounds': {
    published: 8333.3333,
    tolerance: 1e-4,
    optimum: 25000 / 3,
    directory: firstStepsCase(true),
  },
  'fast-hydro-thermal': {
    published: 10,
    tolerance: 1e-6,
    optimum: 10,
    directory: caseDirectory({
      openings: [1, 2],
      buses: [{ name: 'System', load: [6, 6] }],
      hydros: [{ name: 'Tank', storage: [0, 8], initial: 0, turbined: 6, inflow: [6, [2, 10]] }],
      thermals: [{ name: 'Fuel', max: 6, cost: 5 }],
    }),
  },
  'weekly-reservoir-2': { published: 21.39, tolerance: 0.1, optimum: 385 / 18, directory: weeklyCase(2) },
  'weekly-reservoir-4': { published: 45.833, tolerance: 0.1, optimum: 275 / 6, directory: weeklyCase(4) },
  'weekly-reservoir-20': { published: 241.3833, tolerance: 0.1, optimum: 4345 / 18, directory: weeklyCase(20) },
  'weekly-reservoir-forever': {
    published: 119.167,
    tolerance: 0.1,
    optimum: 715 / 6,
    awaiting: [cyclic],
    directory: weeklyCase(1, loop(1, 0.9)),
  },
  'three-seasons-forever': {
    published: null,
    optimum: 236.4366715931,
    awaiting: [cyclic],
    directory: threeSeasonsCase(),
  },
  'constant-forever': {
    published: 20,
    tolerance: 1e-3,
    optimum: 20,
    awaiting: [cyclic],
    directory: caseDirectory({
      openings: [1],
      buses: [{ name: 'System', load: [1] }],
      thermals: [{ max: 1, cost: 2 }],
      graph: loop(1, 0.9),
      iterations: ROUNDS,
    }),
  },
  'hydro-valley-dry': {
    published: 835,
    tolerance: 1e-3,
    optimum: 835,
    sign: -1,
    constant: VALLEY_CONSTANT,
    directory: valleyCase(false),
  },
  'hydro-valley': {
    published: 838.33,
    tolerance: 1e-2,
    optimum: 2515 / 3,
    sign: -1,
    constant: VALLEY_CONSTANT,
    directory: valleyCase(true),
  },
  'hydro-valley-worst-case': {
    published: 835,
    tolerance: 1,
    optimum: 835,
    sign: -1,
    constant: VALLEY_CONSTANT,
    directory: valleyCase(true, [null, worst(3), worst(3)]),
  },
  'hydro-valley-fpha': {
    published: 838.33,
    tolerance: 1e-2,
    optimum: 2515 / 3,
    sign: -1,
    constant: VALLEY_CONSTANT,
    directory: valleyFphaCase(),
  },
  'hydro-valley-contract': {
    published: 838.33,
    tolerance: 1e-2,
    optimum: 2515 / 3,
    sign: -1,
    constant: 0,
    directory: valleyContractCase(),
  },
};

for (const each of Object.values(hydroCases)) each.scale = HOURS;
